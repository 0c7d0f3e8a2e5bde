#include "standin/seed.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/error.hpp"
#include "soap/xml_reader.hpp"
#include "standin/exchange.hpp"
#include "standin/explanation.hpp"
#include "standin/json_reader.hpp"
#include "standin/masking.hpp"
#include "store/call_log_from_json.hpp"

namespace customercare::standin {

namespace {

// So many wait in the store's queue at once; it takes more, but also from others.
constexpr std::size_t batch_size = 500;

[[noreturn]] void refuse_line(std::size_t line, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, "line " + std::to_string(line) + ": " + why);
}

/// Taken for nobody's token, and never used twice.
std::string own_sender() {
    static std::atomic<std::uint64_t> number{0};
    return "seed " + std::to_string(model::system_now().time_since_epoch().count()) + " " +
           std::to_string(number++);
}

[[noreturn]] void refuse_text(const std::string& path, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, path + ' ' + why);
}

void check_characters(const store::Json& json, const std::string& path) {
    if (json.is_string()) {
        const std::string why = why_not_in_xml(json.get_ref<const std::string&>());
        if (!why.empty()) refuse_text(path, why);
    }
    if (!json.is_structured()) return;
    std::size_t number = 0;
    for (const auto& [name, value] : json.items()) {
        std::string place = path;
        if (json.is_array()) {
            place.append("[").append(std::to_string(++number)).append("]");
        } else {
            place.append("/").append(name);
        }
        check_characters(value, place);
    }
}

/// True for one well-formed element, and nothing beside it.
bool is_element(std::string_view xml) {
    constexpr std::size_t max_attributes = 1000;
    using Node = soap::XmlReader::Node;
    soap::XmlReader reader(xml.size(), max_attributes);
    reader.reset(xml);
    std::size_t depth = 0;
    do {
        const Node node = reader.next();
        if (node == Node::start_element) {
            ++depth;
        } else if (node == Node::error || depth == 0) {
            return false;
        } else if (node == Node::end_element) {
            --depth;
        }
    } while (depth > 0);
    return reader.end() == xml.size();
}

/// Refuses what no message could have brought.
void check_texts(const store::Json& json, const model::CallLog& call_log) {
    for (const char* name : {"credential", "CallerId", "BaseRequest", "CustomerCallLog"}) {
        if (const auto member = json.find(name); member != json.end()) {
            check_characters(*member, name);
        }
    }
    for (const model::OpenContent& content : call_log.open_content) {
        if (!is_element(content.xml)) refuse_text(content.path, "is no well-formed XML element");
    }
}

store::NewCallLog read_line(std::size_t line, std::string_view text, model::Instant now) {
    try {
        const auto json = store::Json::parse(text);
        store::NewCallLog record{.call_log = store::call_log_from_json(json),
                                 .sender = own_sender(),
                                 .credential_label = json.value("credential", ""),
                                 .received_at = now};
        check_texts(json, record.call_log);
        if (const auto at = json.find("receivedAt"); at != json.end()) {
            const auto time =
                at->is_string() ? model::parse_date_time(at->get<std::string>()) : std::nullopt;
            if (!time || !time->zoned) {
                refuse_line(line, "receivedAt must be a time such as 2026-01-31T10:00:00Z");
            }
            record.received_at = time->instant;
        }
        return record;
    } catch (const nlohmann::json::exception& error) {
        refuse_line(line, std::string("it is not a call log in JSON: ") + error.what());
    } catch (const model::ServiceError& error) {
        if (std::string_view(error.what()).starts_with("line ")) throw;
        refuse_line(line, error.what());
    }
}

std::vector<store::NewCallLog> read_lines(std::string_view text, model::Instant now) {
    std::vector<store::NewCallLog> records;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view one = text.substr(0, end);
        if (one.find_first_not_of(" \t\r") != std::string_view::npos) {
            records.push_back(read_line(line, one, now));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return records;
}

}  // namespace

std::vector<std::int64_t> seed_json_lines(Sandbox& sandbox, std::string_view text) {
    std::vector<store::NewCallLog> records = read_lines(text, sandbox.clock().now());
    const Sandbox::Visit visit(sandbox);
    std::vector<std::int64_t> ids;
    for (std::size_t next = 0; next < records.size();) {
        std::vector<std::future<store::AppendResult>> results;
        for (; next < records.size() && results.size() < batch_size; ++next) {
            const auto stored = std::make_shared<std::promise<store::AppendResult>>();
            results.push_back(stored->get_future());
            visit.call_logs().append(
                std::move(records[next]),
                [stored](store::AppendResult&& result) { stored->set_value(std::move(result)); });
        }
        for (auto& pending : results) {
            const store::AppendResult result = pending.get();
            if (result.status != store::AppendStatus::stored) {
                throw model::ServiceError(model::ErrorCode::storage, result.error);
            }
            ids.push_back(result.id);
        }
    }
    return ids;
}

std::vector<std::int64_t> seed_message(Sandbox& sandbox, std::string_view soap_path,
                                       const model::HttpRequest& brought) {
    const model::HttpHeader* type = brought.find("Content-Type");
    const model::HttpHeader header{"Content-Type", type == nullptr ? "" : type->value};
    const model::HttpRequest request{.method = "POST",
                                     .target = soap_path,
                                     .headers = std::span(&header, 1),
                                     .body = brought.body,
                                     .peer = brought.peer};
    Exchange exchange;
    exchange.request_headers.emplace_back(header.name, header.value);
    exchange.request_body = brought.body;
    const auto answered = std::make_shared<std::promise<model::HttpReply>>();
    const Sandbox::Visit visit(sandbox);
    visit.rulebook().endpoint.handle(
        request, [answered](model::HttpReply&& reply) { answered->set_value(std::move(reply)); },
        &exchange.trail);
    const model::HttpReply reply = answered->get_future().get();
    exchange.outcome = reply.summary.outcome;
    exchange.detail = reply.summary.detail;
    if (reply.summary.outcome == "failed") {
        throw model::ServiceError(model::ErrorCode::storage, reply.summary.detail);
    }
    if (reply.summary.outcome != "stored" && reply.summary.outcome != "replayed") {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "the message was not stored (" + exchange.outcome + "): " +
                                      explain(exchange, decode_body(exchange).value_or("")));
    }
    return {reply.summary.call_log_id};
}

}  // namespace customercare::standin
