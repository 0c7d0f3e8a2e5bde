#include "fuzz/xml_walk.hpp"

#include <expat.h>

#include <map>
#include <memory>
#include <utility>

namespace customercare::fuzz {

namespace {

struct OpenElement {
    WalkedElement element;
    std::map<std::string, int> children;  ///< How many of each name have begun.
};

struct Walk {
    XML_Parser parser;
    std::vector<OpenElement> open{1};  ///< The first stands for the document.
    std::vector<WalkedElement> ended;
    bool is_over = false;
    bool has_document_type = false;
};

Walk& walk_of(void* data) { return *static_cast<Walk*>(data); }

// Expat puts it between a namespace and a name; neither can hold it.
constexpr char separator = '\f';

std::string readable(std::string_view name) {
    const std::size_t end = name.find(separator);
    if (end == std::string_view::npos) return std::string(name);
    return "{" + std::string(name.substr(0, end)) + "}" + std::string(name.substr(end + 1));
}

void on_start(void* data, const char* name, const char**) {
    Walk& walk = walk_of(data);
    OpenElement& parent = walk.open.back();
    std::string step = readable(name);
    step += '[' + std::to_string(++parent.children[step]) + ']';
    const std::string& path = parent.element.path;
    walk.open.push_back({{path.empty() ? step : path + '/' + step, {}}, {}});
}

void on_end(void* data, const char*) {
    Walk& walk = walk_of(data);
    walk.ended.push_back(std::move(walk.open.back().element));
    walk.open.pop_back();
    if (walk.open.size() > 1) return;
    walk.is_over = true;
    XML_StopParser(walk.parser, XML_FALSE);
}

void on_text(void* data, const char* text, int size) {
    walk_of(data).open.back().element.text.append(text, static_cast<std::size_t>(size));
}

void on_document_type(void* data, const char*, const char*, const char*, int) {
    walk_of(data).has_document_type = true;
}

}  // namespace

std::optional<std::vector<WalkedElement>> walk_xml(std::string_view document) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
        XML_ParserCreateNS("UTF-8", separator), XML_ParserFree);
    Walk walk{.parser = parser.get()};
    XML_SetUserData(parser.get(), &walk);
    XML_SetElementHandler(parser.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), on_document_type);
    XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), 1);
    if (!walk.is_over || walk.has_document_type) return std::nullopt;
    return std::move(walk.ended);
}

}  // namespace customercare::fuzz
