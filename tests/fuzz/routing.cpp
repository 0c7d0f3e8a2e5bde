// Content-Type (an input's choices) and SOAPAction (its data): what is found in them, and the fault
// that quotes it.

#include "soap/routing.hpp"

#include <array>

#include "fuzz/input.hpp"
#include "fuzz/xml_walk.hpp"
#include "soap/writer.hpp"

using namespace customercare;
using fuzz::require;

namespace {

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
    }
    return encoded;
}

void check_content_type(std::string_view header, const soap::ContentType& type) {
    require(!type.is_text_xml() || !type.is_application_soap(), "a type is one of the two");
    for (const std::string_view name : {"charset", "action"}) {
        const auto value = type.parameter(name);
        if (!value) continue;
        require(header.find(*value) != std::string_view::npos, "a value is part of the header");
        require(value->find(';') == std::string_view::npos, "a value ends before a semicolon");
        require(value->empty() ||
                    (std::string_view(" '\"\t").find(value->front()) == std::string_view::npos &&
                     std::string_view(" '\"\t").find(value->back()) == std::string_view::npos),
                "a value has no quotes around it");
    }
}

void check_decoding(std::string_view text) {
    const std::string decoded = soap::url_decode(text);
    require(decoded.size() <= text.size(), "decoding makes nothing longer");
    require(soap::url_decode(percent_encoded(text)) == text, "what is encoded is decoded");
    if (text.find_first_of("%+") == std::string_view::npos) {
        require(decoded == text, "what is not encoded stays");
    }
}

/// The fault about an action quotes it. Forbidden characters are references in it, as the original
/// writes them, which no parser takes; whatever else comes, the fault must be well-formed.
void check_fault(const std::string& action) {
    for (const soap::SoapVersion version : {soap::SoapVersion::soap11, soap::SoapVersion::soap12}) {
        std::string fault = soap::write_fault(version, soap::FaultCode::client, action);
        for (std::size_t at = 0; (at = fault.find("&#x", at)) != std::string::npos;) {
            fault.erase(at, fault.find(';', at) + 1 - at);
        }
        require(fuzz::walk_xml(fault).has_value(), "the fault about an action is well-formed");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const fuzz::Input input(bytes, size);
    const soap::ContentType type(input.choices);
    check_content_type(input.choices, type);
    check_decoding(input.data);

    const std::array headers{model::HttpHeader{"soapaction", input.data}};
    model::HttpRequest request;
    request.headers = headers;
    const soap::Route by_header = soap::route(request, type, soap::contract());
    require(by_header.by_soap_action != type.is_application_soap(),
            "SOAPAction decides, unless the type is SOAP 1.2's");
    const soap::Route by_type = soap::route({}, type, soap::contract());
    for (const soap::Route& route : {by_header, by_type}) {
        require(!route.by_soap_action || route.action.has_value(), "SOAPAction is an action");
        require(route.operation == nullptr || route.operation->soap_action == route.action,
                "an operation is found by its action alone");
        if (route.action) check_fault(*route.action);
    }
    return 0;
}
