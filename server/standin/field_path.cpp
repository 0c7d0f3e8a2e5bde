#include "standin/field_path.hpp"

#include <algorithm>

#include "model/error.hpp"
#include "model/http_message.hpp"
#include "soap/contract.hpp"

namespace customercare::standin {

namespace {

void append_paths(const soap::ComplexType& type, const std::string& parent,
                  std::vector<std::string>& paths) {
    for (const soap::ElementDeclaration& element : type.elements) {
        const std::string path = parent.empty() ? element.name : parent + '/' + element.name;
        if (element.content == soap::Content::object && element.type != nullptr) {
            append_paths(*element.type, path, paths);
        } else {
            paths.push_back(path);
        }
    }
}

std::vector<std::string> make_paths() {
    std::vector<std::string> paths;
    for (const soap::Operation& operation : soap::contract().operations()) {
        append_paths(*operation.request->type->elements.at(0).type, "", paths);
    }
    return paths;
}

std::string_view last_step(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool has_tail(std::string_view path, std::string_view tail) {
    return path == tail || (path.size() > tail.size() && path.ends_with(tail) &&
                            path[path.size() - tail.size() - 1] == '/');
}

std::string join(const std::vector<std::string>& paths) {
    std::string text;
    for (const std::string& path : paths) text += (text.empty() ? "" : ", ") + path;
    return text;
}

template <typename Wanted>
std::vector<std::string> find_paths(Wanted wanted) {
    std::vector<std::string> found;
    std::copy_if(list_field_paths().begin(), list_field_paths().end(), std::back_inserter(found),
                 wanted);
    return found;
}

}  // namespace

const std::vector<std::string>& list_field_paths() {
    static const std::vector<std::string> paths = make_paths();
    return paths;
}

std::string resolve_field_path(std::string_view text) {
    const auto refuse = [text](const std::string& why) {
        throw model::ServiceError(model::ErrorCode::usage, '"' + std::string(text) + "\" " + why);
    };
    const std::vector<std::string>& all = list_field_paths();
    if (std::find(all.begin(), all.end(), text) != all.end()) return std::string(text);
    const auto found = find_paths([text](const auto& path) { return has_tail(path, text); });
    if (found.size() == 1) return found.front();
    if (found.size() > 1) refuse("could be any of these fields: " + join(found));
    const auto near = find_paths([text](const auto& path) {
        return model::equals_ignoring_case(last_step(path), last_step(text));
    });
    if (!near.empty()) refuse("is no field of the request; did you mean " + join(near) + '?');
    refuse("is no field of the request; there are: " + join(all));
    return {};
}

bool is_secret_field(std::string_view path) {
    const std::string_view name = last_step(path);
    return name == "SSN" || name == "DriverLicense";
}

}  // namespace customercare::standin
