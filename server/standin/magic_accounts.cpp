#include "standin/magic_accounts.hpp"

#include <algorithm>

namespace customercare::standin {

namespace {

/// What all of the numbers begin with.
constexpr std::string_view magic_prefix = "0000000000";

Answer error_data(std::string code, std::string description) {
    return {.kind = AnswerKind::error_data,
            .code = std::move(code),
            .description = std::move(description)};
}

Answer fault(bool is_client_fault, std::string text, unsigned status = 500) {
    return {.kind = AnswerKind::fault,
            .is_client_fault = is_client_fault,
            .text = std::move(text),
            .status = status};
}

std::vector<MagicAccount> make_table() {
    constexpr std::chrono::seconds delay{5};
    return {
        {"000000000001", "AuthenticationFailed",
         "ErrorData AuthenticationFailed; nothing is stored.",
         error_data("AuthenticationFailed", "The credentials in ScCredentials were not accepted.")},
        {"000000000002", "ValidationFailed", "ErrorData ValidationFailed; nothing is stored.",
         error_data("ValidationFailed", "CustomerCallLog/Account/AccountNumber is not allowed.")},
        {"000000000003", "DuplicateMessage", "ErrorData DuplicateMessage; nothing is stored.",
         error_data("DuplicateMessage", "The MessageId was used before for another message.")},
        {"000000000004", "Client fault",
         "A SOAP fault with code Client (1.1) or Sender (1.2), status 500; nothing is stored.",
         fault(true, "Server was unable to read request.")},
        {"000000000005", "Server fault",
         "A SOAP fault with code Server (1.1) or Receiver (1.2), status 500; nothing is stored.",
         fault(false, "Server was unable to process request.")},
        {"000000000006", "503 busy",
         "A Server fault with status 503 and Retry-After; nothing is stored.",
         fault(false, "Server is too busy", 503)},
        {"000000000007",
         "delay 5 s",
         "Stored; the reply comes 5 seconds later.",
         {.kind = AnswerKind::pass, .delay = Delay{delay, delay}}},
        {"000000000008",
         "reset before storing",
         "The connection is reset; nothing is stored.",
         {.kind = AnswerKind::reset_before_storing}},
        {"000000000009",
         "reset after storing",
         "Stored; then the connection is reset.",
         {.kind = AnswerKind::reset_after_storing}},
        {"000000000010",
         "truncated reply",
         "Stored; the reply ends after 100 bytes of its body, and the connection with it.",
         {.kind = AnswerKind::truncated}},
        {"000000000011",
         "garbage",
         "Stored; what comes back is no HTTP, and the connection ends.",
         {.kind = AnswerKind::garbage}},
        {"000000000012",
         "stored without answer",
         "Stored; no reply comes until the client gives up.",
         {.kind = AnswerKind::store_without_answer}},
        {"000000000013",
         "answered without storing",
         "A success, but nothing is stored.",
         {.kind = AnswerKind::answer_without_storing}},
    };
}

}  // namespace

const std::vector<MagicAccount>& magic_accounts() {
    static const std::vector<MagicAccount> table = make_table();
    return table;
}

std::optional<Scenario> find_magic_account(Message& message) {
    if (!message.may_contain(magic_prefix)) return std::nullopt;
    const auto values = message.values("CustomerCallLog/Account/AccountNumber");
    if (values.empty()) return std::nullopt;
    const auto& table = magic_accounts();
    const auto found = std::find_if(table.begin(), table.end(), [&](const MagicAccount& account) {
        return account.account_number == values.front();
    });
    if (found == table.end()) return std::nullopt;
    return Scenario{.name = "magic account " + found->account_number, .answer = found->answer};
}

}  // namespace customercare::standin
