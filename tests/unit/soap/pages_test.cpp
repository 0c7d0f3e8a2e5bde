#include "soap/pages.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>
#include <wsdl_text.hpp>

using namespace customercare;

namespace {

constexpr std::string_view path = "/webservices/CustomerCareService.asmx";

struct Get {
    std::vector<model::HttpHeader> headers{{"Host", "care.example.com"}};
    std::string peer = "192.0.2.7";
    bool is_tls = false;
    soap::Options options;

    model::HttpReply operator()(std::string_view query) const {
        const model::HttpRequest request{.method = "GET",
                                         .target = path,
                                         .headers = headers,
                                         .peer = peer,
                                         .local_address = "192.0.2.1",
                                         .is_tls = is_tls};
        return soap::get_page(request, path, query, options);
    }
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("By TLS the address is https", "[soap][pages]") {
    Get get;
    get.is_tls = true;
    CHECK(contains(get("wsdl").body, "location=\"https://care.example.com/webservices"));
    CHECK_FALSE(contains(get("wsdl").body, "location=\"http://"));
    CHECK(contains(get("disco").body, "ref=\"https://care.example.com/webservices"));
}

TEST_CASE("The WSDL is that of schema/, with the address asked for", "[soap][pages]") {
    const Get get;
    const std::string original =
        "http://ua-custsvc-ihub.southerncompany.com/webservices/CustomerCareService.asmx";
    std::string expected(schema::wsdl_text);
    for (std::size_t at = expected.find(original); at != expected.npos;
         at = expected.find(original)) {
        expected.replace(at, original.size(), "http://care.example.com" + std::string(path));
    }
    for (const char* query : {"wsdl", "WSDL", "WsDl", "x=1&wsdl"}) {
        INFO(query);
        CHECK(get(query).body == expected);
        CHECK(get(query).content_type == "text/xml; charset=utf-8");
    }
}

TEST_CASE("Only a trusted proxy tells another address", "[soap][pages]") {
    Get get;
    get.headers.push_back({"X-Forwarded-Proto", "https"});
    get.headers.push_back({"X-Forwarded-Host", "public.example.com:8443"});
    CHECK(contains(get("wsdl").body, "location=\"http://care.example.com/webservices"));
    get.options.trusted_proxies = {"192.0.2.7"};
    CHECK(contains(get("wsdl").body, "location=\"https://public.example.com:8443/webservices"));
    CHECK(contains(get("disco").body, "ref=\"https://public.example.com:8443/webservices"));
}

TEST_CASE("A hostile Host header stays text in every page", "[soap][pages]") {
    Get get;
    get.headers = {{"Host", "x\"><script>alert(1)</script>"}};
    for (const char* query : {"", "wsdl", "disco", "op=CreateCallLog", "op=<script>"}) {
        INFO(query);
        CHECK_FALSE(contains(get(query).body, "<script>"));
    }
}

TEST_CASE("The test form's sentence depends on where the caller is", "[soap][pages]") {
    const std::string remote =
        "The test form is only available for requests from the local machine.";
    const std::string local =
        "The test form is only available for methods with primitive types as parameters.";
    Get get;
    CHECK(contains(get("op=CreateCallLog").body, remote));
    get.peer = "127.0.0.1";  // A proxy on this machine, say.
    CHECK(contains(get("op=CreateCallLog").body, remote));
    get.headers = {{"Host", "localhost:8080"}};
    CHECK(contains(get("op=CreateCallLog").body, local));
    get.peer = "192.0.2.7";
    CHECK(contains(get("op=CreateCallLog").body, remote));
}

TEST_CASE("Unknown operations and descriptions are told as the original does", "[soap][pages]") {
    const Get get;
    const model::HttpReply unknown = get("OP=createcalllog");
    CHECK(unknown.status == 200);
    CHECK(contains(unknown.body,
                   "Method 'createcalllog' was not found in service CustomerCareService."));
    CHECK(get("wsdl=1").status == 500);
    CHECK(get("wsdl=").body == "XML Web service description was not found.\r\n");
    CHECK(get("schema=x").body == "Schema not found.\r\n");
    CHECK(contains(get("anything=else").body, "The following operations are supported."));
}

TEST_CASE("A setting switches the pages off", "[soap][pages]") {
    Get get;
    get.options.pages = false;
    for (const char* query : {"", "wsdl", "disco", "op=CreateCallLog"}) {
        CHECK(get(query).status == 404);
    }
}
