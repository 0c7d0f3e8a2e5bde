#include "standin/recorder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "model/error.hpp"
#include "standin/masking.hpp"

namespace customercare::standin {

namespace {

std::uint64_t number_of(const std::string& file) {
    std::uint64_t number = 0;
    std::from_chars(file.data(), file.data() + file.size(), number);
    return number;
}

}  // namespace

Recorder::Recorder(std::string folder) : folder_(std::move(folder)) {
    std::error_code error;
    // What customers said is for who records it alone.
    if (std::filesystem::create_directories(folder_, error)) {
        std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
    }
    for (const auto& file : std::filesystem::directory_iterator(folder_, error)) {
        last_number_ = std::max(last_number_, number_of(file.path().filename().string()));
    }
    if (error) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "standin.record: " + folder_ + ": " + error.message());
    }
}

void Recorder::write(Recording recording, std::string_view operation) {
    std::array<char, 32> number{};
    {
        const std::lock_guard lock(mutex_);
        std::snprintf(number.data(), number.size(), "%06llu",
                      static_cast<unsigned long long>(++last_number_));
    }
    recording.request_headers = mask(recording.request_headers);
    recording.reply_headers = mask(recording.reply_headers);
    const std::string name = std::string(number.data()) + '-' +
                             (operation.empty() ? "unknown" : std::string(operation)) + ".http";
    const std::filesystem::path path = std::filesystem::path(folder_) / name;
    // Whoever looks sees whole files only.
    const std::filesystem::path unfinished = path.string() + ".part";
    std::ofstream file(unfinished, std::ios::binary);
    std::error_code error;
    std::filesystem::permissions(
        unfinished, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
        error);
    file << write_recording(recording);
    file.close();
    if (file && !error) std::filesystem::rename(unfinished, path, error);
    if (!file || error) {
        throw model::ServiceError(model::ErrorCode::storage,
                                  "The recording " + path.string() + " can't be written.");
    }
}

}  // namespace customercare::standin
