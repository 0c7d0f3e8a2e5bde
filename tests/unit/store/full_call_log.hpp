#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/call_log.hpp"

namespace customercare::test {

inline const std::string requestor_path = "CustomerCallLog/Requestor/";

/// Gives every simple field a value of its own.
class Fill {
public:
    template <typename Record>
    void operator()(Record& record) {
        Record::each_field(record, [this](const char* name, const char*, auto& field) {
            set(field, name + std::string(" \xE2\x82\xAC]]>&'\" \\\t\n") +
                           std::to_string(++number_) + " ");
        });
    }

private:
    static void set(model::Text& field, std::string&& value) { field = std::move(value); }
    void set(model::DateTimeText& field, std::string&&) const {
        field.text = "2011-03-04T10:06:" + std::to_string(10 + number_);
    }
    static void set(std::optional<model::Sensitive>& field, std::string&& value) {
        field = model::Sensitive(std::move(value));
    }
    void set(std::optional<bool>& field, const std::string&) const { field = number_ % 2 == 0; }
    void set(std::optional<std::int32_t>& field, const std::string&) const { field = -number_; }

    int number_ = 0;
};

/// A call log in which everything is set.
inline model::CallLog full_call_log() {
    model::CallLog call_log;
    Fill fill;
    fill(call_log);
    call_log.log_text = std::string(65'536, 'x');
    for (int i = 0; i < 3; ++i) fill(call_log.name_value.emplace_back());
    model::Requestor& requestor = call_log.requestor.emplace();
    fill(requestor);
    fill(requestor.primary_contact.emplace());
    fill(requestor.secondary_contact.emplace());
    fill(requestor.email.emplace());
    for (int i = 0; i < 11; ++i) fill(requestor.other_phone.emplace_back());
    for (int i = 0; i < 2; ++i) fill(requestor.fax.emplace_back());
    fill(call_log.customer.emplace());
    fill(call_log.premise.emplace());
    fill(call_log.account.emplace());
    call_log.open_content = {{"CustomerCallLog/Customer/Contact[1]", "<Contact>1</Contact>"},
                             {requestor_path + "DriverLicense[1]", "<DriverLicense/>"},
                             {"CustomerCallLog/Customer/Contact[2]", ""}};
    call_log.nil_elements = {requestor_path + "Memo", "CustomerCallLog/Premise/Contact[1]"};
    return call_log;
}

inline std::string text_of(const model::Text& field) {
    return field ? '"' + *field + '"' : "absent";
}
inline std::string text_of(const model::DateTimeText& field) { return text_of(field.text); }
inline std::string text_of(const std::optional<model::Sensitive>& field) {
    return field ? '"' + field->reveal() + '"' : "absent";
}
template <typename Number>
inline std::string text_of(const std::optional<Number>& field) {
    return field ? std::to_string(*field) : "absent";
}

/// Everything that a call log holds, a line for each thing.
class Listing {
public:
    explicit Listing(const model::CallLog& call_log) {
        add("CallLog", call_log);
        for (const auto& pair : call_log.name_value) add("NameValue", pair);
        if (call_log.requestor) {
            add("Requestor", *call_log.requestor);
            add_if("PrimaryContact", call_log.requestor->primary_contact);
            add_if("SecondaryContact", call_log.requestor->secondary_contact);
            add_if("Email", call_log.requestor->email);
            for (const auto& phone : call_log.requestor->other_phone) add("OtherPhone", phone);
            for (const auto& phone : call_log.requestor->fax) add("Fax", phone);
        }
        add_if("Customer", call_log.customer);
        add_if("Premise", call_log.premise);
        add_if("Account", call_log.account);
        for (const auto& content : call_log.open_content) {
            lines.push_back("open " + content.path + " = " + content.xml);
        }
        for (const auto& path : call_log.nil_elements) lines.push_back("nil " + path);
    }

    std::vector<std::string> lines;

private:
    template <typename Record>
    void add(const std::string& record_name, const Record& record) {
        lines.push_back(record_name);
        Record::each_field(record, [&](const char* name, const char*, const auto& field) {
            lines.push_back(record_name + "." + name + " = " + text_of(field));
        });
    }
    template <typename Record>
    void add_if(const std::string& record_name, const std::optional<Record>& record) {
        if (record) add(record_name, *record);
    }
};

}  // namespace customercare::test
