#include "soap/skeleton.hpp"

#include <soapH.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "model/error.hpp"
#include "soap/create_call_log.hpp"

// The library refers to this symbol; each context gets the table below instead.
SOAP_NMAC struct Namespace namespaces[] = {{nullptr, nullptr, nullptr, nullptr}};

namespace customercare::soap {

namespace {

// SOAP 1.1 comes first: the generated table would make SOAP 1.2 the default.
constexpr auto namespace_table = std::to_array<Namespace>(
    {{"SOAP-ENV", "http://schemas.xmlsoap.org/soap/envelope/",
      "http://www.w3.org/2003/05/soap-envelope", nullptr},
     {"SOAP-ENC", "http://schemas.xmlsoap.org/soap/encoding/",
      "http://www.w3.org/2003/05/soap-encoding", nullptr},
     {"xsi", "http://www.w3.org/2001/XMLSchema-instance", nullptr, nullptr},
     {"xsd", "http://www.w3.org/2001/XMLSchema", nullptr, nullptr},
     {"c", "http://ws.southernco.com/CustSvc-iHub", nullptr, nullptr},
     {nullptr, nullptr, nullptr, nullptr}});

// PLAIN: no HTTP. UTFSTRING: strings are UTF-8, else a euro sign is silently corrupted. TREE: id
// and href attributes mean nothing.
constexpr soap_mode mode = SOAP_ENC_PLAIN | SOAP_C_UTFSTRING | SOAP_XML_TREE;

enum class Found { text, another_element, unclear };

/// Reads "<TAG>text</TAG>" if it stands in the buffer as a whole and without references: a checked
/// message has no attributes, and one prefix for one namespace.
Found find_text(::soap* context, std::string_view tag, Text& text) {
    if (context->peeked != 0 || context->ahead != 0) return Found::unclear;
    const std::string_view input(context->buf + context->bufidx, context->buflen - context->bufidx);
    const std::size_t start = tag.size() + 2;
    if (input.size() <= start || input[0] != '<' || input[1] == '/') return Found::unclear;
    if (input[start - 1] != '>' || input.substr(1, tag.size()) != tag) {
        return Found::another_element;
    }
    const std::size_t end = input.find('<', start);
    const std::size_t end_tag_size = tag.size() + 3;
    if (end == std::string_view::npos || input.size() - end < end_tag_size) return Found::unclear;
    const std::string_view value = input.substr(start, end - start);
    if (value.find('&') != std::string_view::npos) return Found::unclear;
    text.emplace(value);
    context->bufidx += end + end_tag_size;
    return Found::text;
}

/// Frees what a message took from the context. Not soap_end, which would also clear the tables for
/// id and href: a checked message has none.
struct Release {
    ::soap* context;

    explicit Release(::soap* used) : context(used) {}
    ~Release() {
        soap_destroy(context);
        soap_dealloc(context, nullptr);
    }
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
};

}  // namespace

/// Leaves out the names in objects' end tags, which gSOAP would read byte by byte to compare them
/// with nothing: it takes "</>" as well.
std::size_t Skeleton::Input::copy(char* buffer, std::size_t size) {
    constexpr std::size_t end_tag_start = std::string_view("</").size();
    std::size_t count = 0;
    while (count < size && position < text.size()) {
        const std::size_t name =
            object_ends.empty() ? text.size() : object_ends.front() + end_tag_start;
        const std::size_t copied =
            text.copy(buffer + count, std::min(name - position, size - count), position);
        count += copied;
        position += copied;
        if (position != name || object_ends.empty()) continue;
        position = text.find('>', name);
        object_ends = object_ends.subspan(1);
    }
    return count;
}

void Skeleton::Free::operator()(::soap* context) const noexcept {
    soap_destroy(context);
    soap_end(context);
    soap_free(context);
}

Skeleton::Skeleton() : context_(soap_new2(mode, mode)) {
    soap_set_namespaces(context_.get(), namespace_table.data());
    context_->user = &input_;
    context_->frecv = [](::soap* context, char* buffer, std::size_t size) {
        return static_cast<Input*>(context->user)->copy(buffer, size);
    };
}

model::CreateCallLogRequest Skeleton::read(const Reading& reading) {
    ::soap* context = context_.get();
    const Release release(context);
    input_ = {.text = reading.canonical, .object_ends = reading.object_ends};
    // To gSOAP all messages are one stream, of one element after another: soap_begin_recv would
    // clear 50 kB of tables each time. It counts the stream's bytes, up to 2 GiB.
    constexpr std::size_t longest_stream = 1'000'000'000;
    if (!is_in_step_ && soap_begin_recv(context) != SOAP_OK) fail();
    is_in_step_ = false;
    c__ScCredentials credentials;
    credentials.soap_default(context);
    if (reading.has_credentials &&
        soap_in_c__ScCredentials(context, "c:ScCredentials", &credentials, nullptr) == nullptr) {
        fail();
    }
    _c__CreateCallLog message;
    message.soap_default(context);
    if (soap_in__c__CreateCallLog(context, "c:CreateCallLog", &message, nullptr) == nullptr) {
        fail();
    }
    is_in_step_ = context->count < longest_stream;
    return to_model(reading.has_credentials ? &credentials : nullptr, message);
}

void Skeleton::fail() {
    ::soap* context = context_.get();
    const int error = context->error;
    soap_set_fault(context);
    const char** text = soap_faultstring(context);
    throw model::ServiceError(
        model::ErrorCode::internal,
        "gSOAP refused a checked message: error " + std::to_string(error) +
            (text != nullptr && *text != nullptr ? std::string(", ") + *text : ""));
}

}  // namespace customercare::soap

// The custom serializer of Text (see gSOAP's custom/README.txt). gSOAP's own one of strings reads
// byte by byte, at some thirty instructions each.

Text* soap_in_xsd__text(soap* context, const char* tag, Text* text, const char* /*type*/) {
    using customercare::soap::Found;
    switch (customercare::soap::find_text(context, tag, *text)) {
        case Found::text:
            return text;
        case Found::another_element:
            context->error = SOAP_TAG_MISMATCH;
            return nullptr;
        case Found::unclear:
            break;
    }
    if (soap_element_begin_in(context, tag, 1, nullptr) != SOAP_OK) return nullptr;
    text->emplace();
    if (context->body == 0) return text;
    const char* const read = soap_string_in(context, 1, -1, -1, nullptr);
    if (read == nullptr) return nullptr;
    text->emplace(read);
    return soap_element_end_in(context, tag) == SOAP_OK ? text : nullptr;
}

void soap_default_xsd__text(soap* /*context*/, Text* text) { text->reset(); }

// Nothing is written by gSOAP, but what it generates refers to these.
void soap_serialize_xsd__text(soap* /*context*/, const Text* /*text*/) {}
int soap_out_xsd__text(soap* context, const char* /*tag*/, int /*id*/, const Text* /*text*/,
                       const char* /*type*/) {
    return context->error = SOAP_FATAL_ERROR;
}
