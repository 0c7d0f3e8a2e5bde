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

std::size_t receive(::soap* context, char* buffer, std::size_t size) {
    std::string_view& input = static_cast<Call*>(context->user)->input;
    const std::size_t count = std::min(size, input.size());
    std::memcpy(buffer, input.data(), count);
    input.remove_prefix(count);
    return count;
}

}  // namespace

void Skeleton::Free::operator()(::soap* context) const noexcept {
    soap_destroy(context);
    soap_end(context);
    soap_free(context);
}

Skeleton::Skeleton() : context_(soap_new2(mode, mode)) {
    soap_set_namespaces(context_.get(), namespace_table.data());
    context_->frecv = receive;
}

model::CreateCallLogRequest Skeleton::parse(std::string_view canonical) {
    ::soap* context = context_.get();
    Call call{canonical, {}};
    context->user = &call;
    int result = soap_begin_serve(context);
    if (result == SOAP_OK) result = soap_serve_request(context);
    // The operation's function ends with SOAP_STOP, so that gSOAP writes no reply of its own.
    const bool parsed = result == SOAP_STOP;
    std::string error;
    if (!parsed) {
        soap_set_fault(context);
        const char** text = soap_faultstring(context);
        error = "gSOAP refused a checked message: error " + std::to_string(result) +
                (text != nullptr && *text != nullptr ? std::string(", ") + *text : "");
    }
    soap_destroy(context);
    // Not soap_end, which would also clear 50 kB of tables for id and href: a canonical message has
    // none, and the next soap_begin_serve clears them twice.
    soap_dealloc(context, nullptr);
    if (!parsed) throw model::ServiceError(model::ErrorCode::internal, error);
    return std::move(call.create_call_log);
}

}  // namespace customercare::soap
