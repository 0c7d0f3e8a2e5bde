#include "model/trace_context.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "http/identity.hpp"

namespace customercare {
namespace {

using model::TraceContext;

const std::string trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string parent_id = "00f067aa0ba902b7";
const std::string good = "00-" + trace_id + "-" + parent_id + "-01";

model::HttpRequest request_with(const std::vector<model::HttpHeader>& headers) {
    model::HttpRequest request;
    request.headers = headers;
    return request;
}

}  // namespace

TEST_CASE("A traceparent is continued with a span of our own", "[model][trace]") {
    const auto context = TraceContext::follow(good, 1);
    REQUIRE(context);
    CHECK(context->trace_id.text() == trace_id);
    CHECK(context->parent_id.text() == parent_id);
    CHECK(context->span_id.text() != parent_id);
    CHECK(context->span_id.text() != TraceContext::follow(good, 2)->span_id.text());
}

TEST_CASE("A traceparent that is not as specified is not followed", "[model][trace]") {
    const std::string zeros(32, '0');
    for (const std::string& malformed :
         {std::string(), std::string("00"), good.substr(0, 54), good + "0", good + "-", good + " ",
          good + "-what-the-future-will-be", " " + good.substr(1),
          // Upper case, and what is no hexadecimal digit.
          "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + parent_id + "-01",
          "00-" + trace_id + "-00F067AA0BA902B7-01", "00-" + trace_id + "-" + parent_id + "-0X",
          "00-" + trace_id + "-" + parent_id + "-.0", "0x-" + trace_id + "-" + parent_id + "-01",
          "00-ggf92f3577b34da6a3ce929d0e0e4736-" + parent_id + "-01",
          // Nothing but zeros, and the version that is forbidden.
          "00-" + zeros + "-" + parent_id + "-01",
          "00-" + trace_id + "-" + zeros.substr(16) + "-01",
          "ff-" + trace_id + "-" + parent_id + "-01",
          // Other dashes.
          "00_" + trace_id + "-" + parent_id + "-01", "00-" + trace_id + "_" + parent_id + "-01",
          "00-" + trace_id + "-" + parent_id + "_01",
          // Of a version to come, with something other than a dash behind the parts that are known.
          "cc-" + trace_id + "-" + parent_id + "-01.more"}) {
        CAPTURE(malformed);
        CHECK_FALSE(TraceContext::follow(malformed, 1));
    }
}

TEST_CASE("Of a version to come the parts count that are known", "[model][trace]") {
    for (const std::string version : {"01", "cc", "fe"}) {
        const std::string known = version + good.substr(2);
        CHECK(TraceContext::follow(known, 1)->trace_id.text() == trace_id);
        CHECK(TraceContext::follow(known + "-more", 1)->parent_id.text() == parent_id);
        CHECK(TraceContext::follow(known + "-", 1));
    }
}

TEST_CASE("Traces that begin here are good ones, and all different", "[model][trace]") {
    std::set<std::string> seen;
    for (std::uint64_t request = 0; request < 1000; ++request) {
        const TraceContext context = TraceContext::begin(request);
        CHECK(context.parent_id.text().empty());
        seen.insert(std::string(context.trace_id.text()));
        seen.insert(std::string(context.span_id.text()));
        const std::string header = "00-" + std::string(context.trace_id.text()) + "-" +
                                   std::string(context.span_id.text()) + "-00";
        CHECK(TraceContext::follow(header, 1));
    }
    CHECK(seen.size() == 2000);
}

TEST_CASE("A request without a good traceparent, or with two, begins a trace", "[http][trace]") {
    const auto trace_of = [](const std::vector<model::HttpHeader>& headers) {
        return std::string(http::trace_context(request_with(headers), 7).trace_id.text());
    };
    const std::string begun(TraceContext::begin(7).trace_id.text());
    CHECK(trace_of({{"TraceParent", good}}) == trace_id);
    CHECK(trace_of({}) == begun);
    CHECK(trace_of({{"traceparent", "00-0"}}) == begun);
    CHECK(trace_of({{"traceparent", good}, {"traceparent", good}}) == begun);
}

TEST_CASE("An X-Request-Id is taken if it can go into a log and back", "[http][trace]") {
    const auto taken = [](const std::string& value) {
        return std::string(http::find_request_id(request_with({{"x-request-id", value}})));
    };
    for (const std::string good_one :
         {"a", "9f1c2b34-0000-4000-8000-123456789abc", "Root=1-67891233-abcdef", "a/b+c=@x:1._"}) {
        CHECK(taken(good_one) == good_one);
    }
    CHECK(taken(std::string(128, 'x')).size() == 128);
    for (const std::string& bad :
         {std::string(), std::string(129, 'x'), std::string("a b"), std::string("a\"b"),
          std::string("caf\u00e9"), std::string("a\x1b[31m"), std::string("<id>"),
          std::string("a,b"), std::string("a;b")}) {
        CAPTURE(bad);
        CHECK(taken(bad).empty());
    }
    CHECK(http::find_request_id(model::HttpRequest{}).empty());
}

}  // namespace customercare
