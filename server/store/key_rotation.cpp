#include "store/key_rotation.hpp"

#include <array>
#include <chrono>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "model/error.hpp"
#include "store/columns.hpp"
#include "store/key_file.hpp"

namespace customercare::store {

namespace {

constexpr std::size_t batch_size = 200;
constexpr std::chrono::milliseconds poll_interval{50};
constexpr std::string_view event = "rotate-key";
constexpr std::string_view taken = "state=taken-by-server";

std::string subject_of(std::string_view key_id) {
    std::string subject = "key ";
    for (const char c : key_id) {
        subject += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
        subject += "0123456789abcdef"[static_cast<unsigned char>(c) & 0xFU];
    }
    return subject;
}

/// A column of sealed values, walked along its table's key.
struct SealedColumn {
    std::string_view context;
    std::string_view find;    ///< Rows behind a key: the key, the value.
    std::string_view update;  ///< New value; the key; the old value.
};

// The old value stands in the updates since a call log may be removed meanwhile, and its id go to
// another.
constexpr std::array<SealedColumn, 2> sealed_columns{{
    {.context = ssn_context,
     .find = "SELECT id, 0, requestor_ssn FROM call_log"
             " WHERE id > ? AND 0 = ? AND requestor_ssn IS NOT NULL"
             " AND substr(requestor_ssn, 1, 8) <> ? ORDER BY id LIMIT ?",
     .update = "UPDATE call_log SET requestor_ssn = ?"
               " WHERE id = ? AND 0 = ? AND requestor_ssn = ?"},
    {.context = open_content_context,
     .find = "SELECT call_log_id, position, sealed FROM sealed_content"
             " WHERE (call_log_id, position) > (?, ?) AND substr(sealed, 1, 8) <> ?"
             " ORDER BY call_log_id, position LIMIT ?",
     .update = "UPDATE sealed_content SET sealed = ?"
               " WHERE call_log_id = ? AND position = ? AND sealed = ?"},
}};

struct SealedValue {
    std::int64_t call_log_id = 0;
    std::int64_t position = 0;
    std::string sealed;
};

/// The values of a column that are sealed with another key than the current one.
class Former {
public:
    Former(Database& database, const SealedColumn& column, std::string current_id)
        : find_(database.prepare(column.find)), current_id_(std::move(current_id)) {}

    std::vector<SealedValue> next() {
        find_.bind(last_.call_log_id)
            .bind(last_.position)
            .bind_blob(current_id_)
            .bind(static_cast<std::int64_t>(batch_size));
        std::vector<SealedValue> values;
        while (find_.step()) {
            SealedValue& value = values.emplace_back();
            find_.read(value.call_log_id);
            find_.read(value.position);
            find_.read(value.sealed);
        }
        if (!values.empty()) last_ = values.back();
        return values;
    }

private:
    Statement find_;
    std::string current_id_;
    SealedValue last_;
};

class Rotation {
public:
    Rotation(const std::string& database_path, std::string key_file_path, const Progress& progress)
        : maintenance_(database_path),
          key_file_path_(std::move(key_file_path)),
          keys_(key_file_path_),
          progress_(progress) {
        if (!maintenance_.lock().try_lock(LockFile::Byte::key_change)) {
            throw model::ServiceError(model::ErrorCode::usage,
                                      "rotate-key: another one is at work on this database");
        }
    }

    RotationResult run(const RotationOptions& options) {
        KeyRing ring = read_key_file(key_file_path_);
        result_.was_resumed = ring.is_changing();
        if (!result_.was_resumed) ring.change();
        const auto& id = ring.current().id;
        subject_ = subject_of(std::string(id.begin(), id.end()));
        tell(result_.was_resumed ? "state=resumed" : "state=begun");
        if (!result_.was_resumed) replace_key_file(key_file_path_, ring);
        keys_.reload();
        tell("state=in-force");  // Also tells a server to look at the file.

        reseal_all();
        if (!wait_for_server(options.server_limit)) {
            result_.is_complete = false;
            tell("state=not-taken-by-server resealed=" + std::to_string(result_.resealed));
            return result_;
        }
        reseal_all();  // What it has sealed before it had the new key.
        tell("state=done resealed=" + std::to_string(result_.resealed) +
             (options.keep_old ? " former=kept" : " former=removed"));
        ring.end_change(options.keep_old);
        replace_key_file(key_file_path_, ring);
        maintenance_.empty_wal();
        return result_;
    }

private:
    void tell(const std::string& detail) {
        maintenance_.audit({.event = event, .subject = subject_, .detail = detail});
    }

    void reseal_all() {
        for (const SealedColumn& column : sealed_columns) {
            Former former(maintenance_.database(), column, keys_.current_id());
            Statement update = maintenance_.database().prepare(column.update);
            for (auto values = former.next(); !values.empty(); values = former.next()) {
                reseal(column, update, values);
            }
        }
    }

    void reseal(const SealedColumn& column, Statement& update,
                const std::vector<SealedValue>& values) {
        maintenance_.commit([&] {
            for (const SealedValue& value : values) {
                const model::Sensitive plain = keys_.open(value.sealed, column.context);
                update.bind_blob_copy(keys_.seal(plain.reveal(), column.context))
                    .bind(value.call_log_id)
                    .bind(value.position)
                    .bind_blob(value.sealed)
                    .run();
                result_.resealed += static_cast<std::size_t>(maintenance_.database().changes());
            }
        });
        progress_(result_.resealed);
        maintenance_.empty_wal_if_large();
    }

    /// True if no server seals with a former key any more.
    bool wait_for_server(std::chrono::milliseconds limit) {
        Statement find = maintenance_.database().prepare(
            "SELECT 1 FROM audit_event WHERE event = ? AND subject = ? AND detail = ? LIMIT 1");
        for (auto polls = limit / poll_interval; polls >= 0; --polls) {
            if (!maintenance_.is_server_running()) return true;
            find.bind(event).bind(subject_).bind(taken);
            if (find.step()) return true;
            std::this_thread::sleep_for(poll_interval);
        }
        return false;
    }

    Maintenance maintenance_;
    std::string key_file_path_;
    Keys keys_;
    const Progress& progress_;
    std::string subject_;
    RotationResult result_;
};

}  // namespace

RotationResult rotate_keys(const std::string& database_path, const std::string& key_file_path,
                           const RotationOptions& options, const Progress& progress) {
    return Rotation(database_path, key_file_path, progress).run(options);
}

KeyFollower::KeyFollower(const Keys& keys, std::string database_path)
    : keys_(keys), database_path_(std::move(database_path)) {}

bool KeyFollower::follow() {
    const std::string before = keys_.current_id();
    keys_.reload();
    const std::string id = keys_.current_id();
    if (keys_.is_changing() && id != told_) {
        AuditLog(database_path_)
            .append({.event = event, .subject = subject_of(id), .detail = taken});
        told_ = id;
    }
    return id != before;
}

}  // namespace customercare::store
