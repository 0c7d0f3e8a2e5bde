#include "store/call_log_json.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

namespace customercare::store {

namespace {

/// Adds each_field's fields to an object, where they are there.
struct AddField {
    Json& object;

    template <typename Value>
    void operator()(const char* name, const char*, const std::optional<Value>& value) const {
        if (value) object[name] = *value;
    }
    void operator()(const char* name, const char*, const model::DateTimeText& value) const {
        if (value.text) object[name] = *value.text;
    }
    void operator()(const char* name, const char*,
                    const std::optional<model::Sensitive>& value) const {
        if (value) object[name] = value->reveal();
    }
};

template <typename Record>
Json object_of(const Record& record) {
    Json object = Json::object();
    Record::each_field(record, AddField{object});
    return object;
}

template <typename Record>
void add(Json& object, const char* name, const std::optional<Record>& record) {
    if (record) object[name] = object_of(*record);
}

template <typename Record>
void add(Json& object, const char* name, const std::vector<Record>& records) {
    for (const Record& record : records) object[name].push_back(object_of(record));
}

Json requestor_object(const model::Requestor& requestor) {
    Json object = object_of(requestor);
    add(object, "PrimaryContact", requestor.primary_contact);
    add(object, "SecondaryContact", requestor.secondary_contact);
    add(object, "Email", requestor.email);
    add(object, "OtherPhone", requestor.other_phone);
    add(object, "Fax", requestor.fax);
    return object;
}

/// The place of a path such as "CustomerCallLog/Requestor/Address[2]"; made if it is not there.
Json& locate(Json& root, std::string_view path) {
    Json* place = &root;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const std::string_view step = path.substr(0, slash);
        const std::size_t bracket = std::min(step.find('['), step.size());
        place = &(*place)[std::string(step.substr(0, bracket))];
        if (std::size_t number = 0; bracket < step.size()) {
            std::from_chars(step.data() + bracket + 1, step.data() + step.size(), number);
            if (!place->is_array()) *place = Json::array();
            while (place->size() < number) place->push_back(nullptr);
            place = &(*place)[number - 1];
        }
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return *place;
}

/// An unknown child of a phone may stand there more than once, or have a known one's name in
/// another namespace: then the place becomes an array.
void put_open_content(Json& place, const std::string& xml) {
    if (place.is_null()) {
        place = xml;
    } else if (place.is_array()) {
        place.push_back(xml);
    } else {
        place = Json::array({std::move(place), xml});
    }
}

}  // namespace

Json to_json(const StoredCallLog& stored) {
    const model::CallLog& log = stored.call_log;
    Json root{{"id", stored.id},
              {"receivedAt", stored.received_at},
              {"credential", stored.credential_label}};
    if (stored.is_masked) root["masked"] = true;

    Json base_request = Json::object();
    model::CallLog::each_base_request_field(log, AddField{base_request});
    add(base_request, "NameValue", log.name_value);
    if (!base_request.empty()) root["BaseRequest"] = std::move(base_request);
    if (log.caller_id) root["CallerId"] = *log.caller_id;

    Json call = Json::object();
    if (log.requestor) call["Requestor"] = requestor_object(*log.requestor);
    model::CallLog::each_customer_call_log_field(log, AddField{call});
    add(call, "Customer", log.customer);
    add(call, "Premise", log.premise);
    add(call, "Account", log.account);
    if (!call.empty()) root["CustomerCallLog"] = std::move(call);

    for (const model::OpenContent& content : log.open_content) {
        put_open_content(locate(root, content.path), content.xml);
    }
    for (const std::string& path : log.nil_elements) {
        Json& place = locate(root, path);
        if (place.empty() || place == Json("")) place = nullptr;
    }
    return root;
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace customercare::store
