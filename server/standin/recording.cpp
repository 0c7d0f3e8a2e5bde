#include "standin/recording.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/error.hpp"

namespace customercare::standin {

namespace {

constexpr std::string_view title = " customercare recording 1: ";
constexpr std::size_t usual_signs = 3;

/// Those at the start of a line that looks like ours, 0 if it does not.
std::size_t count_signs(std::string_view line) {
    const std::size_t signs = std::min(line.find_first_not_of('#'), line.size());
    return line.substr(signs).starts_with(title) ? signs : 0;
}

std::size_t most_signs(std::string_view body) {
    std::size_t most = 0;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = std::min(body.find('\n', at), body.size());
        most = std::max(most, count_signs(body.substr(at, end - at)));
        at = end + 1;
    }
    return most;
}

void append_message(std::string& out, const std::string& first_line, const Headers& headers,
                    std::string_view body) {
    out += first_line + '\n';
    for (const auto& [name, value] : headers) out.append(name).append(": ").append(value) += '\n';
    out.append("\n").append(body);
}

/// Goes through the lines of a file, and says where it is.
class Reader {
public:
    Reader(const std::string& name, std::string_view text) : name_(name), rest_(text) {}

    std::string_view line() {
        if (rest_.empty()) refuse("ends too early");
        ++number_;
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);  // From an editor's hand.
        return line;
    }

    Headers headers() {
        Headers headers;
        for (std::string_view text = line(); !text.empty();) {
            const std::size_t colon = text.find(':');
            if (colon == std::string_view::npos || colon == 0) {
                refuse("is no header; an empty line comes before the body");
            }
            std::string_view value = text.substr(colon + 1);
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            headers.emplace_back(text.substr(0, colon), value);
            if (rest_.empty()) break;  // There is no body.
            text = line();
        }
        return headers;
    }

    /// What comes before the line `fence`, which is read, too.
    std::string_view before(const std::string& fence) {
        for (std::size_t at = 0; at < rest_.size();) {
            const std::size_t end = std::min(rest_.find('\n', at), rest_.size());
            std::string_view line = rest_.substr(at, end - at);
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (line == fence) {
                const std::string_view body = rest_.substr(0, at == 0 ? 0 : at - 1);
                number_ += 1 + static_cast<std::size_t>(std::count(
                                   rest_.begin(), rest_.begin() + std::ptrdiff_t(at), '\n'));
                rest_.remove_prefix(std::min(end + 1, rest_.size()));
                return body;
            }
            at = end + 1;
        }
        refuse("and those behind it: there is no line \"" + fence + '"');
    }

    [[nodiscard]] std::string_view rest() const { return rest_; }
    [[noreturn]] void refuse(const std::string& why) const {
        throw model::ServiceError(model::ErrorCode::usage,
                                  name_ + ":" + std::to_string(number_) + ' ' + why);
    }

private:
    const std::string& name_;
    std::string_view rest_;
    std::size_t number_ = 0;
};

}  // namespace

std::string write_recording(const Recording& recording) {
    const std::size_t signs = std::max({usual_signs, most_signs(recording.request_body) + 1,
                                        most_signs(recording.reply_body) + 1});
    const std::string fence = std::string(signs, '#').append(title);
    std::string out = fence + "request\n";
    append_message(out, recording.method + ' ' + recording.target, recording.request_headers,
                   recording.request_body);
    out += '\n' + fence + "reply\n";
    append_message(out, std::to_string(recording.status), recording.reply_headers,
                   recording.reply_body);
    return out;
}

Recording read_recording(std::string name, std::string_view text) {
    Recording recording{.name = std::move(name)};
    Reader reader(recording.name, text);
    const std::string_view first = reader.line();
    const std::size_t signs = count_signs(first);
    const std::string fence = std::string(signs, '#').append(title);
    if (signs == 0 || first != fence + "request") {
        reader.refuse("is not \"###" + std::string(title) + "request\"");
    }
    const std::string_view request = reader.line();
    const std::size_t blank = request.find(' ');
    if (blank == std::string_view::npos) reader.refuse("is no method and target");
    recording.method = request.substr(0, blank);
    recording.target = request.substr(blank + 1);
    recording.request_headers = reader.headers();
    recording.request_body = reader.before(fence + "reply");

    const std::string_view status = reader.line();
    const auto [end, error] =
        std::from_chars(status.data(), status.data() + status.size(), recording.status);
    if (error != std::errc{} || end != status.data() + status.size() || recording.status < 200 ||
        recording.status > 599) {
        reader.refuse("is no status from 200 to 599");
    }
    recording.reply_headers = reader.headers();
    recording.reply_body = reader.rest();
    return recording;
}

bool is_of_connection(std::string_view header) {
    constexpr std::array names{"Connection",
                               "Content-Length",
                               "Date",
                               "Expect",
                               "Host",
                               "Keep-Alive",
                               "TE",
                               "Trailer",
                               "Upgrade",
                               "Transfer-Encoding",
                               "Proxy-Connection"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return model::equals_ignoring_case(name, header);
    });
}

}  // namespace customercare::standin
