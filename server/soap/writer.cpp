#include "soap/writer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "soap/text.hpp"
#include "soap/utf8.hpp"

namespace customercare::soap {

namespace {

std::string start_envelope(SoapVersion version) {
    std::string out;
    out.reserve(1536);
    out += R"(<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap=")";
    out += version == SoapVersion::soap12 ? soap12_namespace : soap11_namespace;
    out += R"(" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance")"
           R"( xmlns:xsd="http://www.w3.org/2001/XMLSchema">)";
    return out;
}

/// An empty string is an empty-element tag with a blank before the slash.
void append_element(std::string& out, std::string_view name, std::string_view text) {
    out += '<';
    out += name;
    if (text.empty()) {
        out += " />";
        return;
    }
    out += '>';
    append_reply_text(out, text);
    out += "</";
    out += name;
    out += '>';
}

void append_token(std::string& out, std::string_view name,
                  const std::optional<model::UserNameToken>& token) {
    if (!token) return;
    out += '<';
    out += name;
    if (!token->binary_security_token) {
        out += " />";
        return;
    }
    out += '>';
    if (const model::Sensitive* id = token->id()) {
        out += "<BinarySecurityToken>";
        append_element(out, "ID", id->reveal());
        out += "</BinarySecurityToken>";
    } else {
        out += "<BinarySecurityToken />";
    }
    out += "</";
    out += name;
    out += '>';
}

void append_credentials(std::string& out, const model::ScCredentials& credentials,
                        std::string_view attributes) {
    out += "<soap:Header><ScCredentials";
    out += attributes;
    out += " xmlns=\"";
    out += contract().service_namespace();
    out += '"';
    if (!credentials.direct_user_name_token && !credentials.originating_user_name_token &&
        !credentials.created) {
        out += " /></soap:Header>";
        return;
    }
    out += '>';
    append_token(out, "DirectUserNameToken", credentials.direct_user_name_token);
    append_token(out, "OriginatingUserNameToken", credentials.originating_user_name_token);
    if (credentials.created) append_element(out, "Created", *credentials.created);
    out += "</ScCredentials></soap:Header>";
}

std::string_view fault_name(SoapVersion version, FaultCode code) {
    switch (code) {
        case FaultCode::client:
            return version == SoapVersion::soap12 ? "soap:Sender" : "soap:Client";
        case FaultCode::server:
            return version == SoapVersion::soap12 ? "soap:Receiver" : "soap:Server";
        case FaultCode::version_mismatch:
            return "soap:VersionMismatch";
        case FaultCode::must_understand:
            return "soap:MustUnderstand";
    }
    return "soap:Server";
}

/// Like other text, but it may quote what no XML can hold: for characters the original writes
/// references; bytes that are not UTF-8, as in a header's value, come out as U+FFFD.
void append_fault_text(std::string& out, std::string_view text) {
    std::string escaped;
    append_reply_text(escaped, text);
    const std::string_view all = escaped;
    for (std::size_t i = 0; i < all.size();) {
        const auto byte = static_cast<unsigned char>(all[i]);
        const Character character = byte < 0x80 ? Character{byte, 1} : decode_utf8(all.substr(i));
        if (character.size == 0) {
            out += "\xEF\xBF\xBD";
        } else if (is_legal(character.code_point)) {
            out += all.substr(i, character.size);
        } else {
            std::array<char, 12> reference{};
            std::snprintf(reference.data(), reference.size(), "&#x%X;", character.code_point);
            out += reference.data();
        }
        i += std::max<std::size_t>(character.size, 1);
    }
}

void append_fault(std::string& out, SoapVersion version, FaultCode code, std::string_view text) {
    const bool detail = code != FaultCode::must_understand;
    if (version == SoapVersion::soap12) {
        out += "<soap:Body><soap:Fault><soap:Code><soap:Value>";
        out += fault_name(version, code);
        out += R"(</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">)";
        append_fault_text(out, text);
        out += "</soap:Text></soap:Reason>";
        if (detail) out += "<soap:Detail />";
    } else {
        out += "<soap:Body><soap:Fault><faultcode>";
        out += fault_name(version, code);
        out += "</faultcode><faultstring>";
        append_fault_text(out, text);
        out += "</faultstring>";
        if (detail) out += "<detail />";
    }
    out += "</soap:Fault></soap:Body></soap:Envelope>";
}

}  // namespace

std::string write_create_call_log_reply(SoapVersion version,
                                        const std::optional<model::ScCredentials>& credentials,
                                        std::string_view credentials_attributes,
                                        const model::CreateCallLogReply& reply,
                                        std::string_view message_date_time) {
    std::string out = start_envelope(version);
    if (credentials) append_credentials(out, *credentials, credentials_attributes);
    out += "<soap:Body><CreateCallLogResponse xmlns=\"";
    out += contract().service_namespace();
    out += R"("><CreateCallLogResult><BaseResponse xmlns="">)";
    append_element(out, "MessageDateTime", message_date_time);
    append_element(out, "ResponseCode", reply.response_code);
    append_element(out, "ResponseDescription", reply.response_description);
    if (reply.error_data) {
        out += "<ErrorData>";
        append_element(out, "ErrorCode", reply.error_data->code);
        append_element(out, "ErrorDescription", reply.error_data->description);
        append_element(out, "NativeErrorDetail", reply.error_data->native_error_detail);
        out += "</ErrorData>";
    }
    out +=
        "</BaseResponse></CreateCallLogResult></CreateCallLogResponse></soap:Body></soap:Envelope>";
    return out;
}

std::string write_fault(SoapVersion version, FaultCode code, std::string_view text) {
    std::string out = start_envelope(version);
    append_fault(out, version, code, text);
    return out;
}

std::string write_version_mismatch(std::string_view envelope_namespace) {
    std::string out = start_envelope(SoapVersion::soap11);
    out +=
        R"(<soap:Header><soap12:Upgrade xmlns:soap12="http://www.w3.org/2003/05/soap-envelope">)"
        R"(<soap12:SupportedEnvelope qname="soap:Envelope")"
        R"( xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" />)"
        R"(<soap12:SupportedEnvelope qname="soap12:Envelope")"
        R"( xmlns:soap12="http://www.w3.org/2003/05/soap-envelope" /></soap12:Upgrade></soap:Header>)";
    std::string text = "Possible SOAP version mismatch: Envelope namespace ";
    text += envelope_namespace;
    text += " was unexpected. Expecting ";
    text += soap11_namespace;
    text += '.';
    append_fault(out, SoapVersion::soap11, FaultCode::version_mismatch, text);
    return out;
}

}  // namespace customercare::soap
