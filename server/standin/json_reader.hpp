#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace customercare::standin {

/// Reads an object's members by name. Whatever is wrong is thrown as ServiceError{usage}: the text
/// names the member by its path from the whole ("answer.delay_ms.to") and says what is allowed.
class JsonReader {
public:
    /// `path` is the object's; `allowed` are all the members that it may have.
    JsonReader(const nlohmann::json& json, std::string path,
               std::initializer_list<std::string_view> allowed);

    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// null counts as absent, as everywhere here.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    /// One that can stand in a message.
    [[nodiscard]] std::optional<std::string> xml_text(std::string_view name) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, std::int64_t min,
                                                      std::int64_t max) const;
    [[nodiscard]] std::map<std::string, std::string> texts(std::string_view name) const;
    /// The member itself, or nullptr.
    [[nodiscard]] const nlohmann::json* find(std::string_view name) const;
    [[nodiscard]] std::string path_of(std::string_view name) const;
    [[noreturn]] void refuse(std::string_view name, const std::string& why) const;

private:
    const nlohmann::json& json_;
    std::string path_;
};

/// Why a text can't stand in a message ([XML10] 2.2), in words; "" if it can.
[[nodiscard]] std::string why_not_in_xml(std::string_view text);

}  // namespace customercare::standin
