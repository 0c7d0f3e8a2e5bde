#include "cli/call_log_json.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "cli/printable.hpp"

namespace customercare::cli {

namespace {

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

}  // namespace customercare::cli
