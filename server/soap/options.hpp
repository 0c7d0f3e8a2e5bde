#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/date_time.hpp"

namespace customercare::soap {

/// What one message may cost before it is refused. The service's own messages need a tenth of each.
struct GuardLimits {
    std::size_t max_depth = 64;         ///< Nested elements.
    std::size_t max_elements = 20'000;  ///< Elements per message.
    /// Repeated elements and pieces of open content, each stored by itself.
    std::size_t max_items = 2'000;
    /// Text of known elements, and open content with the namespaces that it takes along.
    std::size_t max_content_bytes = 1'048'576;
    std::size_t max_attributes = 64;               ///< Attributes and xmlns of one element.
    std::size_t max_total_attributes = 40'000;     ///< Attributes and xmlns of one message.
    std::size_t max_namespace_declarations = 256;  ///< xmlns attributes per message.
    std::size_t max_name_bytes = 256;              ///< An element's or attribute's name.
    std::size_t max_namespace_uri_bytes = 1024;    ///< A namespace name.
    std::size_t max_markup_bytes = 65'536;         ///< One tag, comment or processing instruction.

    bool operator==(const GuardLimits&) const = default;
};

struct Options {
    std::string path = "/webservices/CustomerCareService.asmx";  ///< Compared without case.
    GuardLimits limits;
    /// Elements that ASMX would skip silently become a Client fault.
    bool strict = false;
    model::TimeZone time_zone = model::TimeZone::local;  ///< Of MessageDateTime in replies.
    bool pages = true;                                   ///< Help pages, ?WSDL and ?disco.
    /// Value of the header X-AspNet-Version in every reply; "": no such header.
    std::string aspnet_version = "4.0.30319";
    /// Addresses of proxies whose X-Forwarded-Proto, X-Forwarded-Host and X-Forwarded-For are
    /// believed.
    std::vector<std::string> trusted_proxies;
};

}  // namespace customercare::soap
