#pragma once

#include <string>
#include <utility>

namespace customercare::model {

/// A value that must never reach a log, an error or test output: SSN, driver licence, credentials.
/// It has no conversion, no stream operator and no formatter, so that printing one by accident does
/// not compile; whoever needs the text says so with reveal().
class Sensitive {
public:
    Sensitive() = default;
    explicit Sensitive(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

}  // namespace customercare::model
