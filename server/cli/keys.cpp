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

std::unique_ptr<store::Keys> open(const Settings& settings, bool may_create) {
    const std::string path = settings.key_file_path();
    std::error_code error;
    const bool is_missing =
        std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found;
    if (is_missing && !may_create) {
        throw model::ServiceError(
            model::ErrorCode::usage,
            place(settings) + "key file " + path +
                " is missing; check --database and --config, or restore it from a copy");
    }
    try {
        return std::make_unique<store::Keys>(path);
    } catch (const model::ServiceError& refusal) {
        throw model::ServiceError(refusal.code(), place(settings) + refusal.what());
    }
}

}  // namespace

std::unique_ptr<store::Keys> open_keys(const Settings& settings) { return open(settings, false); }

std::unique_ptr<store::Keys> open_or_create_keys(const Settings& settings) {
    std::error_code error;
    return open(settings, !std::filesystem::exists(settings.store.path, error));
}

}  // namespace customercare::cli
