#pragma once

#include <stdexcept>
#include <string>

namespace customercare::model {

/// What kind of failure a ServiceError is; decides the fault that the client reads and the log
/// level.
enum class ErrorCode {
    busy,      ///< A limit is reached; the client may try again. SOAP Server fault, status 503.
    no_space,  ///< The disk is nearly full. SOAP Server fault, status 503.
    storage,   ///< Nothing was stored. SOAP Server fault, status 500.
    internal,  ///< A defect of ours. SOAP Server fault, status 500.
    usage,     ///< A command or a setting is wrong; never reaches a client.
};

/// The one exception of the project. `what()` is for the operator (it may name paths, never
/// personal data); clients read the fixed text that soap/ has for the code.
class ServiceError : public std::runtime_error {
public:
    ServiceError(ErrorCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
    [[nodiscard]] ErrorCode code() const { return code_; }

private:
    ErrorCode code_;
};

}  // namespace customercare::model
