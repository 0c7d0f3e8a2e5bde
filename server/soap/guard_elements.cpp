#include <algorithm>
#include <bit>

#include "model/http_message.hpp"
#include "model/white_space.hpp"
#include "soap/guard_reader.hpp"
#include "soap/values.hpp"

namespace customercare::soap {

namespace {

/// Newer .NET clients send an Action header in it, with mustUnderstand; see dotnet/wcf#4502.
constexpr std::string_view addressing_none =
    "http://schemas.microsoft.com/ws/2005/05/addressing/none";

constexpr std::string_view missing_envelope =
    "Request format is invalid: Missing required soap:Envelope element.";
constexpr std::string_view missing_body =
    "Request format is invalid: Missing required soap:Body element.";

constexpr std::size_t nowhere = std::string_view::npos;

bool is_soap(NamespaceId id) { return id == soap11_id || id == soap12_id; }

/// Size of the node at the start of `rest`, what follows </Envelope>: white space up to the next
/// tag, a comment or an instruction. 0: the end, be it a NUL, with which C programs may end the
/// message; nowhere: nothing that may stand there.
std::size_t size_of_node(std::string_view rest) {
    if (rest.empty() || rest[0] == '\0') return 0;
    const auto* const end_of_white = std::find_if_not(rest.begin(), rest.end(), model::is_white);
    const auto white = static_cast<std::size_t>(end_of_white - rest.begin());
    if (white != 0) return white == rest.size() || rest[white] == '<' ? white : nowhere;
    if (rest.substr(0, 4) == "<!--") {
        const std::size_t close = rest.find("--", 4);
        return close != nowhere && rest.substr(close, 3) == "-->" ? close + 3 : nowhere;
    }
    if (rest.substr(0, 2) != "<?") return nowhere;
    const std::string_view target = rest.substr(2, rest.find_first_of(" \t\r\n?", 2) - 2);
    const std::size_t close = rest.find("?>", 2);
    const bool good =
        close != nowhere && !target.empty() && !model::equals_ignoring_case(target, "xml");
    return good ? close + 2 : nowhere;
}

}  // namespace

/// Most of a message is simple elements without attributes, prefixes and references: such a one is
/// read at once. False: nothing is read; what is not such a one, not expected there, or too much
/// for a limit, is read node by node.
bool Guard::Reader::read_plain_element() {
    if (frames_.empty() || !value_error_.empty()) return false;
    Frame& parent = top();
    const bool is_kept_or_skipped = parent.state == State::open || parent.state == State::skipped;
    if (parent.state != State::object && !is_kept_or_skipped) return false;
    if (element_count_ >= limits_.max_elements || frames_.size() >= limits_.max_depth) return false;
    const std::optional<XmlReader::PlainElement> next = xml_.peek_plain_element();
    if (!next || next->name.size() > limits_.max_name_bytes) return false;
    if (is_kept_or_skipped) {
        xml_.read(*next);
    } else {
        const std::size_t index = find_child(parent, next->name, namespaces_.default_namespace());
        if (index == unknown_child || parent.has_seen(index)) return false;
        const ElementDeclaration& element = parent.declaration->type->elements[index];
        const bool is_simple =
            element.content != Content::object && element.content != Content::open;
        if (!is_simple || element.repeats) return false;
        xml_.read(*next);
        parent.seen |= std::uint64_t{1} << index;
        value_ = {};
        value_is_plain_ = true;
        append_value(next->text, true);
        if (!stopped_) end_simple(element);
    }
    ++element_count_;
    parent.plain = false;
    return true;
}

void Guard::Reader::on_start() {
    if (++element_count_ > limits_.max_elements) {
        return fail_limit("more than ", limits_.max_elements, " elements", "guard.max_elements");
    }
    if (frames_.size() >= limits_.max_depth) {
        return fail_limit("elements nested more than ", limits_.max_depth, " deep",
                          "guard.max_depth");
    }
    pending_ = Frame{};
    pending_.bindings = static_cast<std::uint32_t>(namespaces_.count());
    pending_.counters = static_cast<std::uint32_t>(counters_.size());
    pending_.start = offset();
    Name name;
    const bool has_attributes = !xml_.attributes().empty();
    attributes_.clear();
    if (has_attributes && !declare_namespaces()) return;
    if (!resolve(xml_.name(), xml_.prefix_size(), false, offset() + 1, name)) return;
    if (has_attributes && !check_attributes()) return;
    if (!value_error_.empty()) return settle_value_error(offset() + 1);

    if (frames_.empty()) {
        start_root(name);
    } else {
        top().plain = false;
        switch (top().state) {
            case State::envelope:
                start_in_envelope(name);
                break;
            case State::header:
                start_in_header(name);
                break;
            case State::body:
                start_in_body(name);
                break;
            case State::operation:
                start_in_operation(name);
                break;
            case State::object:
                start_in_object(name);
                break;
            case State::simple:
                fail_unexpected_node("Element", offset() + 1);
                break;
            case State::open:
            case State::skipped:
                break;
        }
    }
    frames_.push_back(pending_);
}

void Guard::Reader::start_root(const Name& name) {
    reading_.root_read = true;
    reading_.root_name = name.local;
    reading_.root_namespace = namespaces_.uri(name.id);
    reading_.version = name.id == soap11_id   ? SoapVersion::soap11
                       : name.id == soap12_id ? SoapVersion::soap12
                                              : SoapVersion::none;
    pending_.state = State::envelope;
    if (name.local != "Envelope") {
        reading_.routing_error = {ReadError::Kind::invalid, missing_envelope, {}};
        fail(ReadError::Kind::invalid, missing_envelope, offset() + 1);
        stop();
    } else if (reading_.version == SoapVersion::none) {
        fail(ReadError::Kind::invalid, "The envelope's namespace is not SOAP's.", offset() + 1);
    }
}

void Guard::Reader::start_in_envelope(const Name& name) {
    const bool soap = namespaces_.uri(name.id) == reading_.root_namespace;
    if (phase_ == Phase::in_empty_body) return start_in_body(name);
    if (phase_ == Phase::after_body) return;
    if (soap && name.local == "Body") {
        pending_.state = State::body;
        body_start_ = canonical_.size();
        return;
    }
    if (soap && name.local == "Header" && phase_ == Phase::before_header && !searching_) {
        phase_ = Phase::before_body;
        pending_.state = State::header;
        return;
    }
    if (!searching_) fail(ReadError::Kind::invalid, missing_body, offset() + 1);
}

void Guard::Reader::start_in_header(const Name& name) {
    if (searching_) return;
    const ElementDeclaration& credentials = contract_.header();
    if (name.id == service_id && name.local == credentials.name && !credentials_read_) {
        credentials_read_ = true;
        pending_.declaration = &credentials;
        if (check_xsi_type()) start_credentials();
        return;
    }
    const bool addressing = namespaces_.uri(name.id) == addressing_none && name.local == "Action";
    if (!addressing && !reading_.not_understood && attribute_is_true("mustUnderstand")) {
        reading_.not_understood = UnderstandingRequired{std::string(name.local)};
    }
}

/// What SoapHeader's own members take from the attributes, and give back in the reply.
void Guard::Reader::start_credentials() {
    bool must_understand = false;
    bool relay = false;
    std::string actor;
    for (const auto& [name, value, place] : attributes_) {
        const bool understand = is_soap(name.id) && name.local == "mustUnderstand";
        if (understand || (name.id == soap12_id && name.local == "relay")) {
            if (value != "0" && value != "1" && value != "true" && value != "false") {
                return fail_at(
                    place, quoted(value) + " is not a valid value for the " +
                               (understand ? "field EncodedMustUnderstand" : "'relay' attribute") +
                               ". Valid values are '0', '1', 'true', and 'false'.");
            }
            (understand ? must_understand : relay) = value == "1" || value == "true";
        } else if ((name.id == soap11_id && name.local == "actor") ||
                   (name.id == soap12_id && name.local == "role")) {
            actor = value;
        }
    }
    const bool soap12 = reading_.version == SoapVersion::soap12;
    std::string& echo = reading_.credentials_attributes;
    if (must_understand) echo += R"( soap:mustUnderstand="1")";
    if (!actor.empty()) {
        echo += soap12 ? R"( soap:role=")" : R"( soap:actor=")";
        append_escaped_attribute(echo, actor);
        echo += '"';
    }
    if (relay && soap12) echo += R"( soap:relay="1")";

    pending_.state = State::object;
    canonical_ += contract_.header().start_tag;
    counters_.resize(counters_.size() + pending_.declaration->type->repeating);
}

void Guard::Reader::reach_body(std::string_view local, NamespaceId id) {
    if (reading_.body_reached) return;
    reading_.body_reached = true;
    reading_.body_element = local;
    reading_.body_namespace = namespaces_.uri(id);
    if (searching_) return stop();
    if (routed_ != nullptr) return;
    for (const Operation& operation : contract_.operations()) {
        if (id == service_id && local == operation.name) routed_ = &operation;
    }
    // Not an operation of ours: the endpoint's answer does not depend on what follows.
    if (routed_ == nullptr) stop();
}

void Guard::Reader::start_in_body(const Name& name) {
    reach_body(name.local, name.id);
    if (stopped_) return;
    if (name.id != service_id || name.local != routed_->name) {
        return ignore(name.local, offset(), [&] {
            return "the operation element " + routed_->name + " in namespace " +
                   namespaces_.uri(service_id);
        });
    }
    pending_.state = State::operation;
    pending_.declaration = routed_->request;
    if (!operation_open_) {
        operation_open_ = true;
        canonical_ += routed_->request->start_tag;
        request_start_ = canonical_.size();
    }
}

void Guard::Reader::start_in_operation(const Name& name) {
    const ElementDeclaration& request = routed_->request->type->elements.at(0);
    if (name.id != service_id || name.local != request.name || top().has_seen(0)) {
        return ignore(name.local, offset(), [&] { return expected_in(top()); });
    }
    top().seen |= 1U;
    if (++requests_read_ > 1) {
        // The operation stands twice in the Body: both are read into the same parameters.
        canonical_.resize(request_start_);
        std::erase_if(object_ends_, [this](std::size_t end) { return end >= request_start_; });
        reading_.open_content.clear();
        reading_.nil_elements.clear();
        ++reading_.ignored_count;
        // Named once, however often: its line takes a look at all that stands before it.
        if (requests_read_ == 2) {
            reading_.ignored.push_back({routed_->name + "/" + request.name,
                                        text_position(message_, request_offset_).line,
                                        "one " + routed_->name + " in soap:Body"});
        }
    }
    request_offset_ = offset();
    pending_.declaration = &request;
    if (!check_xsi_type()) return;
    pending_.state = State::object;
    canonical_ += request.start_tag;
    pending_.in_request = true;
    counters_.resize(counters_.size() + request.type->repeating);
}

std::size_t Guard::Reader::find_child(const Frame& parent, std::string_view local, NamespaceId id) {
    const std::vector<ElementDeclaration>& elements = parent.declaration->type->elements;
    // Senders mostly keep the order of the contract: begin with the last child read.
    const std::size_t size = elements.size();
    std::size_t index = parent.seen == 0 ? 0 : std::bit_width(parent.seen) - 1;
    for (std::size_t tried = 0; tried < size; ++tried, index = index + 1 == size ? 0 : index + 1) {
        if (elements[index].name == local &&
            id == (elements[index].qualified ? service_id : no_namespace)) {
            return index;
        }
    }
    return unknown_child;
}

void Guard::Reader::start_in_object(const Name& name) {
    Frame& parent = top();
    const std::size_t index = find_child(parent, name.local, name.id);
    if (index == unknown_child) {
        if (parent.declaration->type->keeps_unknown) {
            if (!count_item()) return;
            pending_.state = State::open;
            return;
        }
        return ignore(name.local, offset(), [&] { return expected_in(parent); });
    }
    const ElementDeclaration& element = parent.declaration->type->elements[index];
    if (!element.repeats && parent.has_seen(index)) {
        return ignore(name.local, offset(), [&] { return "one " + element.name + " only"; });
    }
    parent.seen |= std::uint64_t{1} << index;
    if ((element.repeats || element.content == Content::open) && !count_item()) return;
    const std::uint16_t ordinal =
        element.repeats ? ++counters_[parent.counters + element.repeat_index] : std::uint16_t{0};
    start_declared(element, ordinal);
}

void Guard::Reader::start_declared(const ElementDeclaration& declaration, std::uint16_t ordinal) {
    pending_.declaration = &declaration;
    pending_.ordinal = ordinal;
    pending_.in_request = top().in_request;
    if (!attributes_.empty()) {
        if (!check_xsi_type()) return;
        const auto nil = attribute(xsi_id, "nil");
        pending_.nil = nil && parse_boolean(*nil).value_or(false);
        pending_.plain = attributes_.size() == (nil ? 1U : 0U);
    }
    switch (declaration.content) {
        case Content::object:
            pending_.state = State::object;
            path_.resize(top().path_size);
            append_step(path_, declaration.name, ordinal);
            pending_.path_size = path_.size();
            canonical_ += declaration.start_tag;
            counters_.resize(counters_.size() + declaration.type->repeating);
            break;
        case Content::open:
            pending_.state = State::open;
            break;
        default:
            pending_.state = State::simple;
            value_ = {};
            value_is_plain_ = true;
    }
}

void Guard::Reader::on_end() {
    const std::size_t end = xml_.end();
    if (!value_error_.empty()) return settle_value_error(offset() + 2);
    const Frame frame = frames_.back();
    frames_.pop_back();
    counters_.resize(frame.counters);
    if (frame.nil && frame.in_request && frame.declaration != nullptr &&
        (frame.state != State::open || frame.plain)) {
        reading_.nil_elements.push_back(request_path(frame.declaration->name, frame.ordinal));
    }
    switch (frame.state) {
        case State::body:
            // The original steps over an empty-element Body, and reads what follows in its place.
            phase_ = message_[end - 2] == '/' ? Phase::in_empty_body : Phase::after_body;
            reach_body({}, no_namespace);
            break;
        case State::object:
            end_object(*frame.declaration);
            break;
        case State::simple:
            end_simple(*frame.declaration);
            break;
        case State::open:
            if (!(frame.nil && frame.plain)) end_open(frame, end);
            break;
        case State::envelope:
        case State::header:
        case State::operation:
        case State::skipped:
            break;
    }
    namespaces_.leave(frame.bindings);
    if (frames_.empty() && !stopped_) {
        finish_root(end);
        stop();
    }
}

void Guard::Reader::end_object(const ElementDeclaration& declaration) {
    object_ends_.push_back(canonical_.size());
    canonical_ += declaration.end_tag;
}

void Guard::Reader::end_simple(const ElementDeclaration& declaration) {
    canonical_ += declaration.start_tag;
    if (declaration.content == Content::string && value_is_plain_) {
        canonical_ += value_;
    } else {
        value_error_ = convert_value(declaration.content, value_, canonical_);
    }
    canonical_ += declaration.end_tag;
}

/// The path of a child of the innermost open element, from the request down.
std::string Guard::Reader::request_path(std::string_view name, std::uint16_t ordinal) const {
    constexpr std::size_t most_around_name = std::string_view("/[65535]").size();
    std::string path;
    path.reserve(frames_.back().path_size + name.size() + most_around_name);
    path.append(path_, 0, frames_.back().path_size);
    append_step(path, name, ordinal);
    return path;
}

/// Keeps an element of open content as it was sent, with the namespaces that it takes from around
/// it.
void Guard::Reader::end_open(const Frame& frame, std::size_t end) {
    const std::string_view raw = message_.substr(frame.start, end - frame.start);
    const std::size_t name_end = raw.find_first_of(" \t\r\n/>");
    const std::string_view name =
        frame.declaration == nullptr ? raw.substr(1, name_end - 1) : frame.declaration->name;
    model::OpenContent content{request_path(name, frame.ordinal), {}};
    content.xml.reserve(raw.size());
    content.xml = raw.substr(0, name_end);
    namespaces_.append_inherited(content.xml, raw, frame.bindings);
    if (!count_content(content.xml.size() + raw.size() - name_end)) return;
    content.xml += raw.substr(name_end);
    reading_.open_content.push_back(std::move(content));
}

void Guard::Reader::on_text() {
    if (frames_.empty()) return;
    if (!value_error_.empty()) return settle_value_error(offset());
    Frame& frame = top();
    if (frame.state == State::simple) return append_value(xml_.text(), xml_.is_plain());
    if (xml_.is_blank()) {
        if (frame.state == State::open) frame.plain = false;
        return;
    }
    on_loose_text(message_.find_first_not_of(" \t\r\n", offset()));
}

void Guard::Reader::on_cdata() {
    const std::size_t place = offset() + std::string_view("<![CDATA[").size();
    if (!value_error_.empty()) return settle_value_error(place);
    if (top().state == State::simple) return append_value(xml_.text(), false);
    on_loose_text(place);
}

void Guard::Reader::append_value(std::string_view text, bool is_plain) {
    if (!count_content(text.size())) return;
    value_is_plain_ = value_is_plain_ && is_plain;
    if (value_.empty()) {
        value_ = text;
        return;
    }
    if (value_.data() != long_value_.data()) long_value_ = value_;
    long_value_ += text;
    value_ = long_value_;
}

bool Guard::Reader::count_item() {
    if (++item_count_ <= limits_.max_items) return true;
    fail_limit("more than ", limits_.max_items, " repeated elements and pieces of open content",
               "guard.max_items");
    return false;
}

bool Guard::Reader::count_content(std::size_t bytes) {
    content_bytes_ += bytes;
    if (content_bytes_ <= limits_.max_content_bytes) return true;
    fail_limit("more than ", limits_.max_content_bytes, " bytes of text and open content",
               "guard.max_content_bytes");
    return false;
}

/// Text between elements: skipped, but for the places where the reader expects an element.
void Guard::Reader::on_loose_text(std::size_t place) {
    Frame& frame = top();
    frame.plain = false;
    const bool before_body = phase_ == Phase::before_header || phase_ == Phase::before_body;
    if (frame.state == State::envelope && before_body && !searching_) {
        return fail(ReadError::Kind::invalid, missing_body, place);
    }
    const bool in_body = frame.state == State::body ||
                         (frame.state == State::envelope && phase_ == Phase::in_empty_body);
    if (in_body) {
        reach_body({}, no_namespace);
        if (stopped_) return;
    }
    if (in_body || frame.state == State::operation || frame.state == State::object) {
        ignore("text()", place, [&] { return expected_in(frame); });
    }
}

void Guard::Reader::on_comment_or_instruction(const char* kind, std::size_t markup) {
    if (frames_.empty()) return;
    if (!value_error_.empty()) return settle_value_error(offset() + markup);
    top().plain = false;
    if (top().state == State::simple) fail_unexpected_node(kind, offset() + markup);
}

void Guard::Reader::finish_root(std::size_t end) {
    const bool body_missing = phase_ == Phase::before_header || phase_ == Phase::before_body;
    // With an action known, a missing Body ends the reading here; the search for one goes on to the
    // message's end; else one node more is read.
    if ((!reading_.error || searching_) && !(body_missing && routed_ != nullptr)) {
        std::size_t size = 0;
        do {
            size = size_of_node(message_.substr(end));
            if (size == nowhere) {
                const bool is_element = end + 1 < message_.size() && message_[end] == '<' &&
                                        message_[end + 1] != '!' && message_[end + 1] != '?';
                return is_element ? fail_reader("There are multiple root elements.", end + 1)
                                  : fail_reader("Data at the root level is invalid.", end);
            }
            end += size;
        } while (body_missing && size != 0);
    }
    if (body_missing) {
        reading_.routing_error = {ReadError::Kind::invalid, missing_body, {}};
        fail(ReadError::Kind::invalid, missing_body, offset());
    }
}

}  // namespace customercare::soap
