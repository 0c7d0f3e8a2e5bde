#include "soap/routing.hpp"

#include <algorithm>
#include <charconv>

#include "soap/text.hpp"

namespace customercare::soap {

namespace {

std::optional<std::uint32_t> parse_hex(std::string_view digits, std::size_t count) {
    if (digits.size() < count) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + count, value, 16);
    if (error != std::errc{} || end != digits.data() + count) return std::nullopt;
    return value;
}

}  // namespace

bool ContentType::has_base(std::string_view base) const {
    return model::equals_ignoring_case(header_.substr(0, header_.find(';')), base);
}

std::optional<std::string_view> ContentType::parameter(std::string_view name) const {
    std::string_view rest = header_;
    for (std::size_t semicolon = rest.find(';'); semicolon != std::string_view::npos;
         semicolon = rest.find(';')) {
        rest.remove_prefix(semicolon + 1);
        std::string_view declaration = rest.substr(0, rest.find(';'));
        declaration.remove_prefix(
            std::min(declaration.find_first_not_of(" \t"), declaration.size()));
        const std::size_t equals = declaration.find('=');
        if (equals == std::string_view::npos || equals < name.size() ||
            !model::equals_ignoring_case(declaration.substr(0, name.size()), name)) {
            continue;
        }
        const std::string_view value = declaration.substr(equals + 1);
        const std::size_t first = value.find_first_not_of(" '\"\t");
        if (first == std::string_view::npos) return std::string_view{};
        return value.substr(first, value.find_last_not_of(" '\"\t") - first + 1);
    }
    return std::nullopt;
}

Route route(const model::HttpRequest& request, const ContentType& content_type,
            const Contract& contract) {
    Route route;
    const model::HttpHeader* soap_action = request.find("SOAPAction");
    route.by_soap_action = soap_action != nullptr && !content_type.is_application_soap();
    if (route.by_soap_action) {
        std::string_view value = soap_action->value;
        if (!value.empty() && value.front() == '"' && value.back() == '"') {
            value = value.size() < 2 ? std::string_view{} : value.substr(1, value.size() - 2);
        }
        route.action = url_decode(value);
    } else if (const auto parameter = content_type.parameter("action")) {
        route.action = *parameter;
    }
    if (route.action) {
        for (const Operation& operation : contract.operations()) {
            if (operation.soap_action == *route.action) route.operation = &operation;
        }
    }
    return route;
}

std::string url_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else if (const auto byte = parse_hex(text.substr(i + 1), 2)) {
            decoded += static_cast<char>(*byte);
            i += 2;
        } else if (i + 1 < text.size() && text[i + 1] == 'u' && parse_hex(text.substr(i + 2), 4)) {
            append_utf8(decoded, *parse_hex(text.substr(i + 2), 4));
            i += 5;
        } else {
            decoded += '%';
        }
    }
    return decoded;
}

}  // namespace customercare::soap
