#include "fuzz/fields.hpp"

#include <string_view>
#include <vector>

namespace customercare::fuzz {

namespace {

std::optional<std::string> text_of(const model::Text& field) { return field; }
std::optional<std::string> text_of(const model::DateTimeText& field) { return field.text; }

std::optional<std::string> text_of(const std::optional<model::Sensitive>& field) {
    return field ? std::optional(field->reveal()) : std::nullopt;
}

std::optional<std::string> text_of(const std::optional<bool>& field) {
    return field ? std::optional<std::string>(*field ? "true" : "false") : std::nullopt;
}

std::optional<std::string> text_of(const std::optional<std::int32_t>& field) {
    return field ? std::optional(std::to_string(*field)) : std::nullopt;
}

class Collector {
public:
    Fields fields;

    /// A visitor for each_field of what stands below `parent`.
    auto below(std::string parent) {
        return
            [this, parent = std::move(parent)](const char* name, const char*, const auto& field) {
                const auto text = text_of(field);
                if (text) fields[parent + name + "[1]"] = *text;
            };
    }

    template <typename Record>
    void add(const std::string& path, const Record& record) {
        fields[path];
        Record::each_field(record, below(path + '/'));
    }
    template <typename Record>
    void add(const std::string& path, const std::optional<Record>& record) {
        if (record) add(path + "[1]", *record);
    }
    template <typename Record>
    void add(const std::string& path, const std::vector<Record>& records) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            add(path + '[' + std::to_string(i + 1) + ']', records[i]);
        }
    }
};

}  // namespace

Fields fields_of(const model::CallLog& call_log) {
    const std::string base = "BaseRequest[1]/";
    const std::string call = "CustomerCallLog[1]/";
    Collector to;
    model::CallLog::each_base_request_field(call_log, to.below(base));
    to.below("")("CallerId", "", call_log.caller_id);
    model::CallLog::each_customer_call_log_field(call_log, to.below(call));
    to.add(base + "NameValue", call_log.name_value);
    to.add(call + "Requestor", call_log.requestor);
    to.add(call + "Customer", call_log.customer);
    to.add(call + "Premise", call_log.premise);
    to.add(call + "Account", call_log.account);
    if (const auto& requestor = call_log.requestor) {
        const std::string person = call + "Requestor[1]/";
        to.add(person + "PrimaryContact", requestor->primary_contact);
        to.add(person + "SecondaryContact", requestor->secondary_contact);
        to.add(person + "Email", requestor->email);
        to.add(person + "OtherPhone", requestor->other_phone);
        to.add(person + "Fax", requestor->fax);
    }
    return std::move(to.fields);
}

Fields fields_of(const model::ScCredentials& credentials) {
    Fields fields;
    const auto add_token = [&](const std::string& name,
                               const std::optional<model::UserNameToken>& token) {
        if (!token) return;
        fields[name];
        if (!token->binary_security_token) return;
        fields[name + "/BinarySecurityToken[1]"];
        if (const model::Sensitive* id = token->id()) {
            fields[name + "/BinarySecurityToken[1]/ID[1]"] = id->reveal();
        }
    };
    add_token("DirectUserNameToken[1]", credentials.direct_user_name_token);
    add_token("OriginatingUserNameToken[1]", credentials.originating_user_name_token);
    if (credentials.created) fields["Created[1]"] = *credentials.created;
    return fields;
}

}  // namespace customercare::fuzz
