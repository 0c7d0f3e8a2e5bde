#include "store/call_log_insert.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/columns.hpp"
#include "store/keys.hpp"
#include "store/message_key.hpp"

namespace customercare::store {

namespace {

std::string_view view_of(const model::ContentDigest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void join_lines(const std::vector<std::string>& lines, std::string& joined) {
    joined.clear();
    for (const std::string& line : lines) {
        if (!joined.empty()) joined += '\n';
        joined += line;
    }
}

/// Those that are set.
template <typename Record>
void put_fields(JsonArray& list, const Record& record) {
    Record::each_field(record, [&](const char*, const char* column, const auto& value) {
        if (value) list.put(column, *value);
    });
}

/// Those of a requestor, but for phones in which nothing is set and which were sent as xsi:nil:
/// nil_elements says all there is to say about them.
class PhoneWriter {
public:
    PhoneWriter(JsonArray& list, const std::vector<std::string>& nil_elements)
        : list_(list), nil_elements_(nil_elements) {}

    void put_all(const model::Requestor& requestor) {
        if (requestor.primary_contact) put(primary_contact, 0, *requestor.primary_contact);
        if (requestor.secondary_contact) put(secondary_contact, 0, *requestor.secondary_contact);
        put_all(other_phone, requestor.other_phone);
        put_all(fax, requestor.fax);
    }

private:
    void put_all(std::string_view kind, const std::vector<model::Phone>& phones) {
        std::int64_t number = 0;
        for (const model::Phone& phone : phones) put(kind, ++number, phone);
    }

    /// `number` is 0 for one that does not repeat.
    void put(std::string_view kind, std::int64_t number, const model::Phone& phone) {
        if (!is_anything_set(phone) && is_nil(kind, number)) return;
        list_.begin_object();
        list_.put("kind", kind);
        list_.put("position", std::max<std::int64_t>(number, 1));
        put_fields(list_, phone);
    }

    static bool is_anything_set(const model::Phone& phone) {
        bool is_set = false;
        model::Phone::each_field(phone, [&](const char*, const char*, const auto& field) {
            is_set = is_set || field.has_value();
        });
        return is_set;
    }

    bool is_nil(std::string_view kind, std::int64_t number) {
        if (!nil_) {
            nil_.emplace();
            nil_->reserve(nil_elements_.size());
            for (const std::string& path : nil_elements_) {
                const std::string_view child = child_of_requestor(path);
                if (!child.empty()) nil_->push_back(child);
            }
            std::ranges::sort(*nil_);  // There may be thousands, and as many phones.
        }
        std::string child(kind);
        if (number != 0) child += '[' + std::to_string(number) + ']';
        return std::ranges::binary_search(*nil_, std::string_view(child));
    }

    JsonArray& list_;
    const std::vector<std::string>& nil_elements_;
    std::optional<std::vector<std::string_view>> nil_;  // Below the requestor; when needed.
};

/// Binds each_field's fields, in columns_of's order.
struct BindField {
    Statement& statement;
    const Keys& keys;
    model::TimeZone time_zone;

    template <typename Value>
    void operator()(const char*, const char*, const std::optional<Value>& value) const {
        statement.bind(value);
    }
    void operator()(const char*, const char*, const model::DateTimeText& value) const {
        statement.bind(value.text);
        const auto utc = value.text ? model::utc_text(*value.text, time_zone) : std::nullopt;
        utc ? statement.bind_copy(*utc) : statement.bind_null();
    }
    void operator()(const char*, const char*, const std::optional<model::Sensitive>& ssn) const {
        ssn ? statement.bind_blob_copy(keys.seal(ssn->reveal(), ssn_context))
            : statement.bind_null();
    }
};

std::string insert_call_log_sql() {
    const std::string columns =
        "id, received_at, sender, credential_label, content_digest, repeat, message_key, " +
        columns_of<model::CallLog>() + ", has_requestor, " +
        columns_of<model::Requestor>(requestor_prefix) + ", has_email, " +
        columns_of<model::Email>() + ", has_customer, " + columns_of<model::Customer>() +
        ", has_premise, " + columns_of<model::Premise>() + ", has_account, " +
        columns_of<model::Account>() + ", name_value, phone, open_content, nil_elements";
    return insert_sql("call_log", columns);
}

constexpr std::string_view find_first_sql =
    "SELECT id, content_digest FROM call_log"
    " WHERE message_key = ? AND message_id = ? AND sender = ? AND repeat = 0";

}  // namespace

CallLogInsert::CallLogInsert(Database& database, const Keys& keys, const Options& options)
    : database_(database),
      keys_(keys),
      options_(options),
      call_log_(database.prepare(insert_call_log_sql())),
      first_(database.prepare(find_first_sql)),
      last_id_(database.prepare("SELECT coalesce(max(id), 0) FROM call_log")),
      sealed_content_(
          database.prepare(insert_sql("sealed_content", "call_log_id, position, sealed"))) {}

AppendResult CallLogInsert::insert(const NewCallLog& record) {
    const model::Text& message_id = record.call_log.message_id;
    const std::optional<std::int64_t> key = message_id ? message_key(*message_id) : std::nullopt;
    const std::optional<First> first = key ? find_first(record, *key) : std::nullopt;
    if (first && options_.duplicates != Duplicates::accept) {
        const bool is_replay = first->has_same_content && options_.duplicates == Duplicates::replay;
        return {.status = is_replay ? AppendStatus::replayed : AppendStatus::conflicting,
                .id = first->id,
                .error = {}};
    }
    const std::int64_t id = insert_call_log(record, key, first.has_value());
    insert_sealed(id, record.call_log.open_content);
    return {.status = AppendStatus::stored, .id = id, .error = {}};
}

std::optional<CallLogInsert::First> CallLogInsert::find_first(const NewCallLog& record,
                                                              std::int64_t key) {
    first_.bind(key).bind(record.call_log.message_id).bind_blob(record.sender);
    if (!first_.step()) return std::nullopt;
    First first;
    first_.read(first.id);
    first.has_same_content = first_.read<std::string>() == view_of(record.digest);
    first_.reset();
    return first;
}

std::int64_t CallLogInsert::insert_call_log(const NewCallLog& record,
                                            std::optional<std::int64_t> key, bool repeat) {
    call_log_.bind(seeded_id());
    call_log_.bind_copy(model::utc_text(record.received_at))
        .bind_blob(record.sender)
        .bind(record.credential_label)
        .bind_blob(view_of(record.digest))
        .bind(std::int64_t{repeat ? 1 : 0})
        .bind(key);
    bind_fields(record.call_log);
    bind_parts(record.call_log);
    bind_lists(record.call_log);
    call_log_.run();
    return database_.last_insert_id();
}

/// nullopt: SQLite gives the next one.
std::optional<std::int64_t> CallLogInsert::seeded_id() {
    if (options_.least_id == nullptr) return std::nullopt;
    const std::int64_t least = *options_.least_id;
    last_id_.step();
    const auto last = last_id_.read<std::int64_t>();
    last_id_.reset();
    return std::max(least, last + 1);
}

void CallLogInsert::bind_parts(const model::CallLog& call_log) {
    bind_part(call_log.requestor);
    static const std::optional<model::Email> no_email;
    bind_part(call_log.requestor ? call_log.requestor->email : no_email);
    bind_part(call_log.customer);
    bind_part(call_log.premise);
    bind_part(call_log.account);
}

void CallLogInsert::bind_lists(const model::CallLog& call_log) {
    name_value_.clear();
    for (const model::NameValue& pair : call_log.name_value) {
        name_value_.begin_object();
        put_fields(name_value_, pair);
    }
    phone_.clear();
    if (call_log.requestor) {
        PhoneWriter(phone_, call_log.nil_elements).put_all(*call_log.requestor);
    }
    open_content_.clear();
    for (const model::OpenContent& content : call_log.open_content) {
        open_content_.begin_object();
        open_content_.put("path", content.path);
        if (!is_sealed(content.path)) open_content_.put("xml", content.xml);
    }
    join_lines(call_log.nil_elements, nil_elements_);
    bind_list(name_value_);
    bind_list(phone_);
    bind_list(open_content_);
    nil_elements_.empty() ? call_log_.bind_null() : call_log_.bind(nil_elements_);
}

void CallLogInsert::insert_sealed(std::int64_t id,
                                  const std::vector<model::OpenContent>& contents) {
    std::int64_t position = 0;
    for (const model::OpenContent& content : contents) {
        ++position;
        if (!is_sealed(content.path)) continue;
        sealed_content_.bind(id)
            .bind(position)
            .bind_blob_copy(keys_.seal(content.xml, open_content_context))
            .run();
    }
}

template <typename Record>
void CallLogInsert::bind_fields(const Record& record) {
    Record::each_field(record, BindField{call_log_, keys_, options_.time_zone});
}

template <typename Record>
void CallLogInsert::bind_part(const std::optional<Record>& record) {
    static const Record absent;
    call_log_.bind(std::int64_t{record ? 1 : 0});
    bind_fields(record ? *record : absent);
}

void CallLogInsert::bind_list(JsonArray& list) {
    list.is_empty() ? call_log_.bind_null() : call_log_.bind(list.finish());
}

}  // namespace customercare::store
