#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/call_log.hpp"
#include "soap/contract.hpp"
#include "soap/namespaces.hpp"
#include "soap/options.hpp"
#include "soap/text.hpp"
#include "soap/words.hpp"

namespace customercare::soap {

enum class SoapVersion { none, soap11, soap12 };

/// Why reading stopped.
struct ReadError {
    enum class Kind {
        not_well_formed,  ///< An XmlException in .NET: status 400 without a SOAP body.
        invalid,          ///< An InvalidOperationException: Client fault "unable to read request".
        limit,            ///< Over a limit of ours: the same fault.
    };
    Kind kind = Kind::not_well_formed;
    Words words;        ///< What the fault says behind "Server was unable to read request. ---> ".
    Position position;  ///< Where; faults that name it have it in `words` already.
    std::string_view setting{};  ///< Behind a limit: "guard.max_depth" or another. Static text.
};

/// A header block other than the first ScCredentials that said mustUnderstand.
struct UnderstandingRequired {
    std::string name;  ///< Local name.
};

/// An element that the ASMX rules skip.
struct IgnoredElement {
    std::string path;  ///< From the operation element (or "soap:Header/...") down.
    std::size_t line = 0;
    std::string expected;  ///< What could have stood there, in words.
};

/// What the guard learnt from one message.
struct Reading {
    // What routing looks at, as far as the message was read.
    bool root_read = false;
    std::string root_name;  ///< Local name.
    std::string root_namespace;
    SoapVersion version = SoapVersion::none;  ///< By root_namespace.
    bool body_reached = false;                ///< The first node inside soap:Body was read.
    std::string body_element;                 ///< Its local name; "" if it is no element.
    std::string body_namespace;
    /// The error that stops even the search for the Body's first child; nullopt once that is found.
    std::optional<ReadError> routing_error;

    /// The first error on the way through Envelope, Header and Body; nullopt: the message is good.
    std::optional<ReadError> error;

    const Operation* operation = nullptr;  ///< The one to call, if there is no error.
    std::optional<UnderstandingRequired> not_understood;
    std::string
        credentials_attributes;  ///< mustUnderstand, actor, ... of ScCredentials, as echoed.
    std::vector<IgnoredElement> ignored;
    std::size_t ignored_count = 0;  ///< All of them; `ignored` holds the first few.
    std::vector<model::OpenContent> open_content;
    std::vector<std::string> nil_elements;

    /// What gSOAP reads: known elements alone, in UTF-8, without white space between them, every
    /// value checked and in canonical form. Valid until the next read.
    std::string_view canonical;  ///< The header block, if there was one, and the body.
    std::string_view body;       ///< The operation's element.
    bool has_credentials = false;
    std::span<const std::size_t> object_ends;  ///< Objects' end tags in `canonical`, ascending.
};

/// Reads a message as ASMX's deserializer does, in one pass, and keeps everything that is
/// hostile, malformed or outside the contract away from gSOAP.
///
/// A guard keeps its buffers between messages; it is for one thread at a time. Its rules come from
/// the contract; it knows neither sockets nor gSOAP.
/// Sources: the contract's table of ASMX behaviour (sections 1 to 5), [XML10], [XMLNS10], [SOAP11],
/// [SOAP12-1].
class Guard {
public:
    Guard(const Contract& contract, const GuardLimits& limits);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    /// Reads one message in UTF-8 (see encoding.hpp), without byte order mark. `routed` is the
    /// operation that the request's action named; nullptr: the Body's first child is to name it,
    /// and errors before that child do not end the search for it. Views in the result hold until
    /// the next call.
    [[nodiscard]] Reading read(std::string_view message, const Operation* routed);

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

}  // namespace customercare::soap
