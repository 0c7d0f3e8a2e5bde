#include "cli/call_log_json.hpp"

#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/printable.hpp"

namespace customercare::cli {

namespace {

/// Adds each_field's fields to an object, where they are there.
struct AddField {
    Json& object;

    template <typename Value>
    void operator()(const char* name, const char*, const std::optional<Value>& value) const {
        if (value) object[name] = *value;
    }
    void operator()(const char* name, const char*, const model::DateTimeText& value) const {
        if (value.text) object[name] = *value.text;
    }
    void operator()(const char* name, const char*,
                    const std::optional<model::Sensitive>& value) const {
        if (value) object[name] = value->reveal();
    }
};

template <typename Record>
Json object_of(const Record& record) {
    Json object = Json::object();
    Record::each_field(record, AddField{object});
    return object;
}

template <typename Record>
void add(Json& object, const char* name, const std::optional<Record>& record) {
    if (record) object[name] = object_of(*record);
}

template <typename Record>
void add(Json& object, const char* name, const std::vector<Record>& records) {
    for (const Record& record : records) object[name].push_back(object_of(record));
}

Json requestor_object(const model::Requestor& requestor) {
    Json object = object_of(requestor);
    add(object, "PrimaryContact", requestor.primary_contact);
    add(object, "SecondaryContact", requestor.secondary_contact);
    add(object, "Email", requestor.email);
    add(object, "OtherPhone", requestor.other_phone);
    add(object, "Fax", requestor.fax);
    return object;
}

/// The place of a path such as "CustomerCallLog/Requestor/Address[2]"; made if it is not there.
Json& locate(Json& root, std::string_view path) {
    Json* place = &root;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const std::string_view step = path.substr(0, slash);
        const std::size_t bracket = std::min(step.find('['), step.size());
        place = &(*place)[std::string(step.substr(0, bracket))];
        if (std::size_t number = 0; bracket < step.size()) {
            std::from_chars(step.data() + bracket + 1, step.data() + step.size(), number);
            if (!place->is_array()) *place = Json::array();
            while (place->size() < number) place->push_back(nullptr);
            place = &(*place)[number - 1];
        }
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return *place;
}

/// An unknown child of a phone may stand there more than once, or have a known one's name in
/// another namespace: then the place becomes an array.
void put_open_content(Json& place, const std::string& xml) {
    if (place.is_null()) {
        place = xml;
    } else if (place.is_array()) {
        place.push_back(xml);
    } else {
        place = Json::array({std::move(place), xml});
    }
}

void append_lines(std::string& out, const std::string& label, const Json& value,
                  const std::string& indent);

void append_members(std::string& out, const Json& object, const std::string& indent) {
    for (const auto& [name, value] : object.items()) append_lines(out, name, value, indent);
}

void append_text(std::string& out, std::string_view text, const std::string& indent) {
    for (;;) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        append_printable(out, text.substr(0, end));
        out += '\n';
        if (end == text.size()) return;
        text.remove_prefix(end + 1);
        out += indent + "  | ";
    }
}

void append_lines(std::string& out, const std::string& label, const Json& value,
                  const std::string& indent) {
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            append_lines(out, label + '[' + std::to_string(i + 1) + ']', value[i], indent);
        }
        return;
    }
    out += indent;
    append_printable(out, label);
    out += ':';
    if (value.is_object()) {
        out += '\n';
        append_members(out, value, indent + "  ");
    } else if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (!text.empty()) out += ' ';
        append_text(out, text, indent);
    } else {
        out += value.is_null() ? " (nil)\n" : ' ' + value.dump() + '\n';
    }
}

std::vector<std::string> make_columns() {
    std::vector<std::string> columns{"id", "receivedAt", "credential"};
    const auto add_to = [&](const std::string& path) {
        return [&columns, path](const char* name, const char*, const auto&) {
            columns.push_back(path + name);
        };
    };
    const auto add_fields = [&](const auto& record, const std::string& path) {
        record.each_field(record, add_to(path));
    };
    const model::CallLog log;
    const std::string prefix = "CustomerCallLog.";
    const std::string requestor_prefix = prefix + "Requestor.";
    model::CallLog::each_base_request_field(log, add_to("BaseRequest."));
    columns.emplace_back("CallerId");
    model::CallLog::each_customer_call_log_field(log, add_to(prefix));
    add_fields(model::Requestor{}, requestor_prefix);
    add_fields(model::Phone{}, requestor_prefix + "PrimaryContact.");
    add_fields(model::Phone{}, requestor_prefix + "SecondaryContact.");
    add_fields(model::Email{}, requestor_prefix + "Email.");
    add_fields(model::Customer{}, prefix + "Customer.");
    add_fields(model::Premise{}, prefix + "Premise.");
    add_fields(model::Account{}, prefix + "Account.");
    return columns;
}

const std::vector<std::string>& columns() {
    static const std::vector<std::string> all = make_columns();
    return all;
}

const Json* find(const Json& root, std::string_view path) {
    const Json* place = &root;
    for (;;) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        const auto found = place->find(std::string(path.substr(0, dot)));
        if (found == place->end()) return nullptr;
        place = &*found;
        if (dot == path.size()) return place;
        path.remove_prefix(dot + 1);
    }
}

}  // namespace

Json to_json(const store::StoredCallLog& stored) {
    const model::CallLog& log = stored.call_log;
    Json root{{"id", stored.id},
              {"receivedAt", stored.received_at},
              {"credential", stored.credential_label}};
    if (stored.is_masked) root["masked"] = true;

    Json base_request = Json::object();
    model::CallLog::each_base_request_field(log, AddField{base_request});
    add(base_request, "NameValue", log.name_value);
    if (!base_request.empty()) root["BaseRequest"] = std::move(base_request);
    if (log.caller_id) root["CallerId"] = *log.caller_id;

    Json call = Json::object();
    if (log.requestor) call["Requestor"] = requestor_object(*log.requestor);
    model::CallLog::each_customer_call_log_field(log, AddField{call});
    add(call, "Customer", log.customer);
    add(call, "Premise", log.premise);
    add(call, "Account", log.account);
    if (!call.empty()) root["CustomerCallLog"] = std::move(call);

    for (const model::OpenContent& content : log.open_content) {
        put_open_content(locate(root, content.path), content.xml);
    }
    for (const std::string& path : log.nil_elements) {
        Json& place = locate(root, path);
        if (place.empty() || place == Json("")) place = nullptr;
    }
    return root;
}

std::string to_text(const Json& call_log) {
    std::string text;
    append_members(text, call_log, "");
    return text;
}

std::string csv_header() {
    std::string header;
    for (const std::string& column : columns()) {
        if (!header.empty()) header += ',';
        header += column;
    }
    return header + "\r\n";
}

std::string csv_row(const Json& call_log) {
    std::string row;
    for (const std::string& column : columns()) {
        if (&column != &columns().front()) row += ',';
        const Json* value = find(call_log, column);
        if (value == nullptr || value->is_null()) continue;
        if (value->is_string()) {
            row += csv_text(value->get_ref<const std::string&>());
        } else {
            row += value->is_structured() ? csv_text(dump(*value)) : dump(*value);
        }
    }
    return row + "\r\n";
}

std::string csv_text(const std::string& text) {
    const bool is_formula =
        !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    std::string safe = is_formula ? '\'' + text : text;
    if (safe.find_first_of("\",\r\n") == std::string::npos) return safe;
    std::string quoted = "\"";
    for (const char c : safe) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + '"';
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace customercare::cli
