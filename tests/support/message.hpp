#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/http_client.hpp"

namespace customercare::test {

enum class Soap { v11, v12 };

inline constexpr std::string_view service_path = "/webservices/CustomerCareService.asmx";
inline constexpr std::string_view envelope_11 = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view envelope_12 = "http://www.w3.org/2003/05/soap-envelope";

/// An element's name and the XML to put between its tags.
using Content = std::vector<std::pair<std::string_view, std::string>>;

/// The request of sample-11.xml, in either SOAP version, with other content in the first element of
/// each name given.
[[nodiscard]] std::string sample_message(Soap version, const Content& content = {});

/// Content of DirectUserNameToken or OriginatingUserNameToken.
[[nodiscard]] std::string token(std::string_view id);

/// The HTTP request that carries an envelope; `headers` are whole lines with their line ends.
[[nodiscard]] std::string post(Soap version, std::string_view envelope,
                               std::string_view headers = "");

/// post() of sample_message().
[[nodiscard]] std::string post_sample(Soap version, const Content& content = {});

/// Text of the first element of that local name in the reply's body; "" if there is none.
[[nodiscard]] std::string text_of(const HttpReply& reply, std::string_view element);

/// True for a BaseResponse that says success.
[[nodiscard]] bool is_success(const HttpReply& reply);

/// The fault's text, in either version; "" if the body is no fault.
[[nodiscard]] std::string fault_text(const HttpReply& reply);

[[nodiscard]] std::string replace_first(std::string text, std::string_view from,
                                        std::string_view to);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

}  // namespace customercare::test
