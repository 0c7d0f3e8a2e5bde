#include "soap/sample_message.hpp"

#include "soap/text.hpp"

namespace customercare::soap {

namespace {

/// Complex elements above an element, from which on its own content is not shown.
constexpr int shown_depth = 4;

std::string_view placeholder(Content content) {
    switch (content) {
        case Content::string:
            return "string";
        case Content::integer:
            return "int";
        case Content::boolean:
            return "boolean";
        case Content::date_time:
            return "dateTime";
        case Content::date:
            return "date";
        case Content::object:
        case Content::open:
            break;
    }
    return "xml";
}

class SampleWriter {
public:
    explicit SampleWriter(const Contract& contract) : contract_(contract) {}

    void line(std::size_t indent, const std::string& markup) {
        out_ += '\n';
        out_.append(indent * 2, ' ');
        append_reply_text(out_, markup);
    }

    /// `qualified_parent`: the element around is in the service's namespace, `declared`: as
    /// default.
    void element(const ElementDeclaration& declaration, std::size_t indent, int depth,
                 bool qualified_parent, bool declared) {
        std::string start = "<" + declaration.name;
        if (declaration.qualified && !declared) {
            start += " xmlns=\"" + std::string(contract_.service_namespace()) + '"';
        } else if (!declaration.qualified && qualified_parent) {
            start += " xmlns=\"\"";
        }
        if (declaration.type == nullptr) {
            line(indent, start + ">");
            value(placeholder(declaration.content));
            append_reply_text(out_, "</" + declaration.name + ">");
            return;
        }
        if (depth >= shown_depth) return line(indent, start + " xsi:nil=\"true\" />");
        line(indent, start + ">");
        if (declaration.content == Content::open) value(placeholder(declaration.content));
        for (const ElementDeclaration& child : declaration.type->elements) {
            for (int times = child.repeats ? 2 : 1; times > 0; --times) {
                element(child, indent + 1, depth + 1, declaration.qualified, declaration.qualified);
            }
        }
        line(indent, "</" + declaration.name + ">");
    }

    void value(std::string_view text) {
        out_ += "<font class=value>";
        out_ += text;
        out_ += "</font>";
    }

    std::string take() { return std::move(out_); }

private:
    const Contract& contract_;
    std::string out_;
};

}  // namespace

std::string sample_message(const Contract& contract, SoapVersion version,
                           const ElementDeclaration& body) {
    const bool soap12 = version == SoapVersion::soap12;
    const std::string prefix = soap12 ? "soap12" : "soap";
    SampleWriter writer(contract);
    writer.line(0, R"(<?xml version="1.0" encoding="utf-8"?>)");
    writer.line(0, "<" + prefix +
                       R"(:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance")"
                       R"( xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:)" +
                       prefix + "=\"" + std::string(soap12 ? soap12_namespace : soap11_namespace) +
                       "\">");
    writer.line(1, "<" + prefix + ":Header>");
    writer.element(contract.header(), 2, 0, false, false);
    writer.line(1, "</" + prefix + ":Header>");
    writer.line(1, "<" + prefix + ":Body>");
    writer.element(body, 2, 0, false, false);
    writer.line(1, "</" + prefix + ":Body>");
    writer.line(0, "</" + prefix + ":Envelope>");
    return writer.take();
}

}  // namespace customercare::soap
