#include "support/admin_client.hpp"

#include <stdexcept>

namespace customercare::test {

namespace {

void expect(const HttpReply& reply, int status, std::string_view what) {
    if (reply.status == status) return;
    throw std::runtime_error(std::string(what) + ": status " + std::to_string(reply.status) + ": " +
                             reply.body);
}

}  // namespace

std::string http_request(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view headers) {
    std::string request(method);
    request.append(" ").append(target).append(" HTTP/1.1\r\n");
    if (headers.find("Host:") == std::string_view::npos) request += "Host: localhost\r\n";
    request.append(headers);
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return request.append(body);
}

HttpReply AdminClient::call(std::string_view method, std::string_view target, std::string_view body,
                            std::string_view headers) const {
    std::string all(headers);
    if (!sandbox_.empty()) all += "X-CustomerCare-Sandbox: " + sandbox_ + "\r\n";
    return test::call(port_, http_request(method, target, body, all));
}

Json AdminClient::get(std::string_view target) const {
    const HttpReply reply = call("GET", target);
    expect(reply, 200, target);
    return Json::parse(reply.body);
}

Json AdminClient::send(std::string_view method, std::string_view target, const Json& body) const {
    const HttpReply reply = call(method, target, body.dump());
    expect(reply, 200, target);
    return Json::parse(reply.body);
}

void AdminClient::act(std::string_view method, std::string_view target,
                      std::string_view body) const {
    expect(call(method, target, body), 204, target);
}

Json AdminClient::last_entry() const {
    const Json entries = get("/journal?limit=1").at("entries");
    return get("/journal/" + std::to_string(entries.at(0).at("id").get<std::int64_t>()));
}

}  // namespace customercare::test
