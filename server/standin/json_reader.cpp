#include "standin/json_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "model/error.hpp"
#include "soap/utf8.hpp"

namespace customercare::standin {

namespace {

[[noreturn]] void refuse_text(const std::string& text) {
    throw model::ServiceError(model::ErrorCode::usage, text);
}

}  // namespace

JsonReader::JsonReader(const nlohmann::json& json, std::string path,
                       std::initializer_list<std::string_view> allowed)
    : json_(json), path_(std::move(path)) {
    if (!json.is_object()) {
        refuse_text((path_.empty() ? "The scenario" : path_) + " must be an object, not " +
                    json.type_name());
    }
    for (const auto& [name, unused] : json.items()) {
        if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) continue;
        std::string known;
        for (const std::string_view one : allowed) {
            known += (known.empty() ? "" : ", ") + std::string(one);
        }
        refuse_text("unknown key " + path_of(name) + "; allowed here: " + known);
    }
}

const nlohmann::json* JsonReader::find(std::string_view name) const {
    const auto found = json_.find(std::string(name));
    return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::string JsonReader::path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + '.' + std::string(name);
}

void JsonReader::refuse(std::string_view name, const std::string& why) const {
    refuse_text(path_of(name) + ' ' + why);
}

std::optional<std::string> JsonReader::text(std::string_view name) const {
    const nlohmann::json* member = find(name);
    if (member == nullptr) return std::nullopt;
    if (!member->is_string()) refuse(name, "must be a string");
    return member->get<std::string>();
}

std::optional<std::string> JsonReader::xml_text(std::string_view name) const {
    auto text = this->text(name);
    const std::string why = text ? why_not_in_xml(*text) : "";
    if (!why.empty()) refuse(name, why);
    return text;
}

std::optional<bool> JsonReader::boolean(std::string_view name) const {
    const nlohmann::json* member = find(name);
    if (member == nullptr) return std::nullopt;
    if (!member->is_boolean()) refuse(name, "must be true or false");
    return member->get<bool>();
}

std::optional<std::int64_t> JsonReader::integer(std::string_view name, std::int64_t min,
                                                std::int64_t max) const {
    const nlohmann::json* member = find(name);
    if (member == nullptr) return std::nullopt;
    // Which would compare as a negative one.
    const bool is_beyond =
        member->is_number_unsigned() && member->get<std::uint64_t>() > std::uint64_t{INT64_MAX};
    if (!member->is_number_integer() || is_beyond || *member < min || *member > max) {
        refuse(name,
               "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return member->get<std::int64_t>();
}

std::map<std::string, std::string> JsonReader::texts(std::string_view name) const {
    std::map<std::string, std::string> texts;
    const nlohmann::json* member = find(name);
    if (member == nullptr) return texts;
    const auto is_text = [](const nlohmann::json& value) { return value.is_string(); };
    if (!member->is_object() || !std::all_of(member->begin(), member->end(), is_text)) {
        refuse(name, R"(must be an object of strings, such as {"name":"value"})");
    }
    for (const auto& [key, value] : member->items()) texts[key] = value.get<std::string>();
    return texts;
}

std::string why_not_in_xml(std::string_view text) {
    const auto illegal = soap::find_illegal(text);
    if (!illegal) return {};
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(*illegal));
    return std::string("must not have ") + name.data() + ": XML does not allow it";
}

}  // namespace customercare::standin
