#include "standin/outcomes.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <vector>

#include "standin/magic_accounts.hpp"
#include "unit/handlers/service_parts.hpp"
#include "unit/standin/request.hpp"

namespace customercare::standin {
namespace {

using Catch::Contains;
using model::HttpReply;
using model::WireFault;
using test::envelope;
using test::Request;

struct Service : test::ServiceParts {
    handlers::CreateCallLog calls{
        handlers::Rules{.credential_policy = handlers::CredentialPolicy::any},
        credentials,
        call_logs,
        keys,
        throttle,
        audit,
        model::system_now};
    soap::Endpoint endpoint{soap::Options{}, calls, throttle};
    int real_calls = 0;
    RealService real{calls, [this](const model::HttpRequest& request, model::HttpRespond respond,
                                   const soap::CallHandler* instead) {
                         if (instead == nullptr) ++real_calls;
                         endpoint.handle(request, std::move(respond), nullptr, instead);
                     }};
    Delays delays;

    HttpReply answer(const Answer& answer, const std::string& body = envelope("")) {
        Request request{body};
        if (body.find(test::soap12) != body.npos) {
            request.header_texts = {{"Content-Type", "application/soap+xml"}};
        }
        std::promise<HttpReply> reply;
        perform({.answer = answer}, request.view(), real, delays,
                [&](HttpReply&& given) { reply.set_value(std::move(given)); });
        return reply.get_future().get();
    }

    /// Of the call log that is stored next: one more than are stored already.
    std::int64_t next_id() { return answer({}).summary.call_log_id; }
};

const char* const bare = "<a/>";

}  // namespace

TEST_CASE_METHOD(Service, "Passed on is what no scenario would change", "[standin][outcomes]") {
    const HttpReply reply = answer({.kind = AnswerKind::pass});
    CHECK(reply.summary.outcome == "stored");
    CHECK(reply.wire_fault == WireFault::none);
    CHECK(reply.summary.call_log_id == 1);
}

TEST_CASE_METHOD(Service, "ErrorData of choice comes as the real one", "[standin][outcomes]") {
    const Answer own{.kind = AnswerKind::error_data,
                     .code = "MyCode",
                     .description = "a < b",
                     .native_error_detail = "native"};
    const HttpReply reply = answer(own);
    CHECK(reply.status == 200);
    CHECK(reply.content_type == "text/xml; charset=utf-8");
    CHECK_THAT(reply.body,
               Contains("<ErrorData><ErrorCode>MyCode</ErrorCode><ErrorDescription>a &lt; b"
                        "</ErrorDescription><NativeErrorDetail>native</NativeErrorDetail>"
                        "</ErrorData>") &&
                   Contains("<ResponseCode>1</ResponseCode>") &&
                   // The header is echoed.
                   Contains("<ScCredentials") && Contains("<ID>d</ID>"));
    CHECK(reply.summary.outcome == "scenario");
    const HttpReply twelve = answer(own, envelope("", test::soap12));
    CHECK_THAT(twelve.body, Contains(test::soap12) && Contains("MyCode"));

    const HttpReply known =
        answer({.kind = AnswerKind::error_data, .code = "AuthenticationFailed"});
    CHECK(known.summary.outcome == "AuthenticationFailed");
    CHECK(real_calls == 0);
    CHECK(next_id() == 1);
}

TEST_CASE_METHOD(Service, "A fault of choice has the request's version", "[standin][outcomes]") {
    const Answer client{
        .kind = AnswerKind::fault, .is_client_fault = true, .text = "Not <so>.", .status = 400};
    const HttpReply eleven = answer(client);
    CHECK(eleven.status == 400);
    CHECK_THAT(eleven.body, Contains("<faultcode>soap:Client</faultcode><faultstring>Not &lt;so&gt;"
                                     ".</faultstring><detail />"));
    const HttpReply twelve = answer(client, envelope("", test::soap12));
    CHECK(twelve.content_type == "application/soap+xml; charset=utf-8");
    CHECK_THAT(twelve.body, Contains("<soap:Value>soap:Sender</soap:Value>"));
    const HttpReply busy =
        answer({.kind = AnswerKind::fault, .text = "Server is too busy", .status = 503});
    CHECK(busy.status == 503);
    CHECK_THAT(busy.body, Contains("soap:Server"));
    CHECK(std::find(busy.headers.begin(), busy.headers.end(),
                    std::pair<std::string, std::string>("Retry-After", "1")) != busy.headers.end());
    CHECK(busy.summary.outcome == "fault");
    CHECK(busy.summary.operation == "CreateCallLog");
    CHECK(next_id() == 1);
}

TEST_CASE_METHOD(Service, "A message that cannot be read is answered as in reality",
                 "[standin][outcomes]") {
    for (const AnswerKind kind : {AnswerKind::success, AnswerKind::error_data, AnswerKind::fault,
                                  AnswerKind::answer_without_storing}) {
        CHECK(answer({.kind = kind}, bare).body == answer({}, bare).body);
    }
}

TEST_CASE_METHOD(Service, "A success is one whatever the service says", "[standin][outcomes]") {
    std::string without = envelope("");
    without.replace(without.find("<w:ID>d</w:ID>"), 14, "");
    CHECK(answer({}, without).summary.outcome == "AuthenticationFailed");
    const HttpReply reply = answer({.kind = AnswerKind::success}, without);
    CHECK_THAT(reply.body, Contains("<ResponseCode>0</ResponseCode>") && !Contains("ErrorData"));
    CHECK(reply.summary.outcome == "AuthenticationFailed");
    CHECK(answer({.kind = AnswerKind::success}).summary.call_log_id == 1);
}

TEST_CASE_METHOD(Service, "An HTTP status needs no message", "[standin][outcomes]") {
    const HttpReply reply = answer({.kind = AnswerKind::http,
                                    .status = 502,
                                    .headers = {{"Content-Type", "text/html"}},
                                    .body = "<h1>Bad</h1>"},
                                   bare);
    CHECK(reply.status == 502);
    CHECK(reply.headers.front().second == "text/html");
    CHECK(reply.body == "<h1>Bad</h1>");
    CHECK(reply.summary.outcome == "scenario");
    CHECK(next_id() == 1);
}

TEST_CASE_METHOD(Service, "What breaks on the way back is stored before", "[standin][outcomes]") {
    const HttpReply reset = answer({.kind = AnswerKind::reset_after_storing});
    CHECK(reset.wire_fault == WireFault::reset);
    CHECK(reset.summary.call_log_id == 1);
    CHECK(reset.body.empty());
    const HttpReply truncated = answer({.kind = AnswerKind::truncated, .bytes = 7});
    CHECK(truncated.wire_fault == WireFault::truncated);
    CHECK(truncated.truncated_after == 7);
    CHECK(truncated.body.size() > 100);
    CHECK(truncated.summary.call_log_id == 2);
    const HttpReply garbage = answer({.kind = AnswerKind::garbage});
    CHECK(garbage.wire_fault == WireFault::raw);
    CHECK_THAT(garbage.body, !Contains("HTTP") && !Contains("Envelope"));
    CHECK(garbage.summary.call_log_id == 3);
    const HttpReply silent = answer({.kind = AnswerKind::store_without_answer});
    CHECK(silent.wire_fault == WireFault::silence);
    CHECK(silent.summary.call_log_id == 4);
}

TEST_CASE_METHOD(Service, "What is not stored leaves nothing", "[standin][outcomes]") {
    const HttpReply reset = answer({.kind = AnswerKind::reset_before_storing});
    CHECK(reset.wire_fault == WireFault::reset);
    CHECK(reset.summary.outcome == "reset");
    const HttpReply answered = answer({.kind = AnswerKind::answer_without_storing});
    CHECK_THAT(answered.body, Contains("<ResponseCode>0</ResponseCode>") && Contains("<ID>d</ID>"));
    CHECK(answered.summary.outcome == "scenario");
    CHECK(answered.summary.call_log_id == 0);
    CHECK(real_calls == 0);
    CHECK(next_id() == 1);
}

TEST_CASE_METHOD(Service, "Delays hold up nobody else, and come in their order",
                 "[standin][outcomes]") {
    using namespace std::chrono_literals;
    const auto start = std::chrono::steady_clock::now();
    std::mutex mutex;
    std::vector<int> order;
    std::vector<std::promise<void>> done(200);
    for (int i = 0; i < 200; ++i) {
        // The first to ask waits longest.
        const std::chrono::milliseconds wait = i == 0 ? 1000ms : 200ms;
        Request request{bare};
        perform({.answer = {.kind = AnswerKind::http, .delay = Delay{wait, wait}}}, request.view(),
                real, delays, [&, i](HttpReply&&) {
                    const std::lock_guard lock(mutex);
                    order.push_back(i);
                    done[static_cast<std::size_t>(i)].set_value();
                });
    }
    for (auto& one : done) one.get_future().wait();
    CHECK(order.back() == 0);
    CHECK(std::is_sorted(order.begin(), order.end() - 1));
    const auto taken = std::chrono::steady_clock::now() - start;
    CHECK(taken >= 1000ms);
    CHECK(taken < 40s);  // One after the other they would take so long.
}

TEST_CASE("Delays that are not over are dropped", "[standin][outcomes]") {
    const auto kept = std::make_shared<int>(0);
    {
        Delays delays;
        delays.call_after(std::chrono::hours(1), [kept] { ++*kept; });
        CHECK(kept.use_count() == 2);
    }
    CHECK(kept.use_count() == 1);
    CHECK(*kept == 0);
}

}  // namespace customercare::standin
