#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/http_message.hpp"
#include "soap/contract.hpp"

namespace customercare::soap {

/// A Content-Type header as ASMX reads it (System.Web.Services.Protocols.ContentType): the media
/// type is everything before the first semicolon, a blank at its end included.
class ContentType {
public:
    explicit ContentType(std::string_view header) : header_(header) {}

    [[nodiscard]] bool is_text_xml() const { return has_base("text/xml"); }
    [[nodiscard]] bool is_application_soap() const { return has_base("application/soap+xml"); }
    /// A parameter's value without quotes, its name compared without case.
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;

private:
    [[nodiscard]] bool has_base(std::string_view base) const;

    std::string_view header_;
};

/// What the headers of a request say of the operation, before anybody looks at the body.
struct Route {
    /// Which router decides: the one for SOAP 1.1 looks at SOAPAction alone.
    bool by_soap_action = false;
    /// SOAPAction without its quotes and URL-decoded, or the action parameter; nullopt: none sent.
    std::optional<std::string> action;
    /// The operation of that action; nullptr: unknown.
    const Operation* operation = nullptr;
};

/// SoapServerProtocol.GuessVersion and the routers' first half.
[[nodiscard]] Route route(const model::HttpRequest& request, const ContentType& content_type,
                          const Contract& contract);

/// HttpUtility.UrlDecode: %XX as UTF-8, %uXXXX, + as a blank; what is neither stays.
[[nodiscard]] std::string url_decode(std::string_view text);

}  // namespace customercare::soap
