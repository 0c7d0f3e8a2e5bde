#include "standin/explanation.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <string>
#include <vector>

#include "handlers/create_call_log.hpp"
#include "soap/endpoint.hpp"
#include "standin/decision_trail.hpp"
#include "support/temporary_directory.hpp"

namespace customercare::standin {
namespace {

const std::string service = "http://ws.southernco.com/CustSvc-iHub";
const std::string action = service + "/CreateCallLog";
const std::string soap11 = "http://schemas.xmlsoap.org/soap/envelope/";

std::string token(const std::string& name, const std::string& id) {
    return "<" + name + "><BinarySecurityToken><ID>" + id + "</ID></BinarySecurityToken></" + name +
           ">";
}

std::string credentials(const std::string& inner) {
    return "<ScCredentials xmlns=\"" + service + "\">" + inner + "</ScCredentials>";
}

const std::string both_tokens =
    token("DirectUserNameToken", "d") + token("OriginatingUserNameToken", "o");

/// What the endpoint makes of a request, and how that is explained.
struct ExplanationFixture {
    test::TemporaryDirectory directory;
    store::Keys keys{directory.path("key")};
    store::CallLogStore call_logs{store::Options{.path = directory.path("test.db")}, keys};
    store::CredentialRegistry registry{directory.path("test.db")};
    handlers::AuditQueue audit{1000};
    handlers::ThrottleOptions limits{};
    handlers::Rules rules{.credential_policy = handlers::CredentialPolicy::any};
    soap::Options options;

    std::string header = "<s:Header>" + credentials(both_tokens) + "</s:Header>";
    std::string envelope_namespace = soap11;
    std::string method = "POST";
    std::string target = "/webservices/CustomerCareService.asmx";
    std::vector<std::pair<std::string, std::string>> headers{
        {"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", '"' + action + '"'}};
    Exchange exchange{};

    [[nodiscard]] std::string message(const std::string& call, const std::string& base = "") const {
        return "<s:Envelope xmlns:s=\"" + envelope_namespace + "\">" + header +
               "<s:Body><CreateCallLog xmlns=\"" + service +
               "\"><CreateCallLogRequest><BaseRequest xmlns=\"\">" + base +
               "</BaseRequest><CustomerCallLog xmlns=\"\">\n" + call +
               "</CustomerCallLog></CreateCallLogRequest></CreateCallLog></s:Body></s:Envelope>";
    }

    std::string explain_reply_to(const std::string& body) {
        handlers::Throttle throttle(limits, audit);
        return explain_reply_to(body, throttle);
    }

    std::string explain_reply_to(const std::string& body, handlers::Throttle& throttle) {
        const handlers::CreateCallLog calls(rules, registry, call_logs, keys, throttle, audit,
                                            model::system_now);
        const soap::Endpoint endpoint(options, calls, throttle);
        exchange = Exchange{};
        exchange.method = method;
        exchange.target = target;
        exchange.request_headers = headers;
        exchange.request_body = body;
        std::vector<model::HttpHeader> views;
        for (const auto& [name, value] : headers) views.push_back({name, value});
        const model::HttpRequest request{.method = method,
                                         .target = target,
                                         .headers = views,
                                         .body = body,
                                         .peer = "192.0.2.7"};
        std::promise<model::HttpReply> promise;
        endpoint.handle(
            request, [&](model::HttpReply&& reply) { promise.set_value(std::move(reply)); },
            &exchange.trail);
        const model::HttpReply reply = promise.get_future().get();
        exchange.end = Exchange::SteadyClock::now();
        exchange.outcome = reply.summary.outcome;
        exchange.detail = reply.summary.detail;
        exchange.call_log_id = reply.summary.call_log_id;
        return explain(exchange, body);
    }

    [[nodiscard]] TrailStage stage(std::string_view name) const {
        for (const TrailStage& stage : decision_trail(exchange)) {
            if (stage.name == name) return stage;
        }
        return {};
    }

    std::string explain_action(const std::string& sent) {
        headers[1].second = sent;
        return explain_reply_to(message(""));
    }
};

using Catch::Contains;

}  // namespace

TEST_CASE_METHOD(ExplanationFixture, "An unknown SOAPAction is compared with the operation's",
                 "[standin][explanation]") {
    CHECK(explain_action('"' + service + "/CreateCalllog\"") ==
          "The SOAPAction header says \"" + service + "/CreateCalllog\"; the operation is \"" +
              action + "\" (capital L).");
    CHECK_THAT(explain_action("createCallLog"), Contains("the operation is \"" + action));
    CHECK_THAT(explain_action("CreateCallLog"), Contains("(with the namespace before the name)"));
    CHECK_THAT(explain_action('"' + action + "/\""), Contains("(without the slash at its end)"));
    CHECK_THAT(explain_action(service + "CreateCallLog"),
               Contains("(with a slash between namespace and name)"));
    CHECK_THAT(explain_action(service + "#CreateCallLog"),
               Contains("(with a slash between namespace and name)"));
    CHECK_THAT(explain_action("https" + action.substr(4)), Contains("(http, not https)"));
    CHECK_THAT(explain_action('"' + action), Contains("in two quotation marks or in none"));
    CHECK_THAT(explain_action("urn:other/CreateCallLog"), Contains("(another namespace)"));
    CHECK_THAT(explain_action("\"\""), Contains("is empty. Send \"" + action));
    CHECK(explain_action('"' + action + '"').empty());
}

TEST_CASE_METHOD(ExplanationFixture, "An unknown operation is explained by the Body's element",
                 "[standin][explanation]") {
    headers.pop_back();
    const std::string body = "<s:Envelope xmlns:s=\"" + soap11 + "\"><s:Body>";
    const std::string end = "</s:Body></s:Envelope>";
    CHECK_THAT(explain_reply_to(body + "<CreateCallLogs xmlns='urn:x'/>" + end),
               Contains("is CreateCallLogs in namespace \"urn:x\"; the operation's is "
                        "CreateCallLog in namespace \"" +
                        service));
    CHECK_THAT(explain_reply_to(body + end), Contains("The Body holds no element."));
    headers = {{"Content-Type", "application/soap+xml; action=\"" + action + "2\""}};
    CHECK_THAT(explain_reply_to(body + "<a/>" + end),
               Contains("The action in Content-Type says \"" + action + "2\"") &&
                   Contains("The Body's first element is a in no namespace"));
}

TEST_CASE_METHOD(ExplanationFixture, "A wrong Content-Type is explained",
                 "[standin][explanation]") {
    headers[0].second = "application/json";
    CHECK_THAT(explain_reply_to(message("")), Contains("Content-Type is \"application/json\".") &&
                                                  Contains("text/xml; charset=utf-8"));
    headers[0].second = "text/xml ; charset=utf-8";
    CHECK_THAT(explain_reply_to(message("")), Contains("Leave out the blank before the semicolon"));
    headers[0].second = "application/soap+xml; charset=utf-8; action=\"" + action + "\"";
    CHECK_THAT(explain_reply_to(message("")), Contains("The envelope is of SOAP 1.1: send"));
    headers.erase(headers.begin());
    CHECK_THAT(explain_reply_to(message("")), Contains("There is no Content-Type header."));
}

TEST_CASE_METHOD(ExplanationFixture, "Other paths and methods are explained",
                 "[standin][explanation]") {
    target = "/webservices/CustomerCare.asmx?x";
    CHECK_THAT(explain_reply_to(""),
               Contains("The path is \"/webservices/CustomerCare.asmx\"; the service is at"));
    target = "/webservices/CustomerCareService.asmx/CreateCallLog";
    CHECK_THAT(explain_reply_to(""), Contains("Nothing may follow .asmx"));
    target = "/webservices/CustomerCareService.asmx";
    method = "PUT";
    CHECK_THAT(explain_reply_to(""), Contains("The method is PUT; send messages by POST"));
    method = "GET";
    CHECK(explain_reply_to("").empty());
    CHECK(exchange.outcome == "page");
}

TEST_CASE_METHOD(ExplanationFixture, "A message that is not well-formed is shown at its fault",
                 "[standin][explanation]") {
    CHECK_THAT(explain_reply_to(message("<LogText>a & b</LogText>")),
               Contains("not well-formed XML at line 2, column") && Contains("<LogText>a & b"));
    CHECK_THAT(explain_reply_to(""), Contains("The body is empty"));
    const std::string masked = explain_reply_to(message("<SSN>123-45-6789</SNN>"));
    CHECK_THAT(masked, Contains("*****") && !Contains("6789"));
}

TEST_CASE_METHOD(ExplanationFixture, "A value of the wrong type is told with what is allowed",
                 "[standin][explanation]") {
    CHECK_THAT(explain_reply_to(message("<RequestType>three</RequestType>")),
               Contains("at line 2, column") && Contains("Type>three") &&
                   Contains("whole numbers from -2147483648"));
    CHECK_THAT(explain_reply_to(message("<Requestor><CriticalContactFlag>TRUE</CriticalContactFlag>"
                                        "</Requestor>")),
               Contains("true, false, 1 and 0"));
    CHECK_THAT(explain_reply_to(message("<CreatedDateTime>3/4/2011</CreatedDateTime>")),
               Contains("2026-01-31T10:00:00"));
    CHECK_THAT(explain_reply_to(message("<Requestor><CreatedDate>x</CreatedDate></Requestor>")),
               Contains("2026-01-31"));
}

TEST_CASE_METHOD(ExplanationFixture, "Envelopes that are none are explained",
                 "[standin][explanation]") {
    envelope_namespace = "http://www.w3.org/2001/12/soap-envelope";
    CHECK_THAT(explain_reply_to(message("")),
               Contains("namespace is \"http://www.w3.org/2001/12/soap-envelope\"; it must be \"" +
                        soap11));
    headers.pop_back();
    CHECK_THAT(explain_reply_to("<CreateCallLog/>"),
               Contains("The root element is CreateCallLog; it must be Envelope"));
    envelope_namespace = soap11;
    header = "<s:Header><x:Security xmlns:x='urn:x' s:mustUnderstand='1'/></s:Header>";
    CHECK_THAT(explain_reply_to(message("")), Contains("The header block Security says "
                                                       "mustUnderstand"));
    header = "";
    options.limits.max_depth = 8;
    CHECK_THAT(explain_reply_to(message("<Requestor><Address><a><b><c/></b></a></Address>"
                                        "</Requestor>")),
               Contains("guard.max_depth") && Contains("raise that setting"));
}

TEST_CASE_METHOD(ExplanationFixture, "Missing credentials are looked for in the message",
                 "[standin][explanation]") {
    const auto explain_header = [&](const std::string& blocks) {
        header = "<s:Header>" + blocks + "</s:Header>";
        return explain_reply_to(message(""));
    };
    CHECK_THAT(explain_header(""), Contains("soap:Header has no ScCredentials."));
    CHECK_THAT(explain_header("<ScCredentials>" + both_tokens + "</ScCredentials>"),
               Contains("ScCredentials is in no namespace; it must be in namespace \"" + service));
    CHECK_THAT(explain_header("<scCredentials xmlns='" + service + "'/>"),
               Contains("is spelled scCredentials; write ScCredentials."));
    CHECK_THAT(explain_header("<ScCredentials xmlns='" + service +
                              "' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
                              "i:nil='true'/>"),
               Contains("ScCredentials is xsi:nil"));
    CHECK_THAT(explain_header(credentials(token("DirectUserNameToken", "d"))),
               Contains("ScCredentials/OriginatingUserNameToken is missing."));
    CHECK_THAT(explain_header(credentials(token("DirectUserNameToken", "") +
                                          token("OriginatingUserNameToken", "o"))),
               Contains("ScCredentials/DirectUserNameToken/BinarySecurityToken/ID is empty."));
    CHECK_THAT(explain_header(credentials("<DirectUserNameToken xmlns=''/>")),
               Contains("DirectUserNameToken is in no namespace"));
    header = "";
    CHECK_THAT(explain_reply_to(message("")), Contains("The message has no soap:Header."));
    CHECK_THAT(explain_reply_to(message(credentials(both_tokens))),
               Contains("stands in CustomerCallLog; it belongs into soap:Header."));
}

TEST_CASE_METHOD(ExplanationFixture, "Tokens that are not registered are told apart",
                 "[standin][explanation]") {
    rules.credential_policy = handlers::CredentialPolicy::registered;
    store::CredentialStore store(directory.path("test.db"), keys);
    store.add(store::Role::direct, "ivr", model::Sensitive("d"), std::nullopt);
    registry.reload();
    const std::string explanation = explain_reply_to(message(""));
    CHECK_THAT(explanation, Contains("OriginatingUserNameToken's ID is not registered"));
    store.add(store::Role::originating, "ivr", model::Sensitive("o"), std::nullopt);
    registry.reload();
    CHECK(explain_reply_to(message("")).empty());
    CHECK(exchange.trail.rules.credential_label == "ivr");
}

TEST_CASE_METHOD(ExplanationFixture, "Violations, duplicates and ignored elements are explained",
                 "[standin][explanation]") {
    rules.required = {"BaseRequest/UserId"};
    CHECK_THAT(explain_reply_to(message("")), Contains("BaseRequest/UserId is required."));
    CHECK(validation_errors(exchange) ==
          std::vector<std::string>{"BaseRequest/UserId is required."});
    rules.required.clear();
    explain_reply_to(message("<LogText>a</LogText>", "<MessageId>m-1</MessageId>"));
    CHECK_THAT(explain_reply_to(message("<LogText>b</LogText>", "<MessageId>m-1</MessageId>")),
               Contains("The MessageId \"m-1\" was used before"));
    CHECK_THAT(explain_reply_to(message("<LogText xmlns='" + service + "'>a</LogText>")),
               Contains("One element was ignored: ") && Contains("LogText in line 2.") &&
                   Contains("write xmlns=\"\""));
    CHECK_THAT(explain_reply_to(message("<logText/><x/>")),
               Contains("2 elements were ignored") && Contains("is spelled LogText"));
    CHECK_THAT(explain_reply_to(message("<x/>")), Contains("The contract has no such element"));
    CHECK_THAT(explain_reply_to(message("<CSRId/><CSRId/>")), Contains("one CSRId only"));
    options.strict = true;
    CHECK_THAT(explain_reply_to(message("<logText/>")), Contains("With soap.strict"));
}

TEST_CASE_METHOD(ExplanationFixture, "A limit that was reached is named, and how to go on",
                 "[standin][explanation]") {
    limits.address_rate = limits.address_burst = 1;
    handlers::Throttle by_address(limits, audit);
    (void)explain_reply_to(message(""), by_address);
    CHECK_THAT(explain_reply_to(message(""), by_address),
               Contains("too fast: setting limits.address_calls_per_s") && Contains("Retry-After"));
    CHECK(stage("route").result == "refused");

    limits = {.credential_rate = 1, .credential_burst = 1};
    handlers::Throttle by_credential(limits, audit);
    (void)explain_reply_to(message(""), by_credential);
    CHECK_THAT(explain_reply_to(message(""), by_credential),
               Contains("too fast: setting limits.credential_calls_per_s"));
    CHECK(stage("credentials").detail == "over the limit of limits.credential_calls_per_s");

    rules.credential_policy = handlers::CredentialPolicy::registered;
    limits = {.lockout_failures = 1};
    handlers::Throttle lockout(limits, audit);
    (void)explain_reply_to(message(""), lockout);
    CHECK_THAT(explain_reply_to(message(""), lockout),
               Contains("Too many credentials were refused: setting credentials.lockout_failures"));
}

TEST_CASE_METHOD(ExplanationFixture, "The trail names the stage that decided, and skips the rest",
                 "[standin][trail]") {
    const auto results = [&] {
        std::string text;
        for (const TrailStage& stage : decision_trail(exchange)) {
            text += std::string(stage.name) + "=" + std::string(stage.result) + " ";
        }
        return text;
    };
    explain_reply_to(message(""));
    CHECK(results() ==
          "http=ok scenario=skipped route=ok guard=ok skeleton=ok credentials=ok validation=ok "
          "duplicates=ok store=ok reply=ok ");
    explain_reply_to(message("<"));
    CHECK(results() ==
          "http=ok scenario=skipped route=ok guard=refused skeleton=skipped credentials=skipped "
          "validation=skipped duplicates=skipped store=skipped reply=ok ");
    explain_action("x");
    CHECK_THAT(results(), Contains("route=refused guard=skipped"));
    explain_action('"' + action + '"');
    rules.required = {"BaseRequest/UserId"};
    explain_reply_to(message(""));
    CHECK_THAT(results(), Contains("credentials=ok validation=refused duplicates=skipped"));
    header = "";
    explain_reply_to(message(""));
    CHECK_THAT(results(), Contains("credentials=refused validation=skipped"));
}

}  // namespace customercare::standin
