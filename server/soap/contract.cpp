#include "soap/contract.hpp"

#include <algorithm>
#include <pugixml.hpp>
#include <wsdl_text.hpp>

#include "model/error.hpp"

namespace customercare::soap {

namespace {

std::string_view local_name(std::string_view qualified_name) {
    return qualified_name.substr(qualified_name.find(':') + 1);
}

[[noreturn]] void fail(const std::string& what) {
    throw model::ServiceError(model::ErrorCode::internal, "CustomerCareService.wsdl: " + what);
}

/// Child of that local name, whatever its prefix.
pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
    return parent.find_child(
        [&](const pugi::xml_node& node) { return local_name(node.name()) == name; });
}

template <typename Visit>
void each_child(const pugi::xml_node& parent, std::string_view name, Visit&& visit) {
    for (const pugi::xml_node& node : parent.children()) {
        if (local_name(node.name()) == name) visit(node);
    }
}

Content simple_content(std::string_view type) {
    if (type == "string") return Content::string;
    if (type == "int") return Content::integer;
    if (type == "boolean") return Content::boolean;
    if (type == "dateTime") return Content::date_time;
    if (type == "date") return Content::date;
    fail("no rule for simple type " + std::string(type));
}

ElementDeclaration declare(const pugi::xml_node& node, bool qualified) {
    ElementDeclaration element;
    element.name = node.attribute("name").value();
    element.qualified = qualified;
    const std::string name = (qualified ? "c:" : "") + element.name;
    element.start_tag = '<' + name + '>';
    element.end_tag = "</" + name + '>';
    return element;
}

}  // namespace

Contract::Contract(std::string_view wsdl) {
    pugi::xml_document document;
    if (!document.load_buffer(wsdl.data(), wsdl.size())) fail("not well-formed");
    const pugi::xml_node definitions = child(document, "definitions");
    const pugi::xml_node schema = child(child(definitions, "types"), "schema");
    service_namespace_ = definitions.attribute("targetNamespace").value();
    service_name_ = child(definitions, "service").attribute("name").value();

    // Types first and in full, so that the addresses that declarations hold stay valid.
    std::vector<pugi::xml_node> type_nodes;
    std::vector<pugi::xml_node> global_nodes;
    each_child(schema, "complexType", [&](auto node) { type_nodes.push_back(node); });
    each_child(schema, "element", [&](auto node) { global_nodes.push_back(node); });
    for (const auto& node : type_nodes) types_.push_back({.name = node.attribute("name").value()});
    for (const auto& node : global_nodes) {
        if (const auto anonymous = child(node, "complexType"); !anonymous.empty()) {
            type_nodes.push_back(anonymous);
            types_.push_back({});
        }
    }

    const auto find_type = [&](std::string_view name) -> const ComplexType* {
        const auto found = std::find_if(types_.begin(), types_.end(),
                                        [&](const auto& type) { return type.name == name; });
        if (found == types_.end()) fail("no type " + std::string(name));
        return &*found;
    };
    const auto is_open = [&](const ComplexType* type) {
        return !child(child(type_nodes[static_cast<std::size_t>(type - types_.data())], "sequence"),
                      "any")
                    .empty();
    };
    const auto set_type = [&](ElementDeclaration& element, std::string_view reference) {
        if (reference.substr(0, reference.find(':')) == "tns") {
            element.type = find_type(local_name(reference));
            element.content = is_open(element.type) ? Content::open : Content::object;
        } else {
            element.content = simple_content(local_name(reference));
        }
    };

    for (std::size_t i = 0; i < types_.size(); ++i) {
        ComplexType& type = types_[i];
        type.keeps_unknown = type.name == "Phone" || type.name == "Email";
        each_child(child(type_nodes[i], "sequence"), "element", [&](const pugi::xml_node& node) {
            const bool qualified =
                std::string_view(node.attribute("form").value()) != "unqualified";
            ElementDeclaration element = declare(node, qualified);
            const std::string_view most = node.attribute("maxOccurs").value();
            element.repeats = !most.empty() && most != "0" && most != "1";
            if (element.repeats) element.repeat_index = type.repeating++;
            set_type(element, node.attribute("type").value());
            type.elements.push_back(std::move(element));
        });
    }

    std::size_t anonymous =
        types_.size() -
        static_cast<std::size_t>(std::count_if(types_.begin(), types_.end(),
                                               [](const auto& type) { return type.name.empty(); }));
    for (const auto& node : global_nodes) {
        ElementDeclaration element = declare(node, true);
        element.start_tag.insert(element.start_tag.size() - 1,
                                 " xmlns:c=\"" + service_namespace_ + '"');
        if (!child(node, "complexType").empty()) {
            element.type = &types_[anonymous++];
            element.content = Content::object;
        } else {
            set_type(element, node.attribute("type").value());
        }
        globals_.push_back(std::move(element));
    }

    const auto find_global = [&](std::string_view name) -> const ElementDeclaration* {
        const auto found = std::find_if(globals_.begin(), globals_.end(),
                                        [&](const auto& element) { return element.name == name; });
        if (found == globals_.end()) fail("no element " + std::string(name));
        return &*found;
    };
    const auto message_element = [&](std::string_view message) {
        const auto node = definitions.find_child([&](const pugi::xml_node& candidate) {
            return local_name(candidate.name()) == "message" &&
                   candidate.attribute("name").value() == local_name(message);
        });
        return find_global(local_name(child(node, "part").attribute("element").value()));
    };

    const pugi::xml_node binding = child(definitions, "binding");
    each_child(child(definitions, "portType"), "operation", [&](const pugi::xml_node& node) {
        Operation operation;
        operation.name = node.attribute("name").value();
        operation.documentation = child(node, "documentation").text().get();
        operation.request = message_element(child(node, "input").attribute("message").value());
        operation.response = message_element(child(node, "output").attribute("message").value());
        each_child(binding, "operation", [&](const pugi::xml_node& bound) {
            if (bound.attribute("name").value() != operation.name) return;
            operation.soap_action = child(bound, "operation").attribute("soapAction").value();
            const auto header = child(child(bound, "input"), "header");
            header_ = message_element(header.attribute("message").value());
        });
        operations_.push_back(std::move(operation));
    });
    if (operations_.empty() || header_ == nullptr) fail("no operation with a header");
}

bool Contract::has_path(std::string_view path) const {
    return std::any_of(operations_.begin(), operations_.end(), [&](const Operation& operation) {
        const ComplexType* type = operation.request->type->elements.at(0).type;
        for (std::string_view rest = path; type != nullptr;) {
            const std::string_view step = rest.substr(0, rest.find('/'));
            const auto found =
                std::find_if(type->elements.begin(), type->elements.end(),
                             [&](const auto& element) { return element.name == step; });
            if (found == type->elements.end()) return false;
            if (step.size() == rest.size()) return true;
            rest.remove_prefix(step.size() + 1);
            type = found->type;
        }
        return false;
    });
}

const Contract& contract() {
    static const Contract instance(schema::wsdl_text);
    return instance;
}

}  // namespace customercare::soap
