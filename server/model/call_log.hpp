#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/sensitive.hpp"

// The call log of CreateCallLog as plain values: the wire's structure in our own types.
//
// Each struct names its simple fields once, in each_field: the element's name on the wire, the
// column's name in the database, and the member. Storing, showing and exporting walk that list.

namespace customercare::model {

/// An element's text. nullopt: the element was absent; "": it was empty, or xsi:nil (which ASMX
/// reads as empty).
using Text = std::optional<std::string>;

/// An xsd:dateTime as sent, without white space around; valid as model/date_time.hpp reads it.
struct DateTimeText {
    Text text;
};

/// Simple or open XML below an element whose content the contract leaves open.
struct OpenContent {
    std::string path;  ///< Below CreateCallLogRequest, repeating elements numbered from 1:
                       ///< "CustomerCallLog/Requestor/Address[2]".
    std::string xml;   ///< The element as sent, in UTF-8, with the namespaces it needs declared.
};

struct NameValue {
    Text name;
    Text value;

    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("Name", "name", self.name);
        visit("Value", "value", self.value);
    }
};

struct Phone {
    Text phone_type;
    Text phone;
    Text extension;
    std::optional<bool> do_not_call_flag;

    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("PhoneType", "phone_type", self.phone_type);
        visit("Phone", "phone", self.phone);
        visit("Extension", "extension", self.extension);
        visit("DoNotCallFlag", "do_not_call_flag", self.do_not_call_flag);
    }
};

struct Email {
    Text email_type;
    Text email;

    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("EmailType", "email_type", self.email_type);
        visit("Email", "email", self.email);
    }
};

/// The person who called.
struct Requestor {
    Text contact_type;
    Text prefix;
    Text first_name;
    Text middle_initial;
    Text last_name;
    Text suffix;
    Text full_name;
    Text created_date;  ///< xsd:date as sent.
    Text memo;
    std::optional<Sensitive> ssn;
    Text csr_id;
    std::optional<bool> critical_contact_flag;
    Text status_code;
    Text critical_expiration_date;  ///< xsd:date as sent.
    Text employer_name;

    std::optional<Phone> primary_contact;
    std::optional<Phone> secondary_contact;
    std::optional<Email> email;
    std::vector<Phone> other_phone;
    std::vector<Phone> fax;

    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("ContactType", "contact_type", self.contact_type);
        visit("Prefix", "prefix", self.prefix);
        visit("FirstName", "first_name", self.first_name);
        visit("MiddleInitial", "middle_initial", self.middle_initial);
        visit("LastName", "last_name", self.last_name);
        visit("Suffix", "suffix", self.suffix);
        visit("FullName", "full_name", self.full_name);
        visit("CreatedDate", "created_date", self.created_date);
        visit("Memo", "memo", self.memo);
        visit("SSN", "ssn", self.ssn);
        visit("CSRId", "csr_id", self.csr_id);
        visit("CriticalContactFlag", "critical_contact_flag", self.critical_contact_flag);
        visit("StatusCode", "status_code", self.status_code);
        visit("CriticalExpirationDate", "critical_expiration_date", self.critical_expiration_date);
        visit("EmployerName", "employer_name", self.employer_name);
    }
};

struct Customer {
    Text customer_id;
    Text customer_name;
    Text customer_number;
    Text dba;
    Text rep_id;

    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("CustomerId", "customer_id", self.customer_id);
        visit("CustomerName", "customer_name", self.customer_name);
        visit("CustomerNumber", "customer_number", self.customer_number);
        visit("DBA", "dba", self.dba);
        visit("RepId", "rep_id", self.rep_id);
    }
};

struct Premise {
    Text premise_number;

    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("PremiseNumber", "premise_number", self.premise_number);
    }
};

struct Account {
    Text account_number;
    Text account_type;
    Text account_status;

    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("AccountNumber", "account_number", self.account_number);
        visit("AccountType", "account_type", self.account_type);
        visit("AccountStatus", "account_status", self.account_status);
    }
};

/// CreateCallLogRequest: BaseRequest, CallerId and CustomerCallLog in one.
struct CallLog {
    Text user_id;
    DateTimeText message_date_time;
    Text message_id;
    Text caller_id;
    Text csr_id;
    DateTimeText created_date_time;
    Text log_text;
    std::optional<std::int32_t> request_type;

    std::vector<NameValue> name_value;
    std::optional<Requestor> requestor;
    std::optional<Customer> customer;
    std::optional<Premise> premise;
    std::optional<Account> account;

    /// Content of open types and what else a known Phone or Email held, in document order.
    std::vector<OpenContent> open_content;
    /// Paths (as in OpenContent) of the elements sent as xsi:nil="true", in document order.
    std::vector<std::string> nil_elements;

    /// BaseRequest's simple fields.
    template <typename Self, typename Visit>
    static void each_base_request_field(Self& self, Visit&& visit) {
        visit("UserId", "user_id", self.user_id);
        visit("MessageDateTime", "message_date_time", self.message_date_time);
        visit("MessageId", "message_id", self.message_id);
    }

    /// CustomerCallLog's simple fields.
    template <typename Self, typename Visit>
    static void each_customer_call_log_field(Self& self, Visit&& visit) {
        visit("CSRId", "csr_id", self.csr_id);
        visit("CreatedDateTime", "created_date_time", self.created_date_time);
        visit("LogText", "log_text", self.log_text);
        visit("RequestType", "request_type", self.request_type);
    }

    /// Every simple field of the row of table call_log.
    template <typename Self, typename Visit>
    static void each_field(Self& self, Visit&& visit) {
        each_base_request_field(self, visit);
        visit("CallerId", "caller_id", self.caller_id);
        each_customer_call_log_field(self, visit);
    }
};

}  // namespace customercare::model
