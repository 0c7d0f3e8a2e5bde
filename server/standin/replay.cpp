#include "standin/replay.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "model/error.hpp"
#include "soap/encoding.hpp"
#include "soap/routing.hpp"
#include "standin/field_path.hpp"

namespace customercare::standin {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, why);
}

std::vector<std::filesystem::path> list_files(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".http") files.push_back(entry.path());
    }
    if (error) refuse("standin.replay: " + folder + ": " + error.message());
    if (files.empty()) refuse("standin.replay: " + folder + " has no recordings (*.http)");
    std::sort(files.begin(), files.end());
    return files;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) refuse("standin.replay: " + path.string() + " can't be read");
    return text;
}

std::string shown(const std::vector<std::string>& values) {
    return values.empty() ? "not there" : '"' + values.front() + '"';
}

/// `encoding` is a part of `text`, or "".
void put_utf8(std::string& text, std::string_view encoding) {
    if (encoding.empty() || model::equals_ignoring_case(encoding, "utf-8")) return;
    text.replace(static_cast<std::size_t>(encoding.data() - text.data()), encoding.size(), "utf-8");
}

/// What headers and XML say of the reply's body, which is in UTF-8 now, whatever it was.
void say_utf8(Recording& recording) {
    for (auto& [name, value] : recording.reply_headers) {
        if (!model::equals_ignoring_case(name, "Content-Type")) continue;
        put_utf8(value, soap::ContentType(value).parameter("charset").value_or(""));
    }
    put_utf8(recording.reply_body, soap::declared_encoding(recording.reply_body));
}

model::HttpReply reply_of(const Recording& recording) {
    model::HttpReply reply;
    reply.status = recording.status;
    for (const auto& [name, value] : recording.reply_headers) {
        if (!is_of_connection(name)) reply.headers.emplace_back(name, value);
    }
    reply.body = recording.reply_body;
    reply.summary.outcome = "recorded";
    reply.summary.detail = "From the recording " + recording.name + '.';
    return reply;
}

}  // namespace

Replay::Replay(const std::string& folder, const std::vector<std::string>& fields) {
    for (const std::string& field : fields) {
        try {
            fields_.push_back(resolve_field_path(field));
        } catch (const model::ServiceError& error) {
            refuse(std::string("standin.replay_fields: ") + error.what());
        }
        if (is_secret_field(fields_.back())) {
            refuse("standin.replay_fields: " + field + " is masked in recordings");
        }
    }
    for (const auto& path : list_files(folder)) {
        try {
            add(read_recording(path.filename().string(), read_file(path)));
        } catch (const model::ServiceError& error) {
            refuse("standin.replay: " + folder + ": " + error.what());
        }
    }
}

void Replay::add(Recording recording) {
    std::vector<model::HttpHeader> headers;
    for (const auto& [name, value] : recording.request_headers) {
        // The body is in UTF-8 now, whatever it was.
        if (!model::equals_ignoring_case(name, "Content-Type")) headers.push_back({name, value});
    }
    Entry entry = read({.method = recording.method,
                        .target = recording.target,
                        .headers = headers,
                        .body = recording.request_body});
    say_utf8(recording);
    entry.recording = std::move(recording);
    entries_.push_back(std::move(entry));
}

Replay::Entry Replay::read(const model::HttpRequest& request) const {
    Message message(request);
    Entry entry{.operation = std::string(message.operation())};
    for (const std::string& field : fields_) entry.values.push_back(message.values(field));
    return entry;
}

std::vector<std::string> Replay::find_misses(const Entry& entry, const Entry& asked) const {
    std::vector<std::string> misses;
    if (entry.operation != asked.operation) misses.push_back("operation " + entry.operation);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (entry.values[i] == asked.values[i]) continue;
        misses.push_back(fields_[i] + " is " + shown(asked.values[i]) + " here, and " +
                         shown(entry.values[i]) + " there");
    }
    return misses;
}

Replayed Replay::answer(const model::HttpRequest& request, const std::string& sandbox) {
    const Entry asked = read(request);
    const std::lock_guard lock(mutex_);
    std::vector<bool>& used = used_[sandbox];
    used.resize(entries_.size());
    std::size_t last = entries_.size();
    Replayed replayed;
    std::size_t fewest = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const std::vector<std::string> misses = find_misses(entry, asked);
        if (misses.empty()) {
            last = i;
            if (!used[i]) break;
        } else if (misses.size() < fewest) {
            fewest = misses.size();
            std::string why;
            for (const std::string& miss : misses) why += (why.empty() ? "" : "; ") + miss;
            replayed.nearest = NearMiss{0, entry.recording.name, why};
        }
    }
    if (last == entries_.size()) return replayed;
    used[last] = true;
    return {reply_of(entries_[last].recording), std::nullopt};
}

void Replay::restart(const std::string& sandbox) {
    const std::lock_guard lock(mutex_);
    used_.erase(sandbox);
}

}  // namespace customercare::standin
