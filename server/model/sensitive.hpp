#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace customercare::model {

/// A value that must never reach a log, an error or test output: SSN, driver licence, credentials.
/// It has no conversion, no stream operator and no formatter, so that printing one by accident does
/// not compile (tests/misuse/); whoever needs the text says so with reveal(). Its memory is wiped
/// when it goes.
class Sensitive {
public:
    Sensitive() = default;
    explicit Sensitive(std::string text) : text_(std::move(text)) {}
    Sensitive(const Sensitive&) = default;
    // A short text stays in the string that it was moved from.
    Sensitive(Sensitive&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Sensitive& operator=(const Sensitive& other) {
        Sensitive copy(other);
        text_.swap(copy.text_);
        return *this;
    }
    Sensitive& operator=(Sensitive&& other) noexcept {
        text_.swap(other.text_);
        other.wipe();
        return *this;
    }
    ~Sensitive() { wipe(); }

    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    void wipe() noexcept {
        text_.resize(text_.capacity());  // Also what lies behind its end; allocates nothing.
        explicit_bzero(text_.data(), text_.size());
        text_.clear();
    }

    std::string text_;
};

/// Shown in the place of a value that is there but not to be seen. Always the same, since length
/// and last digits say something, too.
inline constexpr std::string_view mask = "*****";

}  // namespace customercare::model
