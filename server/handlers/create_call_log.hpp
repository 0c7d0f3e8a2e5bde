#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/audit.hpp"
#include "handlers/rules.hpp"
#include "handlers/throttle.hpp"
#include "model/create_call_log.hpp"
#include "model/date_time.hpp"
#include "store/call_log_store.hpp"
#include "store/credential_store.hpp"
#include "store/keys.hpp"

namespace customercare::handlers {

/// The rules of CreateCallLog: credentials, required data and lengths, duplicates. Immutable after
/// construction; handle() may be called from any thread. Everything it is given must outlive it.
class CreateCallLog {
public:
    CreateCallLog(Rules rules, const store::CredentialRegistry& credentials,
                  store::CallLogStore& call_logs, const store::Keys& keys, Throttle& throttle,
                  AuditQueue& audit, model::Clock clock);

    /// Judges the request and, if it is good, stores it. `done` is called once: from within this
    /// call if nothing had to be stored, else on the store's thread after COMMIT.
    void handle(model::CreateCallLogRequest&& request, const model::CreateCallLogDone& done) const;

    // Replies in the words of the rules.
    [[nodiscard]] model::CreateCallLogReply success(model::Outcome outcome, std::int64_t id) const;
    [[nodiscard]] model::CreateCallLogReply error(model::Outcome outcome, std::string_view code,
                                                  std::string description) const;

private:
    /// A path cut at its last slash: "CustomerCallLog/Account", "AccountNumber".
    struct FieldRule {
        std::string parent;
        std::string name;
        std::size_t max_length = 0;
    };

    /// Who sends the call log, as it is stored with it.
    struct Sender {
        store::TokenHash token{};  ///< Of the direct credential,
        std::string label;         ///< which has this label if it is registered.
    };

    /// The reply for credentials that are not accepted; nullopt if they are.
    [[nodiscard]] std::optional<model::CreateCallLogReply> refuse_credentials(
        const model::CreateCallLogRequest& request, model::Instant now, Sender& sender) const;
    [[nodiscard]] bool is_too_old(const model::ScCredentials& credentials,
                                  model::Instant now) const;
    [[nodiscard]] model::CreateCallLogReply authentication_failed(std::string description) const;
    void audit_refusal(const model::Caller& caller, std::string_view reason) const;
    [[nodiscard]] std::string find_violations(const model::CallLog& call_log) const;

    Rules rules_;
    std::vector<FieldRule> required_;
    std::vector<FieldRule> limited_;
    const store::CredentialRegistry& credentials_;
    store::CallLogStore& call_logs_;
    const store::Keys& keys_;
    Throttle& throttle_;
    AuditQueue& audit_;
    model::Clock clock_;
};

}  // namespace customercare::handlers
