#include "soap/create_call_log.hpp"

#include <soapH.h>

#include <utility>

#include "model/white_space.hpp"

namespace customercare::soap {

namespace {

model::Text take(Text& text) { return std::move(text); }

/// The white space around a dateTime or date is no part of it ([XSD2] 4.3.6).
model::Text take_date(const Text& text) {
    return text ? model::Text{std::string(model::trim(*text))} : std::nullopt;
}

template <typename Value>
std::optional<Value> take(const Value* value) {
    return value == nullptr ? std::nullopt : std::optional<Value>{*value};
}

model::Phone take(c__Phone& from) {
    return {.phone_type = take(from.PhoneType),
            .phone = take(from.Phone),
            .extension = take(from.Extension),
            .do_not_call_flag = take(from.DoNotCallFlag)};
}

model::Email take(c__Email& from) {
    return {.email_type = take(from.EmailType), .email = take(from.Email)};
}

std::vector<model::Phone> take(const std::vector<c__Phone*>& from) {
    std::vector<model::Phone> phones;
    phones.reserve(from.size());
    for (c__Phone* phone : from) phones.push_back(take(*phone));
    return phones;
}

model::Requestor take(c__Requestor& from) {
    model::Requestor to;
    to.contact_type = take(from.ContactType);
    to.prefix = take(from.Prefix);
    to.first_name = take(from.FirstName);
    to.middle_initial = take(from.MiddleInitial);
    to.last_name = take(from.LastName);
    to.suffix = take(from.Suffix);
    to.full_name = take(from.FullName);
    to.created_date = take_date(from.CreatedDate);
    to.memo = take(from.Memo);
    if (from.SSN) to.ssn.emplace(std::move(*from.SSN));
    to.csr_id = take(from.CSRId);
    to.critical_contact_flag = take(from.CriticalContactFlag);
    to.status_code = take(from.StatusCode);
    to.critical_expiration_date = take_date(from.CriticalExpirationDate);
    to.employer_name = take(from.EmployerName);
    if (from.PrimaryContact != nullptr) to.primary_contact = take(*from.PrimaryContact);
    if (from.SecondaryContact != nullptr) to.secondary_contact = take(*from.SecondaryContact);
    if (from.Email != nullptr) to.email = take(*from.Email);
    to.other_phone = take(from.OtherPhone);
    to.fax = take(from.Fax);
    return to;
}

model::Customer take(c__Customer& from) {
    return {.customer_id = take(from.CustomerId),
            .customer_name = take(from.CustomerName),
            .customer_number = take(from.CustomerNumber),
            .dba = take(from.DBA),
            .rep_id = take(from.RepId)};
}

model::Account take(c__Account& from) {
    return {.account_number = take(from.AccountNumber),
            .account_type = take(from.AccountType),
            .account_status = take(from.AccountStatus)};
}

void take(c__BaseRequest& from, model::CallLog& to) {
    to.user_id = take(from.UserId);
    to.message_date_time.text = take_date(from.MessageDateTime);
    to.message_id = take(from.MessageId);
    to.name_value.reserve(from.NameValue.size());
    for (c__NameValue* pair : from.NameValue) {
        to.name_value.push_back({.name = take(pair->Name), .value = take(pair->Value)});
    }
}

void take(c__CustomerCallLog& from, model::CallLog& to) {
    to.csr_id = take(from.CSRId);
    to.created_date_time.text = take_date(from.CreatedDateTime);
    to.log_text = take(from.LogText);
    to.request_type = take(from.RequestType);
    if (from.Requestor != nullptr) to.requestor = take(*from.Requestor);
    if (from.Customer != nullptr) to.customer = take(*from.Customer);
    if (from.Premise != nullptr) {
        to.premise = model::Premise{.premise_number = take(from.Premise->PremiseNumber)};
    }
    if (from.Account != nullptr) to.account = take(*from.Account);
}

std::optional<model::UserNameToken> take(c__UserNameToken* from) {
    if (from == nullptr) return std::nullopt;
    model::UserNameToken to;
    if (from->BinarySecurityToken != nullptr) {
        to.binary_security_token.emplace();
        if (Text& id = from->BinarySecurityToken->ID; id) {
            to.binary_security_token->id.emplace(std::move(*id));
        }
    }
    return to;
}

}  // namespace

model::CreateCallLogRequest to_model(c__ScCredentials* credentials, _c__CreateCallLog& message) {
    model::CreateCallLogRequest request;
    if (credentials != nullptr) {
        request.credentials = model::ScCredentials{
            .direct_user_name_token = take(credentials->DirectUserNameToken),
            .originating_user_name_token = take(credentials->OriginatingUserNameToken),
            .created = take(credentials->Created)};
    }
    if (c__CreateCallLogRequest* from = message.CreateCallLogRequest) {
        if (from->BaseRequest != nullptr) take(*from->BaseRequest, request.call_log);
        request.call_log.caller_id = take(from->CallerId);
        if (from->CustomerCallLog != nullptr) take(*from->CustomerCallLog, request.call_log);
    }
    return request;
}

}  // namespace customercare::soap
