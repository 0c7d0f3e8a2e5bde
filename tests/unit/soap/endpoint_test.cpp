#include "soap/endpoint.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "unit/handlers/service_parts.hpp"

using namespace customercare;

namespace {

constexpr const char* action = "\"http://ws.southernco.com/CustSvc-iHub/CreateCallLog\"";

struct EndpointFixture : test::ServiceParts {
    handlers::CreateCallLog create_call_log{
        handlers::Rules{.credential_policy = handlers::CredentialPolicy::any},
        credentials,
        call_logs,
        keys,
        throttle,
        audit,
        model::system_now};
    soap::Options options;

    model::HttpReply send(const std::string& body,
                          std::vector<model::HttpHeader> headers = {{"Content-Type",
                                                                     "text/xml; charset=utf-8"},
                                                                    {"SOAPAction", action}},
                          const std::string& method = "POST",
                          const std::string& target = "/webservices/CustomerCareService.asmx") {
        const soap::Endpoint endpoint(options, create_call_log, throttle);
        return send_to(endpoint,
                       {.method = method, .target = target, .headers = headers, .body = body});
    }

    static model::HttpReply send_to(const soap::Endpoint& endpoint,
                                    const model::HttpRequest& request) {
        std::promise<model::HttpReply> reply;
        endpoint.handle(request,
                        [&](model::HttpReply&& answer) { reply.set_value(std::move(answer)); });
        return reply.get_future().get();
    }

    /// An envelope of that version with credentials, and `content` in CustomerCallLog.
    static std::string envelope(
        const std::string& content,
        const std::string& ns = "http://schemas.xmlsoap.org/soap/envelope/") {
        return "<s:Envelope xmlns:s=\"" + ns +
               "\">\n<s:Header><ScCredentials xmlns=\"http://ws.southernco.com/CustSvc-iHub\">"
               "<DirectUserNameToken><BinarySecurityToken><ID>d</ID></BinarySecurityToken>"
               "</DirectUserNameToken><OriginatingUserNameToken><BinarySecurityToken><ID>o</ID>"
               "</BinarySecurityToken></OriginatingUserNameToken></ScCredentials></s:Header>\n"
               "<s:Body><CreateCallLog xmlns=\"http://ws.southernco.com/CustSvc-iHub\">"
               "<CreateCallLogRequest><CustomerCallLog xmlns=\"\">\n" +
               content +
               "</CustomerCallLog></CreateCallLogRequest></CreateCallLog></s:Body></s:Envelope>";
    }
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE_METHOD(EndpointFixture, "The reply's version is the envelope's", "[soap][endpoint]") {
    const auto eleven = send(envelope(""));
    CHECK(eleven.status == 200);
    CHECK(eleven.content_type == "text/xml; charset=utf-8");
    CHECK(eleven.summary.soap_version == "1.1");
    CHECK(eleven.summary.outcome == "stored");
    const auto twelve = send(envelope("", "http://www.w3.org/2003/05/soap-envelope"));
    CHECK(twelve.status == 200);
    CHECK(twelve.content_type == "application/soap+xml; charset=utf-8");
    CHECK(contains(twelve.body, "xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\""));
}

TEST_CASE_METHOD(EndpointFixture, "Every element that ASMX would skip is named with path and line",
                 "[soap][endpoint]") {
    const std::string content =
        "<LogText>a</LogText>\n<LogText>b</LogText>\n<logtext/>\n"
        "<CSRId xmlns=\"urn:x\">c</CSRId><Unknown><Inner/></Unknown>";
    const auto reply = send(envelope(content));
    CHECK(reply.status == 200);
    const std::string in = "CreateCallLog/CreateCallLogRequest/CustomerCallLog/";
    CHECK(reply.summary.ignored ==
          std::vector<std::string>{in + "LogText (line 5)", in + "logtext (line 6)",
                                   in + "CSRId (line 7)", in + "Unknown (line 7)"});
}

TEST_CASE_METHOD(EndpointFixture,
                 "Strict: the first such element is a Client fault that tells what is expected",
                 "[soap][endpoint]") {
    options.strict = true;
    const auto reply = send(envelope("<LogText>a</LogText><Note/>"));
    CHECK(reply.status == 500);
    CHECK(contains(reply.body, "<faultcode>soap:Client</faultcode>"));
    CHECK(contains(
        reply.body,
        "Element CreateCallLog/CreateCallLogRequest/CustomerCallLog/Note in line 4 is not part "
        "of the contract; expected there: Requestor, CSRId, CreatedDateTime, LogText"));
    CHECK(send(envelope("<LogText>a</LogText>")).status == 200);
}

TEST_CASE_METHOD(EndpointFixture, "Messages over a limit get a Client fault that names the setting",
                 "[soap][endpoint]") {
    options.limits.max_depth = 8;
    const auto reply = send(envelope("<Requestor><Address><a><b/></a></Address></Requestor>"));
    CHECK(reply.status == 500);
    CHECK(contains(reply.body, "(setting guard.max_depth)"));
}

TEST_CASE_METHOD(EndpointFixture,
                 "A thread's next endpoint is not held to the memory of a dropped one",
                 "[soap][endpoint]") {
    const std::string message = envelope("<LogText>a</LogText>");
    const std::vector<model::HttpHeader> headers{{"Content-Type", "text/xml; charset=utf-8"},
                                                 {"SOAPAction", action}};
    const model::HttpRequest request{.method = "POST",
                                     .target = "/webservices/CustomerCareService.asmx",
                                     .headers = headers,
                                     .body = message};
    auto dropped = std::make_unique<soap::Endpoint>(options, create_call_log, throttle);
    const soap::Endpoint next(options, create_call_log, throttle);
    CHECK(send_to(*dropped, request).status == 200);
    dropped.reset();
    // Takes its place, unless an address sanitizer keeps that free and tells.
    const std::string other(sizeof(soap::Endpoint) - 1, '\0');
    CHECK(send_to(next, request).status == 200);
}

TEST_CASE_METHOD(EndpointFixture, "Other paths, path info and other methods are refused",
                 "[soap][endpoint]") {
    CHECK(send("", {}, "GET", "/").status == 404);
    CHECK(send("", {}, "POST", "/webservices/CustomerCareService.asmxx").status == 404);
    CHECK(send("", {}, "POST", "/webservices/CustomerCareService.asmx/CreateCallLog").status ==
          500);
    const auto put = send("", {}, "PUT");
    CHECK(put.status == 405);
    CHECK(put.headers.back().first == "X-AspNet-Version");
    CHECK(send("", {}, "GET", "/WEBSERVICES/customercareservice.ASMX").status == 200);
}

TEST_CASE_METHOD(EndpointFixture, "What can't be stored is a Server fault without a path in it",
                 "[soap][endpoint]") {
    REQUIRE(send(envelope("")).status == 200);
    std::filesystem::remove(directory.path("test.db"));
    std::filesystem::create_directory(directory.path("test.db"));
    const auto reply = send(envelope("<LogText>x</LogText>"));
    CHECK(reply.status == 500);
    CHECK(contains(reply.body,
                   "<faultcode>soap:Server</faultcode><faultstring>Server was unable to "
                   "process request. ---&gt; The call log could not be stored."));
    CHECK_FALSE(contains(reply.body, "test.db"));
    CHECK(contains(reply.summary.detail, "test.db"));
}
