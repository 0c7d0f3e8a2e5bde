#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/http_message.hpp"

namespace customercare::standin {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A request to a real service and its reply, as a file that people read and edit:
///
///     ### customercare recording 1: request
///     POST /webservices/CustomerCareService.asmx
///     Content-Type: text/xml; charset=utf-8
///
///     <soap:Envelope ...
///     ### customercare recording 1: reply
///     200
///     Content-Type: text/xml; charset=utf-8
///
///     <soap:Envelope ...
///
/// Where a body has such a line itself, both have more number signs than it. Bodies are as they
/// came, but in UTF-8 and masked; the request's method, target and headers are only told.
struct Recording {
    std::string name;  ///< Of the file, without folder.
    std::string method;
    std::string target;
    Headers request_headers;
    std::string request_body;
    unsigned status = 0;
    Headers reply_headers;
    std::string reply_body;
};

[[nodiscard]] std::string write_recording(const Recording& recording);

/// Throws ServiceError{usage}, naming file and line, if the text has not that form.
[[nodiscard]] Recording read_recording(std::string name, std::string_view text);

/// True for headers that say how one message is framed, or belong to one connection.
[[nodiscard]] bool is_of_connection(std::string_view header);

}  // namespace customercare::standin
