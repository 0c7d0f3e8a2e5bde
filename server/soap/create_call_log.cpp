#include "soap/create_call_log.hpp"

#include <soapH.h>

#include <utility>

// CreateCallLog: from gSOAP's generated classes to the model, each string moved, none copied.

namespace customercare::soap {

namespace {

model::Text take(std::string* text) {
    return text == nullptr ? model::Text{} : model::Text{std::move(*text)};
}

/// Dates: never empty on the wire (the guard), so that empty means absent.
model::Text take_date(std::string& text) {
    return text.empty() ? model::Text{} : model::Text{std::move(text)};
}

template <typename Value>
std::optional<Value> take(const Value* value) {
    return value == nullptr ? std::nullopt : std::optional<Value>{*value};
}

model::Phone take(ccs__Phone& from) {
    return {.phone_type = take(from.PhoneType),
            .phone = take(from.Phone),
            .extension = take(from.Extension),
            .do_not_call_flag = take(from.DoNotCallFlag)};
}

model::Email take(ccs__Email& from) {
    return {.email_type = take(from.EmailType), .email = take(from.Email)};
}

std::vector<model::Phone> take(std::vector<ccs__Phone*>& from) {
    std::vector<model::Phone> phones;
    phones.reserve(from.size());
    for (ccs__Phone* phone : from) phones.push_back(take(*phone));
    return phones;
}

model::Requestor take(ccs__Requestor& from) {
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
    if (from.SSN != nullptr) to.ssn.emplace(std::move(*from.SSN));
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

model::Customer take(ccs__Customer& from) {
    return {.customer_id = take(from.CustomerId),
            .customer_name = take(from.CustomerName),
            .customer_number = take(from.CustomerNumber),
            .dba = take(from.DBA),
            .rep_id = take(from.RepId)};
}

model::Account take(ccs__Account& from) {
    return {.account_number = take(from.AccountNumber),
            .account_type = take(from.AccountType),
            .account_status = take(from.AccountStatus)};
}

void take(ccs__BaseRequest& from, model::CallLog& to) {
    to.user_id = take(from.UserId);
    to.message_date_time.text = take_date(from.MessageDateTime);
    to.message_id = take(from.MessageId);
    to.name_value.reserve(from.NameValue.size());
    for (ccs__NameValue* pair : from.NameValue) {
        to.name_value.push_back({.name = take(pair->Name), .value = take(pair->Value)});
    }
}

void take(ccs__CustomerCallLog& from, model::CallLog& to) {
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

std::optional<model::UserNameToken> take(ccs__UserNameToken* from) {
    if (from == nullptr) return std::nullopt;
    model::UserNameToken to;
    if (from->BinarySecurityToken != nullptr) {
        to.binary_security_token.emplace();
        if (std::string* id = from->BinarySecurityToken->ID) {
            to.binary_security_token->id.emplace(std::move(*id));
        }
    }
    return to;
}

}  // namespace

}  // namespace customercare::soap

/// Called by gSOAP's dispatcher. SOAP_STOP: the reply is written elsewhere, after the commit.
// NOLINTNEXTLINE(readability-identifier-naming,bugprone-reserved-identifier): as generated.
int __ccs__CreateCallLog(::soap* context, _ccs__CreateCallLog* ccs__CreateCallLog,
                         _ccs__CreateCallLogResponse&) {
    using namespace customercare::soap;
    auto& request = static_cast<Call*>(context->user)->create_call_log;
    if (context->header != nullptr && context->header->ccs__ScCredentials_ != nullptr) {
        ccs__ScCredentials& from = *context->header->ccs__ScCredentials_;
        request.credentials = customercare::model::ScCredentials{
            .direct_user_name_token = take(from.DirectUserNameToken),
            .originating_user_name_token = take(from.OriginatingUserNameToken),
            .created = take(from.Created)};
    }
    if (ccs__CreateCallLogRequest* from = ccs__CreateCallLog->CreateCallLogRequest) {
        if (from->BaseRequest != nullptr) take(*from->BaseRequest, request.call_log);
        request.call_log.caller_id = take(from->CallerId);
        if (from->CustomerCallLog != nullptr) take(*from->CustomerCallLog, request.call_log);
    }
    return SOAP_STOP;
}
