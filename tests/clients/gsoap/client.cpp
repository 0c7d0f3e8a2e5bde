// A C++ client of what gSOAP generated. Arguments: SERVICE_URL CALL_JSON VERSION. What it prints:
// tests/clients/run.
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "CustomerCareServiceSoap.nsmap"
#include "soapH.h"

using nlohmann::json;

// From call.json into the generated classes: a line per class, with all its members.

template <class T>
struct nlohmann::adl_serializer<std::shared_ptr<T>> {
    static void from_json(const json& value, std::shared_ptr<T>& member) {
        member = std::make_shared<T>(value.get<T>());
    }
};

/// Open content, which gSOAP takes as texts of XML. They stay owned by `value`.
template <class T>
auto from_json(const json& value, T& open) -> decltype(open.__any, void()) {
    for (const json& element : value.at("any")) {
        open.__any.push_back(const_cast<char*>(element.get_ref<const std::string&>().c_str()));
    }
}

void from_json(const json& value, xsd__dateTime& time) {
    soap context;
    if (soap_s2xsd__dateTime(&context, value.get_ref<const std::string&>().c_str(), &time)) {
        throw std::invalid_argument("not a dateTime");
    }
}

#define MEMBERS(Type, ...)                                                         \
    void from_json(const json& nlohmann_json_j, Type& nlohmann_json_t) {           \
        NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_FROM, __VA_ARGS__)) \
    }

MEMBERS(ccs__NameValue, Name, Value)
MEMBERS(ccs__BaseRequest, UserId, MessageDateTime, MessageId, NameValue)
MEMBERS(ccs__Phone, PhoneType, Phone, Extension, PreferredCallbackTime, DoNotCallFlag)
MEMBERS(ccs__Email, EmailType, Email)
MEMBERS(ccs__Requestor, ContactType, Prefix, FirstName, MiddleInitial, LastName, Suffix, FullName,
        PrimaryContact, SecondaryContact, Email, CreatedDate, Memo, SSN, CSRId, CriticalContactFlag,
        StatusCode, CriticalExpirationDate, Address, OtherPhone, Fax, EmployerName, DriverLicense)
MEMBERS(ccs__Customer, CustomerId, CustomerName, CustomerNumber, DBA, Contact, RepId)
MEMBERS(ccs__Premise, PremiseNumber, PremiseAddress, Contact)
MEMBERS(ccs__Account, AccountNumber, AccountType, AccountStatus, BillingAddress, PrimaryContact,
        ServiceAddress, OperatingCenter)
MEMBERS(ccs__CustomerCallLog, Requestor, CSRId, CreatedDateTime, LogText, RequestType, Customer,
        Premise, Account)
MEMBERS(ccs__CreateCallLogRequest, BaseRequest, CallerId, CustomerCallLog)
MEMBERS(_ccs__CreateCallLog, CreateCallLogRequest)
MEMBERS(ccs__BinarySecurityToken, ID)
MEMBERS(ccs__UserNameToken, BinarySecurityToken)
MEMBERS(ccs__ScCredentials, DirectUserNameToken, OriginatingUserNameToken, Created)

std::string text(const std::shared_ptr<std::string>& member) { return member ? *member : ""; }

std::vector<std::string> texts(const ccs__ScCredentials& credentials) {
    const auto id = [](const std::shared_ptr<ccs__UserNameToken>& token) {
        return token && token->BinarySecurityToken ? text(token->BinarySecurityToken->ID) : "";
    };
    return {id(credentials.DirectUserNameToken), id(credentials.OriginatingUserNameToken),
            text(credentials.Created)};
}

struct FreeContext {
    void operator()(soap* context) const noexcept {
        soap_destroy(context);
        soap_end(context);
        soap_free(context);
    }
};

/// One call, and what came of it: the reply and its header, or a fault.
struct Call {
    Call(int soap_version, const char* url, const json& call)
        : context(soap_new1(SOAP_C_UTFSTRING)),
          credentials(call.at("ScCredentials").get<ccs__ScCredentials>()) {
        // gSOAP speaks the version whose namespaces come first; what it generates prefers SOAP 1.2.
        if (soap_version == 1) {
            for (int i : {0, 1}) std::swap(namespace_table[i].ns, namespace_table[i].in);
        }
        soap_set_namespaces(context.get(), namespace_table.data());
        sent_header.ccs__ScCredentials_ = &credentials;
        context->header = &sent_header;
        auto request = call.at("CreateCallLog").get<_ccs__CreateCallLog>();
        status = soap_call___ccs__CreateCallLog(context.get(), url, nullptr, &request, reply);
    }

    /// The reply's; an empty one if there was none.
    ccs__BaseResponse response() const {
        const auto& result = reply.CreateCallLogResult;
        return result && result->BaseResponse ? *result->BaseResponse : ccs__BaseResponse();
    }

    /// Whether the reply brought a header of its own, with the credentials that were sent.
    bool is_echoed() const {
        const SOAP_ENV__Header* header = context->header;
        return header && header != &sent_header && header->ccs__ScCredentials_ &&
               texts(*header->ccs__ScCredentials_) == texts(credentials);
    }

    std::vector<Namespace> namespace_table{std::begin(namespaces), std::end(namespaces)};
    std::unique_ptr<soap, FreeContext> context;
    ccs__ScCredentials credentials;
    SOAP_ENV__Header sent_header;
    _ccs__CreateCallLogResponse reply;
    int status;  ///< SOAP_OK, or an error; a fault is in the context then.
};

int main(int, char** arguments) {
    const char* url = arguments[1];
    std::ifstream file(arguments[2]);
    const json call = json::parse(file);
    const json::json_pointer message_id(
        "/CreateCallLog/CreateCallLogRequest/BaseRequest/MessageId");

    std::cout << json{{"client", "C++ gSOAP"}, {"version", arguments[3]}} << '\n';
    for (const int version : {1, 2}) {
        const std::string soap = "1." + std::to_string(version);
        const auto report = [&](const char* check, bool ok, json more = json::object()) {
            more.update({{"soap", soap}, {"check", check}, {"ok", ok}});
            std::cout << more << '\n';
        };

        json good = call;
        good[message_id] = call[message_id].get<std::string>() + "-" + soap;
        const Call stored(version, url, good);
        const ccs__BaseResponse success = stored.response();
        report("call",
               stored.status == SOAP_OK && text(success.ResponseCode) == "0" &&
                   text(success.ResponseDescription) == "Success" && !success.ErrorData &&
                   success.MessageDateTime.tv_sec > 0,
               {{"message_id", good[message_id]}});
        report("header", stored.is_echoed());

        json unreadable = call;
        unreadable["CreateCallLog"]["CreateCallLogRequest"]["CustomerCallLog"]["Requestor"]
                  ["CreatedDate"] = "yesterday";
        const Call faulted(version, url, unreadable);
        struct soap* context = faulted.context.get();
        const bool is_fault = faulted.status == SOAP_FAULT;
        std::string detail = "no fault";
        if (is_fault) {
            detail = std::string("soap_fault: ") + *soap_faultcode(context) + ": " +
                     *soap_faultstring(context);
        }
        report("fault", is_fault, {{"detail", detail}});

        json unknown = call;
        unknown["ScCredentials"]["DirectUserNameToken"]["BinarySecurityToken"]["ID"] = "unknown";
        const ccs__BaseResponse refused = Call(version, url, unknown).response();
        report("error_data", text(refused.ResponseCode) == "1",
               {{"detail", refused.ErrorData ? text(refused.ErrorData->ErrorCode) : "none"}});
    }
}
