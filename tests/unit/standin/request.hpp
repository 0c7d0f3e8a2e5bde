#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/http_message.hpp"

namespace customercare::test {

/// A request to the service, with what it views.
struct Request {
    std::string body;
    std::vector<std::pair<std::string, std::string>> header_texts{
        {"Content-Type", "text/xml; charset=utf-8"},
        {"SOAPAction", "\"http://ws.southernco.com/CustSvc-iHub/CreateCallLog\""}};
    std::vector<model::HttpHeader> headers{};

    /// Valid as long as this is not touched.
    model::HttpRequest view() {
        headers.clear();
        for (const auto& [name, value] : header_texts) headers.push_back({name, value});
        return {.method = "POST",
                .target = "/webservices/CustomerCareService.asmx",
                .headers = headers,
                .body = body};
    }
};

/// An envelope with prefixes that nobody else uses, credentials, and `content` in CustomerCallLog.
inline std::string envelope(const std::string& content,
                            const std::string& ns = "http://schemas.xmlsoap.org/soap/envelope/") {
    return "<?xml version=\"1.0\"?><q:Envelope xmlns:q=\"" + ns +
           "\" xmlns:w=\"http://ws.southernco.com/CustSvc-iHub\"><q:Header><w:ScCredentials>"
           "<w:DirectUserNameToken><w:BinarySecurityToken><w:ID>d</w:ID></w:BinarySecurityToken>"
           "</w:DirectUserNameToken><w:OriginatingUserNameToken><w:BinarySecurityToken><w:ID>o"
           "</w:ID></w:BinarySecurityToken></w:OriginatingUserNameToken></w:ScCredentials>"
           "</q:Header><q:Body><w:CreateCallLog><w:CreateCallLogRequest><CustomerCallLog>" +
           content +
           "</CustomerCallLog></w:CreateCallLogRequest></w:CreateCallLog></q:Body></q:Envelope>";
}

inline std::string account(const std::string& number) {
    return "<Account><AccountNumber>" + number + "</AccountNumber></Account>";
}

inline constexpr const char* soap12 = "http://www.w3.org/2003/05/soap-envelope";

}  // namespace customercare::test
