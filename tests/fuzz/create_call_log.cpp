// Guard, gSOAP and the conversion to the model: what the guard passes, gSOAP reads, with the values
// that expat finds in the message; and the reply gives the credentials back as they came.

#include <algorithm>

#include "fuzz/fields.hpp"
#include "fuzz/message.hpp"
#include "fuzz/xml_walk.hpp"
#include "model/white_space.hpp"
#include "soap/values.hpp"
#include "soap/writer.hpp"

using namespace customercare;
using fuzz::Fields;
using fuzz::fields_of;
using fuzz::require;

namespace {

const std::string service = "{http://ws.southernco.com/CustSvc-iHub}";
const std::string request_path =
    service + "CreateCallLog[1]/" + service + "CreateCallLogRequest[1]/";

/// The elements below `parent`, by the rest of their paths.
Fields below(const std::vector<fuzz::WalkedElement>& elements, std::string_view parent) {
    Fields fields;
    for (const auto& [path, text] : elements) {
        if (path.starts_with(parent)) fields[path.substr(parent.size())] = text;
    }
    return fields;
}

/// ScCredentials' elements are all in the service's namespace.
Fields without_service(const Fields& fields) {
    Fields plain;
    for (const auto& [path, text] : fields) {
        std::string shorter = path;
        for (std::size_t at = 0; (at = shorter.find(service)) != std::string::npos;) {
            shorter.erase(at, service.size());
        }
        plain[shorter] = text;
    }
    return plain;
}

/// "Requestor[1]/Fax[2]" as OpenContent has it, where only what repeats is numbered: both without
/// any numbers.
std::string without_numbers(std::string path) {
    for (std::size_t at = 0; (at = path.find('[')) != std::string::npos;) {
        path.erase(at, path.find(']', at) + 1 - at);
    }
    return path;
}

bool is_same_value(const std::string& path, const std::string& sent,
                   const std::optional<std::string>& read) {
    if (!read) return model::trim(sent).empty();
    if (path.ends_with("RequestType[1]")) return std::stoll(sent) == std::stoll(*read);
    if (path.ends_with("Flag[1]")) return soap::parse_boolean(sent) == (*read == "true");
    // The white space around a dateTime or date is no part of it ([XSD2] 4.3.6), and dropped.
    if (path.ends_with("Time[1]") || path.ends_with("Date[1]")) return model::trim(sent) == *read;
    return sent == *read;
}

bool is_same(const Fields& sent, const Fields& read) {
    return std::equal(
        sent.begin(), sent.end(), read.begin(), read.end(), [](const auto& one, const auto& other) {
            return one.first == other.first && is_same_value(one.first, *one.second, other.second);
        });
}

void check_canonical(const fuzz::CallRead& call, const Fields& read) {
    const auto walked = fuzz::walk_xml("<r>" + std::string(call.reading.canonical) + "</r>");
    require(walked.has_value(), "the canonical text is well-formed");
    Fields sent = below(*walked, "r[1]/" + request_path);
    sent.erase("BaseRequest[1]");
    sent.erase("CustomerCallLog[1]");
    require(is_same(sent, read), "gSOAP reads what the guard wrote");
    require(call.request.credentials.has_value() == call.reading.has_credentials,
            "credentials are there if they were sent");
    if (!call.request.credentials) return;
    require(is_same(without_service(below(*walked, "r[1]/" + service + "ScCredentials[1]/")),
                    fields_of(*call.request.credentials)),
            "gSOAP reads the credentials that the guard wrote");
}

/// Where the guard had nothing to skip, the model is the message.
void check_message(const std::string& text, const fuzz::CallRead& call, const Fields& read) {
    const auto walked = fuzz::walk_xml(text);
    require(walked.has_value(), "expat reads what the guard passes");
    const std::string envelope = "{" + call.reading.root_namespace + "}";
    const Fields sent =
        below(*walked, envelope + "Envelope[1]/" + envelope + "Body[1]/" + request_path);
    if (sent.empty()) return;  // An empty Body, with the operation behind it.
    for (const auto& [path, value] : read) {
        const auto found = sent.find(path);
        require(found != sent.end(), "what is read was sent");
        require(is_same_value(path, *found->second, value), "a value is read as it was sent");
    }
    for (const auto& [path, value] : sent) {
        const std::string plain = without_numbers(path);
        const model::CallLog& call_log = call.request.call_log;
        const auto is_it = [&](const std::string& other) {
            return without_numbers(other) == plain;
        };
        require(read.contains(path) || plain == "BaseRequest" || plain == "CustomerCallLog" ||
                    !soap::contract().has_path(plain) ||
                    std::any_of(call_log.open_content.begin(), call_log.open_content.end(),
                                [&](const auto& content) { return is_it(content.path); }) ||
                    std::any_of(call_log.nil_elements.begin(), call_log.nil_elements.end(), is_it),
                "what was sent is read");
    }
}

std::string with_line_feeds(std::string text) {
    for (std::size_t at = 0; (at = text.find('\r', at)) != std::string::npos;) {
        text.replace(at, text.compare(at, 2, "\r\n") == 0 ? 2 : 1, "\n");
    }
    return text;
}

void check_reply(const fuzz::CallRead& call) {
    model::CreateCallLogReply reply;
    reply.outcome = model::Outcome::stored;
    const auto walked = fuzz::walk_xml(soap::write_create_call_log_reply(
        call.reading.version, call.request.credentials, call.reading.credentials_attributes, reply,
        "2011-03-04T10:06:07Z"));
    require(walked.has_value(), "the reply is well-formed");
    if (!call.request.credentials) return;
    const std::string envelope = "{" + call.reading.root_namespace + "}";
    const Fields echoed =
        without_service(below(*walked, envelope + "Envelope[1]/" + envelope + "Header[1]/" +
                                           service + "ScCredentials[1]/"));
    Fields sent = fields_of(*call.request.credentials);
    // The original writes a carriage return as it is, which its reader makes a line feed of.
    for (auto& [path, text] : sent) {
        if (text) text = with_line_feeds(*text);
    }
    require(is_same(echoed, sent), "the credentials are echoed");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const fuzz::Message message(fuzz::Input(bytes, size));
    const auto call = fuzz::read_call(message);
    if (!call) return 0;
    const Fields read = fields_of(call->request.call_log);
    check_canonical(*call, read);
    if (call->reading.ignored_count == 0) check_message(std::string(*message.text), *call, read);
    check_reply(*call);
    return 0;
}
