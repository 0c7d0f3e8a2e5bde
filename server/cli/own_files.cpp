#include "cli/own_files.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace customercare::cli {

namespace {

namespace fs = std::filesystem;

/// The path without links, but for its last part, which may be one.
fs::path place_of(const fs::path& path) {
    std::error_code error;
    return fs::weakly_canonical(fs::absolute(path, error).parent_path(), error) / path.filename();
}

/// The database's path as it is set, and without links: SQLite puts its files beside the latter.
std::vector<std::string> database_paths(const Settings& settings) {
    std::error_code error;
    return {settings.store.path, fs::weakly_canonical(settings.store.path, error).string()};
}

std::vector<std::string> known_files(const Settings& settings, const std::string& config_file) {
    const http::TlsOptions& tls = settings.http.tls;
    std::vector<std::string> files{config_file,
                                   settings.key_file_path(),
                                   settings.log.file,
                                   tls.certificate,
                                   tls.key,
                                   tls.client_ca,
                                   settings.standin.scenarios.forward.certificate_authorities};
    for (const std::string& database : database_paths(settings)) {
        for (const char* suffix : {"", "-wal", "-shm", "-journal", "-lock"}) {
            files.push_back(database + suffix);
        }
    }
    std::erase(files, "");
    return files;
}

/// A stand-in's journals, and its sandboxes with all that is theirs.
bool is_of_standin(const fs::path& place, const Settings& settings) {
    const std::vector<std::string> paths = database_paths(settings);
    return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
        const fs::path database = place_of(path);
        const std::string name = place.filename().string();
        const std::string stem = database.filename().string();
        return place.parent_path() == database.parent_path() &&
               (name.starts_with(stem + ".journal") || name.starts_with(stem + ".sandbox-"));
    });
}

}  // namespace

bool is_own_file(const std::string& path, const Settings& settings,
                 const std::string& config_file) {
    const fs::path place = place_of(path);
    if (is_of_standin(place, settings)) return true;
    const std::vector<std::string> own = known_files(settings, config_file);
    return std::any_of(own.begin(), own.end(), [&](const std::string& file) {
        std::error_code error;
        return place_of(file) == place || fs::equivalent(path, file, error);
    });
}

}  // namespace customercare::cli
