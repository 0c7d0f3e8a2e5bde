#include "store/call_log_insert.hpp"

#include <string>
#include <string_view>
#include <unordered_set>

#include "store/columns.hpp"
#include "store/keys.hpp"

namespace customercare::store {

namespace {

std::string_view view_of(const model::ContentDigest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string join_lines(const std::vector<std::string>& lines) {
    std::string joined;
    for (const std::string& line : lines) {
        if (!joined.empty()) joined += '\n';
        joined += line;
    }
    return joined;
}

using Paths = std::unordered_set<std::string_view>;

/// True if a child of the requestor, in which nothing is set, was sent as xsi:nil: `nil`, the
/// message's nil_elements, then says all there is to say about it.
template <typename Record>
bool is_mere_nil(const Record& record, std::string_view child, std::int64_t position,
                 const Paths& nil) {
    if (nil.empty()) return false;
    bool is_set = false;
    Record::each_field(record, [&](const char*, const char*, const auto& field) {
        is_set = is_set || field.has_value();
    });
    return !is_set && nil.contains(requestor_path(child, position));
}

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

template <typename Record>
std::string insert_part_sql(std::string_view table) {
    return insert_sql(table, "call_log_id, " + columns_of<Record>());
}

std::string insert_call_log_sql() {
    const std::string columns =
        "received_at, sender, credential_label, content_digest, repeat, nil_elements, " +
        columns_of<model::CallLog>();
    return insert_sql("call_log", columns) +
           " ON CONFLICT (message_id, sender) WHERE repeat = 0 AND message_id <> '' DO NOTHING";
}

constexpr std::string_view find_first_sql =
    "SELECT id, content_digest FROM call_log"
    " WHERE message_id = ? AND sender = ? AND repeat = 0 AND message_id <> ''";

}  // namespace

CallLogInsert::CallLogInsert(Database& database, const Keys& keys, const Options& options)
    : database_(database),
      keys_(keys),
      options_(options),
      call_log_(database.prepare(insert_call_log_sql())),
      first_(database.prepare(find_first_sql)),
      requestor_(database.prepare(insert_part_sql<model::Requestor>("requestor"))),
      customer_(database.prepare(insert_part_sql<model::Customer>("customer"))),
      premise_(database.prepare(insert_part_sql<model::Premise>("premise"))),
      account_(database.prepare(insert_part_sql<model::Account>("account"))),
      name_value_(database.prepare(
          insert_sql("name_value", "call_log_id, position, " + columns_of<model::NameValue>()))),
      phone_(database.prepare(
          insert_sql("phone", "call_log_id, kind, position, " + columns_of<model::Phone>()))),
      email_(database.prepare(insert_part_sql<model::Email>("email"))),
      open_content_(database.prepare(
          insert_sql("open_content", "call_log_id, position, path, xml, sealed"))) {}

AppendResult CallLogInsert::insert(const NewCallLog& record) {
    std::optional<std::int64_t> id = insert_call_log(record, false);
    if (!id && options_.duplicates != Duplicates::accept) return find_first(record);
    if (!id) id = insert_call_log(record, true);

    const model::CallLog& call_log = record.call_log;
    if (call_log.requestor) {
        insert_part(requestor_, *id, *call_log.requestor);
        insert_contacts(*id, call_log);
    }
    if (call_log.customer) insert_part(customer_, *id, *call_log.customer);
    if (call_log.premise) insert_part(premise_, *id, *call_log.premise);
    if (call_log.account) insert_part(account_, *id, *call_log.account);
    std::int64_t position = 0;
    for (const model::NameValue& pair : call_log.name_value) {
        name_value_.bind(*id).bind(++position);
        bind_fields(name_value_, pair);
        name_value_.run();
    }
    insert_open_content(*id, call_log.open_content);
    return {.status = AppendStatus::stored, .id = *id, .error = {}};
}

std::optional<std::int64_t> CallLogInsert::insert_call_log(const NewCallLog& record, bool repeat) {
    call_log_.bind_copy(model::utc_text(record.received_at))
        .bind_blob(record.sender)
        .bind(record.credential_label)
        .bind_blob(view_of(record.digest))
        .bind(std::int64_t{repeat ? 1 : 0});
    const auto& nil = record.call_log.nil_elements;
    nil.empty() ? call_log_.bind_null() : call_log_.bind_copy(join_lines(nil));
    bind_fields(call_log_, record.call_log);
    call_log_.run();
    if (database_.changes() == 0) return std::nullopt;
    return database_.last_insert_id();
}

AppendResult CallLogInsert::find_first(const NewCallLog& record) {
    first_.bind(record.call_log.message_id).bind_blob(record.sender);
    first_.step();
    AppendResult result{.status = AppendStatus::conflicting, .id = 0, .error = {}};
    first_.read(result.id);
    const bool is_same = first_.read<std::string>() == view_of(record.digest);
    first_.reset();
    if (is_same && options_.duplicates == Duplicates::replay) {
        result.status = AppendStatus::replayed;
    }
    return result;
}

void CallLogInsert::insert_contacts(std::int64_t id, const model::CallLog& call_log) {
    const Paths nil(call_log.nil_elements.begin(), call_log.nil_elements.end());
    const auto insert_one = [&](std::string_view kind, const std::optional<model::Phone>& phone) {
        if (phone && !is_mere_nil(*phone, kind, 0, nil)) insert_phone(id, kind, 1, *phone);
    };
    const auto insert_all = [&](std::string_view kind, const std::vector<model::Phone>& phones) {
        std::int64_t position = 0;
        for (const model::Phone& phone : phones) {
            ++position;
            if (!is_mere_nil(phone, kind, position, nil)) {
                insert_phone(id, kind, position, phone);
            }
        }
    };
    const model::Requestor& requestor = *call_log.requestor;
    insert_one(primary_contact, requestor.primary_contact);
    insert_one(secondary_contact, requestor.secondary_contact);
    insert_all(other_phone, requestor.other_phone);
    insert_all(fax, requestor.fax);
    if (requestor.email && !is_mere_nil(*requestor.email, email_element, 0, nil)) {
        insert_part(email_, id, *requestor.email);
    }
}

void CallLogInsert::insert_phone(std::int64_t id, std::string_view kind, std::int64_t position,
                                 const model::Phone& phone) {
    phone_.bind(id).bind(kind).bind(position);
    bind_fields(phone_, phone);
    phone_.run();
}

void CallLogInsert::insert_open_content(std::int64_t id,
                                        const std::vector<model::OpenContent>& contents) {
    std::int64_t position = 0;
    for (const model::OpenContent& content : contents) {
        open_content_.bind(id).bind(++position).bind(content.path);
        if (is_sealed(content.path)) {
            open_content_.bind_null().bind_blob_copy(keys_.seal(content.xml, open_content_context));
        } else {
            open_content_.bind(content.xml).bind_null();
        }
        open_content_.run();
    }
}

template <typename Record>
void CallLogInsert::bind_fields(Statement& statement, const Record& record) {
    Record::each_field(record, BindField{statement, keys_, options_.time_zone});
}

template <typename Record>
void CallLogInsert::insert_part(Statement& statement, std::int64_t id, const Record& record) {
    statement.bind(id);
    bind_fields(statement, record);
    statement.run();
}

}  // namespace customercare::store
