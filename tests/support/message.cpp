#include "support/message.hpp"

#include <filesystem>
#include <stdexcept>

#include "support/server_process.hpp"
#include "support/xml.hpp"

namespace customercare::test {

std::string sample_message(Soap version, const Content& content) {
    static const std::string sample =
        read_file(std::filesystem::path(CUSTOMERCARE_SOURCE_DIR) / "tests/support/sample-11.xml");
    std::string message = sample;
    if (version == Soap::v12) message = replace_first(message, envelope_11, envelope_12);
    for (const auto& [element, xml] : content) {
        const std::string start_tag = "<" + std::string(element) + ">";
        const std::size_t start = message.find(start_tag);
        if (start == std::string::npos)
            throw std::logic_error("no " + start_tag + " in the sample");
        const std::size_t begin = start + start_tag.size();
        const std::size_t end = message.find("</" + std::string(element) + ">", begin);
        message.replace(begin, end - begin, xml);
    }
    return message;
}

std::string token(std::string_view id) {
    return "<BinarySecurityToken><ID>" + std::string(id) + "</ID></BinarySecurityToken>";
}

std::string post(Soap version, std::string_view envelope, std::string_view headers) {
    std::string request = "POST " + std::string(service_path) + " HTTP/1.1\r\nHost: localhost\r\n";
    const std::string action = "\"http://ws.southernco.com/CustSvc-iHub/CreateCallLog\"";
    if (version == Soap::v11) {
        request += "Content-Type: text/xml; charset=utf-8\r\nSOAPAction: " + action + "\r\n";
    } else {
        request += "Content-Type: application/soap+xml; charset=utf-8; action=" + action + "\r\n";
    }
    request.append(headers);
    request += "Content-Length: " + std::to_string(envelope.size()) + "\r\n\r\n";
    request.append(envelope);
    return request;
}

std::string post_sample(Soap version, const Content& content) {
    return post(version, sample_message(version, content));
}

std::string text_of(const HttpReply& reply, std::string_view element) {
    pugi::xml_document document;
    document.load_buffer(reply.body.data(), reply.body.size());
    const auto node = document.find_node(
        [&](const pugi::xml_node& candidate) { return local_name(candidate) == element; });
    return node.text().get();
}

bool is_success(const HttpReply& reply) {
    return reply.status == 200 && text_of(reply, "ResponseCode") == "0" &&
           text_of(reply, "ErrorCode").empty();
}

std::string fault_text(const HttpReply& reply) {
    const std::string text = text_of(reply, "faultstring");
    return text.empty() ? text_of(reply, "Text") : text;
}

std::string replace_first(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::logic_error("nothing to replace: " + std::string(from));
    return text.replace(at, from.size(), to);
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        text.replace(at, from.size(), to);
    }
    return text;
}

}  // namespace customercare::test
