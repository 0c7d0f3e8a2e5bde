#include "handlers/field_walk.hpp"

namespace customercare::handlers {

namespace {

std::optional<std::string_view> text_of(const model::Text& field) { return field; }
std::optional<std::string_view> text_of(const model::DateTimeText& field) { return field.text; }

std::optional<std::string_view> text_of(const std::optional<model::Sensitive>& field) {
    return field ? std::optional<std::string_view>(field->reveal()) : std::nullopt;
}

template <typename Value>
std::optional<std::string_view> text_of(const std::optional<Value>& field) {
    return field ? std::optional<std::string_view>("set") : std::nullopt;
}

}  // namespace

void visit_fields(const model::CallLog& call_log, const FieldVisitor& visit) {
    const auto at = [&](std::string_view parent) {
        return [&visit, parent](const char* name, const char*, const auto& field) {
            visit(parent, name, text_of(field));
        };
    };
    const auto each = [&](std::string_view parent, const auto& record) {
        record.each_field(record, at(parent));
    };
    model::CallLog::each_base_request_field(call_log, at("BaseRequest"));
    for (const auto& pair : call_log.name_value) each("BaseRequest/NameValue", pair);
    at("")("CallerId", "caller_id", call_log.caller_id);
    model::CallLog::each_customer_call_log_field(call_log, at("CustomerCallLog"));
    if (const auto& requestor = call_log.requestor) {
        each("CustomerCallLog/Requestor", *requestor);
        const auto phone = [&](std::string_view parent, const auto& record) {
            if (record) each(parent, *record);
        };
        phone("CustomerCallLog/Requestor/PrimaryContact", requestor->primary_contact);
        phone("CustomerCallLog/Requestor/SecondaryContact", requestor->secondary_contact);
        phone("CustomerCallLog/Requestor/Email", requestor->email);
        for (const auto& record : requestor->other_phone) {
            each("CustomerCallLog/Requestor/OtherPhone", record);
        }
        for (const auto& record : requestor->fax) each("CustomerCallLog/Requestor/Fax", record);
    }
    if (call_log.customer) each("CustomerCallLog/Customer", *call_log.customer);
    if (call_log.premise) each("CustomerCallLog/Premise", *call_log.premise);
    if (call_log.account) each("CustomerCallLog/Account", *call_log.account);
}

}  // namespace customercare::handlers
