#include "store/call_log_reader.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

#include "store/columns.hpp"
#include "store/keys.hpp"
#include "store/message_key.hpp"
#include "store/migrate.hpp"

namespace customercare::store {

namespace {

constexpr std::chrono::milliseconds busy_timeout{5000};
constexpr std::size_t page_size = 500;

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

template <typename Record>
std::string select_part_sql(std::string_view table, std::string_view further_columns = "") {
    return "SELECT " + std::string(further_columns) + columns_of<Record>() + " FROM " +
           std::string(table) + " WHERE call_log_id = ?";
}

/// The ids that are still to be looked at, both bounds included.
struct IdRange {
    std::int64_t low = 1;
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

/// The phone of that kind and position, from 1; made, with those in front of it, if it is not
/// there.
model::Phone& phone_at(model::Requestor& requestor, std::string_view kind, std::size_t position) {
    const auto only = [](std::optional<model::Phone>& phone) -> model::Phone& {
        return phone ? *phone : phone.emplace();
    };
    if (kind == primary_contact) return only(requestor.primary_contact);
    if (kind == secondary_contact) return only(requestor.secondary_contact);
    std::vector<model::Phone>& phones = kind == fax ? requestor.fax : requestor.other_phone;
    if (phones.size() < position) phones.resize(position);
    return phones[position - 1];
}

/// Makes what nil_elements says of the requestor's children: nothing else may tell of them.
void restore_nil_contacts(model::Requestor& requestor, const std::vector<std::string>& nil) {
    for (const std::string& path : nil) {
        const std::string_view child = child_of_requestor(path);
        if (child == email_element) requestor.email.emplace();
        if (child == primary_contact || child == secondary_contact) phone_at(requestor, child, 1);
        const std::string_view kind = child.substr(0, child.find('['));
        if ((kind != other_phone && kind != fax) || kind == child) continue;
        const std::string_view number = child.substr(kind.size() + 1);
        std::size_t position = 0;
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), position);
        const bool is_phone =
            error == std::errc() && std::string_view(end, number.data() + number.size()) == "]";
        if (is_phone && position > 0) phone_at(requestor, kind, position);
    }
}

std::string list_sql(const CallLogFilter& filter) {
    std::string sql =
        "SELECT id, received_at, message_id, account_number, customer_id, premise_number"
        " FROM call_log";
    // Far smaller than the table, and in its order; but a message_id finds its few by itself.
    if (!filter.message_id && (filter.account_number || filter.customer || filter.premise_number)) {
        sql += " INDEXED BY call_log_numbers";
    }
    sql += " WHERE id BETWEEN ?1 AND ?2";
    if (filter.account_number) sql += " AND account_number = ?3";
    if (filter.customer) sql += " AND (customer_id = ?4 OR customer_number = ?4)";
    if (filter.premise_number) sql += " AND premise_number = ?5";
    // The two halves are those of the two indexes.
    if (filter.message_id) {
        sql +=
            " AND message_id = ?6"
            " AND ((message_key = ?7 AND repeat = 0) OR (message_key = ?7 AND repeat = 1))";
    }
    // The plus keeps SQLite from taking received_at's index: the order is that of the ids, and
    // their range has been made small by that index.
    if (filter.received_from) sql += " AND +received_at >= ?8";
    if (filter.received_before) sql += " AND +received_at < ?9";
    sql += filter.newest_first ? " ORDER BY id DESC" : " ORDER BY id";
    return sql + " LIMIT ?10";
}

}  // namespace

class CallLogReader::Impl {
public:
    Impl(const std::string& path, const Keys* keys)
        : keys_(keys),
          database_(open_read_only(path, busy_timeout)),
          call_log_(
              database_.prepare("SELECT id, received_at, credential_label, repeat, nil_elements, " +
                                columns_of<model::CallLog>() + " FROM call_log WHERE id = ?")),
          requestor_(database_.prepare(select_part_sql<model::Requestor>("requestor"))),
          customer_(database_.prepare(select_part_sql<model::Customer>("customer"))),
          premise_(database_.prepare(select_part_sql<model::Premise>("premise"))),
          account_(database_.prepare(select_part_sql<model::Account>("account"))),
          name_value_(database_.prepare(select_part_sql<model::NameValue>("name_value") +
                                        " ORDER BY position")),
          phone_(database_.prepare(select_part_sql<model::Phone>("phone", "kind, position, "))),
          email_(database_.prepare(select_part_sql<model::Email>("email"))),
          open_content_(database_.prepare("SELECT path, xml, sealed FROM open_content"
                                          " WHERE call_log_id = ? ORDER BY position")) {}

    std::optional<StoredCallLog> find(std::int64_t id) {
        // Rows are written once and together, so that their statements need no common transaction.
        std::optional<StoredCallLog> found;
        call_log_.bind(id);
        if (!call_log_.step()) return found;
        StoredCallLog& stored = found.emplace();
        model::CallLog& call_log = stored.call_log;
        call_log_.read(stored.id);
        call_log_.read(stored.received_at);
        call_log_.read(stored.credential_label);
        call_log_.read(stored.repeat);
        call_log.nil_elements = split_lines(call_log_.read<model::Text>().value_or(""));
        read_fields(call_log_, call_log, stored);
        call_log_.reset();

        read_part(requestor_, call_log.requestor, stored);
        read_part(customer_, call_log.customer, stored);
        read_part(premise_, call_log.premise, stored);
        read_part(account_, call_log.account, stored);
        name_value_.bind(id);
        while (name_value_.step()) {
            read_fields(name_value_, call_log.name_value.emplace_back(), stored);
        }
        if (call_log.requestor) read_contacts(*call_log.requestor, stored);
        read_open_content(stored);
        return found;
    }

    void for_each_summary(const CallLogFilter& filter,
                          const std::function<void(CallLogSummary&&)>& visit) {
        IdRange range = range_of(filter);
        range.low = std::max(range.low, filter.after + 1);
        for (std::size_t left = filter.limit; left > 0;) {
            const std::size_t size = std::min(left, page_size);
            std::vector<CallLogSummary> page = list_page(filter, range, size);
            left -= page.size();
            for (CallLogSummary& summary : page) {
                if (filter.newest_first) {
                    range.high = summary.id - 1;
                } else {
                    range.low = summary.id + 1;
                }
                visit(std::move(summary));
            }
            if (page.size() < size) return;
        }
    }

private:
    /// Reads each_field's fields, in columns_of's order.
    struct ReadField {
        Statement& row;
        const Keys* keys;
        bool& is_masked;

        template <typename Value>
        void operator()(const char*, const char*, std::optional<Value>& value) const {
            row.read(value);
        }
        void operator()(const char*, const char*, model::DateTimeText& value) const {
            row.read(value.text);
            row.skip();  // The UTC instant.
        }
        void operator()(const char*, const char*, std::optional<model::Sensitive>& ssn) const {
            const auto sealed = row.read<model::Text>();
            if (!sealed) return;
            is_masked = is_masked || keys == nullptr;
            ssn = keys == nullptr ? model::Sensitive(std::string(model::mask))
                                  : keys->open(*sealed, ssn_context);
        }
    };

    template <typename Record>
    void read_fields(Statement& row, Record& record, StoredCallLog& stored) {
        Record::each_field(record, ReadField{row, keys_, stored.is_masked});
    }

    template <typename Record>
    void read_part(Statement& statement, std::optional<Record>& record, StoredCallLog& stored) {
        statement.bind(stored.id);
        if (statement.step()) read_fields(statement, record.emplace(), stored);
        statement.reset();
    }

    void read_contacts(model::Requestor& requestor, StoredCallLog& stored) {
        restore_nil_contacts(requestor, stored.call_log.nil_elements);
        read_part(email_, requestor.email, stored);
        phone_.bind(stored.id);
        while (phone_.step()) {
            const auto kind = phone_.read<std::string>();
            const auto position = static_cast<std::size_t>(phone_.read<std::int64_t>());
            read_fields(phone_, phone_at(requestor, kind, position), stored);
        }
    }

    void read_open_content(StoredCallLog& stored) {
        open_content_.bind(stored.id);
        while (open_content_.step()) {
            model::OpenContent content;
            open_content_.read(content.path);
            const auto xml = open_content_.read<model::Text>();
            const auto sealed = open_content_.read<std::string>();
            if (xml) {
                content.xml = *xml;
            } else if (keys_ == nullptr) {
                stored.is_masked = true;
                content.xml = model::mask;
            } else {
                content.xml = keys_->open(sealed, open_content_context).reveal();
            }
            stored.call_log.open_content.push_back(std::move(content));
        }
    }

    IdRange range_of(const CallLogFilter& filter) {
        if (!filter.received_from && !filter.received_before) return {};
        Statement bounds = database_.prepare(
            "SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM call_log"
            " WHERE received_at >= coalesce(?, '') AND received_at < coalesce(?, 'a')");
        bounds.bind(filter.received_from).bind(filter.received_before);
        bounds.step();
        IdRange range;
        bounds.read(range.low);
        bounds.read(range.high);
        return range;
    }

    /// The first call logs of the filter in that range, `size` at most.
    std::vector<CallLogSummary> list_page(const CallLogFilter& filter, IdRange range,
                                          std::size_t size) {
        const std::string sql = list_sql(filter);
        Statement rows = database_.prepare(sql);
        rows.bind(range.low)
            .bind(range.high)
            .bind(filter.account_number)
            .bind(filter.customer)
            .bind(filter.premise_number)
            .bind(filter.message_id)
            .bind(filter.message_id ? message_key(*filter.message_id) : std::nullopt)
            .bind(filter.received_from)
            .bind(filter.received_before)
            .bind(static_cast<std::int64_t>(size));
        std::vector<CallLogSummary> page;
        while (rows.step()) {
            CallLogSummary& summary = page.emplace_back();
            rows.read(summary.id);
            rows.read(summary.received_at);
            rows.read(summary.message_id);
            rows.read(summary.account_number);
            rows.read(summary.customer_id);
            rows.read(summary.premise_number);
        }
        return page;
    }

    const Keys* keys_;
    Database database_;
    Statement call_log_;
    Statement requestor_;
    Statement customer_;
    Statement premise_;
    Statement account_;
    Statement name_value_;
    Statement phone_;
    Statement email_;
    Statement open_content_;
};

CallLogReader::CallLogReader(const std::string& path, const Keys* keys)
    : impl_(std::make_unique<Impl>(path, keys)) {}

CallLogReader::~CallLogReader() = default;

std::optional<StoredCallLog> CallLogReader::find(std::int64_t id) { return impl_->find(id); }

std::vector<CallLogSummary> CallLogReader::list(const CallLogFilter& filter) {
    std::vector<CallLogSummary> summaries;
    impl_->for_each_summary(
        filter, [&](CallLogSummary&& summary) { summaries.push_back(std::move(summary)); });
    return summaries;
}

void CallLogReader::for_each(const CallLogFilter& filter,
                             const std::function<void(StoredCallLog&&)>& visit) {
    impl_->for_each_summary(filter, [&](CallLogSummary&& summary) {
        if (auto stored = impl_->find(summary.id)) visit(std::move(*stored));
    });
}

}  // namespace customercare::store
