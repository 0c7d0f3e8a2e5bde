#include <algorithm>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "soap/contract.hpp"
#include "standin/explanation.hpp"

namespace customercare::standin {

namespace {

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    return name.substr(name.rfind(':') + 1);
}

/// The namespace of an element, by the declarations around it ([XMLNS10] 6).
std::string namespace_of(const pugi::xml_node& node) {
    const std::string name = node.name();
    const std::size_t colon = name.find(':');
    const std::string declaration =
        colon == std::string::npos ? "xmlns" : "xmlns:" + name.substr(0, colon);
    for (pugi::xml_node scope = node; !scope.empty(); scope = scope.parent()) {
        if (const pugi::xml_attribute found = scope.attribute(declaration.c_str())) {
            return found.value();
        }
    }
    return {};
}

bool is_nil(const pugi::xml_node& node) {
    const auto attributes = node.attributes();
    return std::any_of(attributes.begin(), attributes.end(), [](const pugi::xml_attribute& one) {
        const std::string_view name = one.name();
        const std::string_view value = one.value();
        return name.substr(name.rfind(':') + 1) == "nil" && (value == "true" || value == "1");
    });
}

std::string describe(const std::string& uri) {
    return uri.empty() ? "no namespace" : "namespace \"" + uri + "\"";
}

std::string declaration_of(const std::string& uri) { return "xmlns=\"" + uri + "\""; }

/// What keeps `parent` from having the child; "" and the child if nothing does. `path` names it.
std::string find_child(const pugi::xml_node& parent, const soap::ElementDeclaration& wanted,
                       const std::string& path, pugi::xml_node& child) {
    const std::string uri(wanted.qualified ? soap::contract().service_namespace() : "");
    std::string near;
    for (const pugi::xml_node& node : parent.children()) {
        const std::string_view name = local_name(node);
        if (!model::equals_ignoring_case(name, wanted.name)) continue;
        if (name != wanted.name) {
            near = path + " is spelled " + std::string(name) + "; write " + wanted.name + ".";
        } else if (namespace_of(node) != uri) {
            near = path + " is in " + describe(namespace_of(node)) + "; it must be in " +
                   describe(uri) + " (" + declaration_of(uri) + ").";
        } else if (is_nil(node)) {
            return path + " is xsi:nil, which is the same as leaving it out. Fill it.";
        } else {
            child = node;
            return {};
        }
    }
    return near.empty() ? path + " is missing." : near;
}

const soap::ElementDeclaration* find_declaration(const soap::ElementDeclaration& parent,
                                                 std::string_view name) {
    for (const soap::ElementDeclaration& element : parent.type->elements) {
        if (element.name == name) return &element;
    }
    return nullptr;
}

/// What is wrong with one of the two tokens; "" if it is there and not empty.
std::string explain_token(const pugi::xml_node& credentials, std::string_view token) {
    pugi::xml_node node = credentials;
    const soap::ElementDeclaration* declaration = &soap::contract().header();
    std::string path = declaration->name;
    for (const std::string_view name :
         {token, std::string_view("BinarySecurityToken"), std::string_view("ID")}) {
        declaration = find_declaration(*declaration, name);
        path += "/" + std::string(name);
        pugi::xml_node child;
        if (std::string problem = find_child(node, *declaration, path, child); !problem.empty()) {
            return problem;
        }
        node = child;
    }
    return node.text().empty() ? path + " is empty." : "";
}

std::string explain_missing(const pugi::xml_document& message) {
    const soap::ElementDeclaration& wanted = soap::contract().header();
    const std::string uri(soap::contract().service_namespace());
    pugi::xml_node header;
    for (const pugi::xml_node& node : message.document_element().children()) {
        if (local_name(node) == "Header") header = node;
    }
    const pugi::xml_node elsewhere = message.find_node([&](const pugi::xml_node& node) {
        return local_name(node) == wanted.name && node.parent() != header;
    });
    const std::string remedy =
        " Put " + wanted.name + " in " + describe(uri) + " into soap:Header.";
    if (!elsewhere.empty()) {
        return wanted.name + " stands in " + std::string(local_name(elsewhere.parent())) +
               "; it belongs into soap:Header.";
    }
    if (!header) return "The message has no soap:Header." + remedy;
    pugi::xml_node credentials;
    if (std::string problem = find_child(header, wanted, wanted.name, credentials);
        !problem.empty()) {
        return problem.ends_with("is missing.") ? "soap:Header has no " + wanted.name + "." + remedy
                                                : problem;
    }
    for (const char* token : {"DirectUserNameToken", "OriginatingUserNameToken"}) {
        if (std::string problem = explain_token(credentials, token); !problem.empty()) {
            return problem + " Both tokens must be there, each with a BinarySecurityToken/ID.";
        }
    }
    return {};
}

}  // namespace

std::string explain_credentials(const Exchange& exchange, std::string_view text) {
    const model::RulesTrail& rules = exchange.trail.rules;
    if (rules.direct_is_registered) {
        std::string which;
        if (!*rules.direct_is_registered) which = "DirectUserNameToken's ID is";
        if (!*rules.originating_is_registered) {
            which =
                which.empty() ? "OriginatingUserNameToken's ID is" : "The IDs of both tokens are";
        }
        return which +
               " not registered for that role, or expired, revoked or bound to another client "
               "certificate. See `customercare credentials list`, or add it with `customercare "
               "credentials add`.";
    }
    pugi::xml_document message;
    // What got here was well-formed; a document that pugixml can't read has no explanation.
    if (!message.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8)) {
        return exchange.detail;
    }
    const std::string missing = explain_missing(message);
    return missing.empty() ? exchange.detail : missing;
}

}  // namespace customercare::standin
