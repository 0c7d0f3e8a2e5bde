#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace customercare::store {

/// Writes a JSON array of objects whose values are texts and numbers. Texts are in UTF-8.
class JsonArray {
public:
    void clear() { text_.clear(); }
    [[nodiscard]] bool is_empty() const { return text_.empty(); }

    void begin_object();
    // A member of the object begun last. The key is written as it is.
    void put(std::string_view key, std::string_view text);
    void put(std::string_view key, std::int64_t number);

    /// Ends object and array; the text lives until the next change. Not for an empty one.
    [[nodiscard]] std::string_view finish();

private:
    void put_key(std::string_view key);
    void put_escaped(std::string_view text);

    std::string text_;
};

}  // namespace customercare::store
