#include "http/reply_head.hpp"

namespace customercare::http {

namespace {

std::string_view reason_phrase(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "";
    }
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool may_have_body(unsigned status) { return status != 204 && status != 304; }

std::string reply_head(const model::HttpReply& reply, Persistence persistence,
                       std::string_view date) {
    std::string head;
    head.reserve(384);
    head.append("HTTP/1.1 ").append(std::to_string(reply.status)).append(" ");
    head.append(reason_phrase(reply.status)).append("\r\n");
    bool has_date = false;  // A stand-in's clock may be set.
    for (const auto& [name, value] : reply.headers) {
        append_header(head, name, value);
        has_date = has_date || name == "Date";
    }
    if (!reply.content_type.empty()) append_header(head, "Content-Type", reply.content_type);
    if (!has_date) append_header(head, "Date", date);
    if (may_have_body(reply.status)) {
        append_header(head, "Content-Length", std::to_string(reply.body.size()));
    }
    if (persistence == Persistence::close) append_header(head, "Connection", "close");
    if (persistence == Persistence::keep_and_say_so) {
        append_header(head, "Connection", "keep-alive");
    }
    head.append("\r\n");
    return head;
}

}  // namespace customercare::http
