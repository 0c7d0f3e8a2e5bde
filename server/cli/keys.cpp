#include "cli/keys.hpp"

#include <filesystem>

#include "model/error.hpp"

namespace customercare::cli {

namespace {

/// By default the file is beside the database, and who looks for the cause looks there.
std::string place(const Settings& settings) {
    return settings.key_file.empty() ? "database " + settings.store.path + " (store.path): "
                                     : "credentials.key_file: ";
}

std::unique_ptr<store::Keys> read(const Settings& settings) try {
    return std::make_unique<store::Keys>(settings.key_file_path());
} catch (const model::ServiceError& error) {
    throw model::ServiceError(error.code(), place(settings) + error.what());
}

}  // namespace

std::unique_ptr<store::Keys> open_keys(const Settings& settings) {
    std::error_code error;
    const bool is_missing =
        std::filesystem::status(settings.key_file_path(), error).type() ==
        std::filesystem::file_type::not_found;
    if (is_missing) {
        throw model::ServiceError(
            model::ErrorCode::usage,
            place(settings) + "key file " + settings.key_file_path() +
                " is missing; check --database and --config, or restore it from a copy");
    }
    return read(settings);
}

std::unique_ptr<store::Keys> open_or_create_keys(const Settings& settings) {
    std::error_code error;
    const bool has_database = std::filesystem::exists(settings.store.path, error);
    return has_database ? open_keys(settings) : read(settings);
}

}  // namespace customercare::cli
