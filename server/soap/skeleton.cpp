#include "soap/skeleton.hpp"

#include <soapH.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

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
     {"ccs", "http://ws.southernco.com/CustSvc-iHub", nullptr, nullptr},
     {nullptr, nullptr, nullptr, nullptr}});

// PLAIN: no HTTP. UTFSTRING: strings are UTF-8, else a euro sign is silently corrupted. TREE: id
// and href attributes mean nothing.
constexpr soap_mode mode = SOAP_ENC_PLAIN | SOAP_C_UTFSTRING | SOAP_XML_TREE;

/// Leaves out the names in end tags, which gSOAP would read byte by byte to compare them with
/// nothing: it takes "</>" as well.
std::size_t receive(::soap* context, char* buffer, std::size_t size) {
    std::string_view& input = *static_cast<std::string_view*>(context->user);
    constexpr std::string_view end_tag = "</";
    std::size_t count = 0;
    while (count < size && !input.empty()) {
        const std::size_t tag = input.find(end_tag);
        const std::size_t name =
            tag == std::string_view::npos ? input.size() : tag + end_tag.size();
        const std::size_t piece = std::min(name, size - count);
        std::memcpy(buffer + count, input.data(), piece);
        count += piece;
        input.remove_prefix(piece);
        if (piece == name) input.remove_prefix(std::min(input.find('>'), input.size()));
    }
    return count;
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

void Skeleton::Free::operator()(::soap* context) const noexcept {
    soap_destroy(context);
    soap_end(context);
    soap_free(context);
}

Skeleton::Skeleton() : context_(soap_new2(mode, mode)) {
    soap_set_namespaces(context_.get(), namespace_table.data());
    context_->frecv = receive;
    context_->user = &input_;
}

model::CreateCallLogRequest Skeleton::read(std::string_view canonical, bool has_credentials) {
    ::soap* context = context_.get();
    const Release release(context);
    input_ = canonical;
    // To gSOAP all messages are one stream, of one element after another: soap_begin_recv would
    // clear 50 kB of tables each time. It counts the stream's bytes, up to 2 GiB.
    constexpr std::size_t longest_stream = 1'000'000'000;
    if (!is_in_step_ && soap_begin_recv(context) != SOAP_OK) fail();
    is_in_step_ = false;
    ccs__ScCredentials credentials;
    credentials.soap_default(context);
    if (has_credentials && soap_in_ccs__ScCredentials(context, "ccs:ScCredentials", &credentials,
                                                      nullptr) == nullptr) {
        fail();
    }
    _ccs__CreateCallLog message;
    message.soap_default(context);
    if (soap_in__ccs__CreateCallLog(context, "ccs:CreateCallLog", &message, nullptr) == nullptr) {
        fail();
    }
    is_in_step_ = context->count < longest_stream;
    return to_model(has_credentials ? &credentials : nullptr, message);
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
