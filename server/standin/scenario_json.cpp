#include "standin/scenario_json.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "model/error.hpp"
#include "model/http_message.hpp"
#include "soap/contract.hpp"
#include "standin/field_path.hpp"
#include "standin/json_reader.hpp"
#include "standin/message.hpp"

namespace customercare::standin {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t max_delay_ms = 600'000;
constexpr std::int64_t max_bytes = 1'073'741'824;
constexpr std::int64_t many = std::numeric_limits<std::int64_t>::max();

/// A kind's name in JSON. Resets are one kind there, with a member `when`.
struct KindName {
    AnswerKind kind;
    std::string_view name;
};
constexpr std::array kind_names{
    KindName{AnswerKind::pass, "pass"},
    KindName{AnswerKind::success, "success"},
    KindName{AnswerKind::error_data, "error_data"},
    KindName{AnswerKind::fault, "fault"},
    KindName{AnswerKind::http, "http"},
    KindName{AnswerKind::reset_before_storing, "reset"},
    KindName{AnswerKind::reset_after_storing, "reset"},
    KindName{AnswerKind::truncated, "truncated"},
    KindName{AnswerKind::garbage, "garbage"},
    KindName{AnswerKind::store_without_answer, "store_without_answer"},
    KindName{AnswerKind::answer_without_storing, "answer_without_storing"},
};

std::string_view name_of(AnswerKind kind) {
    return std::find_if(kind_names.begin(), kind_names.end(),
                        [kind](const KindName& entry) { return entry.kind == kind; })
        ->name;
}

/// Which of `choices` a text is; `fallback` if it is absent.
std::size_t read_choice(const JsonReader& reader, std::string_view name,
                        std::initializer_list<std::string_view> choices, std::size_t fallback) {
    const auto text = reader.text(name);
    if (!text) return fallback;
    std::string allowed;
    std::size_t index = 0;
    for (const std::string_view choice : choices) {
        if (choice == *text) return index;
        allowed += (index++ == 0 ? "\"" : " or \"") + std::string(choice) + '"';
    }
    reader.refuse(name, "must be " + allowed);
}

/// What `check` finds wrong is said of the member.
template <typename Check>
void check_member(const JsonReader& reader, std::string_view name, Check check) {
    try {
        check();
    } catch (const model::ServiceError& error) {
        reader.refuse(name, error.what());
    }
}

/// A header's name is one.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

ScenarioMatch read_match(const Json& json) {
    const JsonReader reader(
        json, "match", {"operation", "soap", "header", "credential", "xpath", "fields", "call"});
    ScenarioMatch match;
    match.operation = reader.text("operation").value_or("");
    std::string known;
    bool is_known = match.operation.empty();
    for (const soap::Operation& operation : soap::contract().operations()) {
        is_known = is_known || operation.name == match.operation;
        known += (known.empty() ? "" : ", ") + operation.name;
    }
    if (!is_known) reader.refuse("operation", "must be an operation of the service: " + known);
    constexpr std::array<const char*, 3> versions{"1.1", "1.2", ""};
    match.soap = versions.at(read_choice(reader, "soap", {"1.1", "1.2"}, 2));
    match.header = reader.texts("header");
    for (const auto& [name, unused] : match.header) {
        if (!is_token(name)) reader.refuse("header", "has a name that no HTTP header has");
    }
    match.credential = reader.text("credential").value_or("");
    match.xpath = reader.text("xpath").value_or("");
    if (!match.xpath.empty()) {
        check_member(reader, "xpath", [&] { const XPath check(match.xpath); });
    }
    match.fields = reader.texts("fields");
    for (const auto& [path, unused] : match.fields) {
        check_member(reader, "fields", [&text = path] { (void)resolve_field_path(text); });
    }
    match.call = reader.integer("call", 1, many);
    return match;
}

std::optional<Delay> read_delay(const JsonReader& reader) {
    using std::chrono::milliseconds;
    const Json* json = reader.find("delay_ms");
    if (json == nullptr) return std::nullopt;
    if (!json->is_object()) {
        if (!json->is_number_integer()) {
            reader.refuse("delay_ms", R"(must be milliseconds, or {"from":100,"to":900})");
        }
        const milliseconds delay(reader.integer("delay_ms", 0, max_delay_ms).value());
        return Delay{delay, delay};
    }
    const JsonReader range(*json, reader.path_of("delay_ms"), {"from", "to"});
    const auto from = range.integer("from", 0, max_delay_ms);
    if (!from) range.refuse("from", "is missing");
    const auto to = range.integer("to", *from, max_delay_ms);
    if (!to) range.refuse("to", "is missing");
    return Delay{milliseconds(*from), milliseconds(*to)};
}

/// Those that http/ writes, since they say how the reply is framed.
bool is_ours(std::string_view header) {
    constexpr std::array ours{"Content-Length", "Transfer-Encoding", "Connection", "Date"};
    return std::any_of(ours.begin(), ours.end(), [&](std::string_view name) {
        return model::equals_ignoring_case(name, header);
    });
}

bool is_header(std::string_view name, std::string_view value) {
    return is_token(name) && std::none_of(value.begin(), value.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

void read_http(const JsonReader& reader, Answer& answer) {
    const auto status = reader.integer("status", 200, 599);
    if (!status) reader.refuse("status", "is missing: 200 to 599");
    answer.status = static_cast<unsigned>(*status);
    for (const auto& [name, value] : reader.texts("headers")) {
        if (is_ours(name))
            reader.refuse("headers", "must not have " + name + ": it is ours to say");
        if (!is_header(name, value)) reader.refuse("headers", "has one that is no HTTP header");
        answer.headers.emplace_back(name, value);
    }
    answer.body = reader.text("body").value_or("");
}

void read_fault(const JsonReader& reader, Answer& answer) {
    answer.is_client_fault = read_choice(reader, "code", {"Client", "Server"}, 1) == 0;
    answer.text = reader.xml_text("text").value_or("");
    if (answer.text.empty()) reader.refuse("text", "is missing: the fault's text");
    answer.status = static_cast<unsigned>(reader.integer("status", 200, 599).value_or(500));
}

void read_error_data(const JsonReader& reader, Answer& answer) {
    answer.code = reader.xml_text("code").value_or("");
    if (answer.code.empty()) reader.refuse("code", "is missing: ErrorData's ErrorCode");
    answer.description = reader.xml_text("description").value_or("");
    answer.native_error_detail = reader.xml_text("native_error_detail").value_or("");
}

AnswerKind read_kind(const Json& json) {
    std::string known;
    const auto found = json.is_object() ? json.find("kind") : json.end();
    const bool has_kind = found != json.end() && found->is_string();
    for (const KindName& entry : kind_names) {
        if (has_kind && entry.name == found->get_ref<const std::string&>()) return entry.kind;
        if (known.find(entry.name) == std::string::npos || entry.name == "success") {
            known += (known.empty() ? "" : ", ") + std::string(entry.name);
        }
    }
    throw model::ServiceError(model::ErrorCode::usage, "answer.kind must be one of: " + known);
}

Answer read_answer(const Json& json) {
    Answer answer;
    answer.kind = read_kind(json);
    const std::string path = "answer";
    switch (answer.kind) {
        case AnswerKind::error_data: {
            const JsonReader reader(
                json, path, {"kind", "code", "description", "native_error_detail", "delay_ms"});
            read_error_data(reader, answer);
            break;
        }
        case AnswerKind::fault:
            read_fault({json, path, {"kind", "code", "text", "status", "delay_ms"}}, answer);
            break;
        case AnswerKind::http:
            read_http({json, path, {"kind", "status", "headers", "body", "delay_ms"}}, answer);
            break;
        case AnswerKind::reset_before_storing:
        case AnswerKind::reset_after_storing: {
            const JsonReader reader(json, path, {"kind", "when", "delay_ms"});
            const bool is_after =
                read_choice(reader, "when", {"before_storing", "after_storing"}, 0) == 1;
            if (is_after) answer.kind = AnswerKind::reset_after_storing;
            break;
        }
        case AnswerKind::truncated: {
            const JsonReader reader(json, path, {"kind", "bytes", "delay_ms"});
            answer.bytes =
                static_cast<std::size_t>(reader.integer("bytes", 0, max_bytes).value_or(100));
            break;
        }
        case AnswerKind::pass:
        case AnswerKind::success:
        case AnswerKind::garbage:
        case AnswerKind::store_without_answer:
        case AnswerKind::answer_without_storing:
            break;
    }
    // Those without members of their own are checked here.
    if (answer.kind == AnswerKind::pass || answer.kind == AnswerKind::success ||
        answer.kind >= AnswerKind::garbage) {
        const JsonReader check(json, path, {"kind", "delay_ms"});
    }
    Json delay = Json::object();
    if (json.contains("delay_ms")) delay["delay_ms"] = json["delay_ms"];
    answer.delay = read_delay({delay, path, {"delay_ms"}});
    return answer;
}

nlohmann::ordered_json write_match(const ScenarioMatch& match) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (!match.operation.empty()) json["operation"] = match.operation;
    if (!match.soap.empty()) json["soap"] = match.soap;
    if (!match.header.empty()) json["header"] = match.header;
    if (!match.credential.empty()) json["credential"] = match.credential;
    if (!match.xpath.empty()) json["xpath"] = match.xpath;
    if (!match.fields.empty()) json["fields"] = match.fields;
    if (match.call) json["call"] = *match.call;
    return json;
}

nlohmann::ordered_json write_answer(const Answer& answer) {
    nlohmann::ordered_json json{{"kind", name_of(answer.kind)}};
    switch (answer.kind) {
        case AnswerKind::error_data:
            json["code"] = answer.code;
            json["description"] = answer.description;
            json["native_error_detail"] = answer.native_error_detail;
            break;
        case AnswerKind::fault:
            json["code"] = answer.is_client_fault ? "Client" : "Server";
            json["text"] = answer.text;
            json["status"] = answer.status;
            break;
        case AnswerKind::http:
            json["status"] = answer.status;
            json["headers"] = nlohmann::ordered_json::object();
            for (const auto& [name, value] : answer.headers) json["headers"][name] = value;
            json["body"] = answer.body;
            break;
        case AnswerKind::reset_before_storing:
            json["when"] = "before_storing";
            break;
        case AnswerKind::reset_after_storing:
            json["when"] = "after_storing";
            break;
        case AnswerKind::truncated:
            json["bytes"] = answer.bytes;
            break;
        case AnswerKind::pass:
        case AnswerKind::success:
        case AnswerKind::garbage:
        case AnswerKind::store_without_answer:
        case AnswerKind::answer_without_storing:
            break;
    }
    if (!answer.delay) return json;
    const std::int64_t from = answer.delay->from.count();
    const std::int64_t to = answer.delay->to.count();
    if (from == to) {
        json["delay_ms"] = from;
    } else {
        json["delay_ms"] = {{"from", from}, {"to", to}};
    }
    return json;
}

}  // namespace

Scenario read_scenario(const Json& json) {
    const JsonReader reader(json, "",
                            {"id", "name", "enabled", "match", "answer", "times", "used"});
    Scenario scenario;
    scenario.name = reader.text("name").value_or("");
    scenario.is_enabled = reader.boolean("enabled").value_or(true);
    if (const Json* match = reader.find("match")) scenario.match = read_match(*match);
    const Json* answer = reader.find("answer");
    if (answer == nullptr) reader.refuse("answer", R"(is missing, such as {"kind":"success"})");
    scenario.answer = read_answer(*answer);
    scenario.times = reader.integer("times", 1, many);
    return scenario;
}

nlohmann::ordered_json write_scenario(const Scenario& scenario) {
    nlohmann::ordered_json json{{"id", scenario.id},
                                {"name", scenario.name},
                                {"enabled", scenario.is_enabled},
                                {"match", write_match(scenario.match)},
                                {"answer", write_answer(scenario.answer)}};
    json["times"] = nullptr;
    if (scenario.times) json["times"] = *scenario.times;
    json["used"] = scenario.used;
    return json;
}

}  // namespace customercare::standin
