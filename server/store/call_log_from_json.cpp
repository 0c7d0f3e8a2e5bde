#include "store/call_log_from_json.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "model/date_time.hpp"
#include "model/error.hpp"

namespace customercare::store {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, path + " " + why);
}

/// Reads one object after another, and notes what was sent as xsi:nil or is open content.
class Reader {
public:
    explicit Reader(model::CallLog& call_log) : call_log_(call_log) {}

    void read(const Json& root) {
        Object top(root, "");
        for (const char* name : {"id", "receivedAt", "credential", "masked"}) top.find(name);
        read_field(top, "CallerId", call_log_.caller_id);
        if (const Json* json = top.find("BaseRequest")) {
            Object object(*json, "BaseRequest");
            model::CallLog::each_base_request_field(call_log_, FieldReader{*this, object});
            read_all(object, "NameValue", call_log_.name_value);
            object.refuse_others();
        }
        if (const Json* json = top.find("CustomerCallLog")) {
            Object object(*json, "CustomerCallLog");
            model::CallLog::each_customer_call_log_field(call_log_, FieldReader{*this, object});
            read_requestor(object);
            read_one(object, "Customer", call_log_.customer);
            read_one(object, "Premise", call_log_.premise);
            read_one(object, "Account", call_log_.account);
            object.refuse_others();
        }
        top.refuse_others();
    }

private:
    /// An object with its path, and those of its members that nobody has asked for.
    class Object {
    public:
        Object(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
            if (!json.is_object())
                refuse(path_.empty() ? "a call log" : path_, "must be an object");
            for (const auto& [name, value] : json.items()) others_.insert(name);
        }

        const Json* find(const std::string& name) {
            others_.erase(name);
            const auto found = json_.find(name);
            return found == json_.end() ? nullptr : &*found;
        }
        [[nodiscard]] std::string path_to(const std::string& name) const {
            return path_.empty() ? name : path_ + '/' + name;
        }
        void refuse_others() const {
            if (!others_.empty()) refuse(path_to(*others_.begin()), "is no element of a call log");
        }
        [[nodiscard]] std::set<std::string> others() const { return others_; }

    private:
        const Json& json_;
        std::string path_;
        std::set<std::string> others_;
    };

    struct FieldReader {
        Reader& reader;
        Object& object;

        template <typename Value>
        void operator()(const char* name, const char*, Value& value) const {
            reader.read_field(object, name, value);
        }
    };

    template <typename Value>
    void read_field(Object& object, const std::string& name, Value& value) {
        const Json* json = object.find(name);
        if (json == nullptr) return;
        const std::string path = object.path_to(name);
        if (json->is_null()) {
            call_log_.nil_elements.push_back(path);
            set_nil(value);
        } else {
            set(*json, path, value);
        }
    }

    template <typename Value>
    static void set_nil(Value&) {}  // A flag or number that is nil has no value.
    static void set_nil(model::Text& text) { text.emplace(); }
    static void set_nil(model::DateTimeText& time) { time.text.emplace(); }

    static void set(const Json& json, const std::string& path, model::Text& text) {
        if (!json.is_string()) refuse(path, "must be a string");
        text = json.get<std::string>();
    }
    static void set(const Json& json, const std::string& path, model::DateTimeText& time) {
        set(json, path, time.text);
        if (!time.text->empty() && !model::parse_date_time(*time.text)) {
            refuse(path, "must be a dateTime such as 2026-01-31T10:00:00Z");
        }
    }
    static void set(const Json& json, const std::string& path,
                    std::optional<model::Sensitive>& secret) {
        if (!json.is_string()) refuse(path, "must be a string");
        secret.emplace(json.get<std::string>());
    }
    static void set(const Json& json, const std::string& path, std::optional<bool>& flag) {
        if (!json.is_boolean()) refuse(path, "must be true or false");
        flag = json.get<bool>();
    }
    static void set(const Json& json, const std::string& path,
                    std::optional<std::int32_t>& number) {
        using Limits = std::numeric_limits<std::int32_t>;
        // As a double, since an unsigned number beyond int64 would compare as a negative one.
        if (!json.is_number_integer() || json.get<double>() < Limits::min() ||
            json.get<double>() > Limits::max()) {
            refuse(path, "must be an integer of 32 bits");
        }
        number = json.get<std::int32_t>();
    }

    template <typename Record>
    void read_record(const Json& json, const std::string& path, Record& record) {
        if (json.is_null()) {
            call_log_.nil_elements.push_back(path);
            return;
        }
        Object object(json, path);
        Record::each_field(record, FieldReader{*this, object});
        read_open_content(object);
    }

    template <typename Record>
    void read_one(Object& parent, const std::string& name, std::optional<Record>& record) {
        if (const Json* json = parent.find(name)) {
            read_record(*json, parent.path_to(name), record.emplace());
        }
    }

    template <typename Record>
    void read_all(Object& parent, const std::string& name, std::vector<Record>& records) {
        const Json* json = parent.find(name);
        if (json == nullptr) return;
        const std::string path = parent.path_to(name);
        if (!json->is_array()) refuse(path, "must be an array");
        for (const Json& element : *json) {
            const std::string place = path + '[' + std::to_string(records.size() + 1) + ']';
            read_record(element, place, records.emplace_back());
        }
    }

    void read_requestor(Object& parent) {
        const Json* json = parent.find("Requestor");
        if (json == nullptr) return;
        const std::string path = parent.path_to("Requestor");
        model::Requestor& requestor = call_log_.requestor.emplace();
        if (json->is_null()) {
            call_log_.nil_elements.push_back(path);
            return;
        }
        Object object(*json, path);
        model::Requestor::each_field(requestor, FieldReader{*this, object});
        read_one(object, "PrimaryContact", requestor.primary_contact);
        read_one(object, "SecondaryContact", requestor.secondary_contact);
        read_one(object, "Email", requestor.email);
        read_all(object, "OtherPhone", requestor.other_phone);
        read_all(object, "Fax", requestor.fax);
        read_open_content(object);
    }

    /// What is left of an object: elements as strings of XML, repeating ones in arrays.
    void read_open_content(Object& object) {
        for (const std::string& name : object.others()) {
            const Json& json = *object.find(name);
            const std::string path = object.path_to(name);
            if (!json.is_array()) {
                add_open_content(json, path);
                continue;
            }
            std::size_t number = 0;
            for (const Json& element : json) {
                add_open_content(element, path + '[' + std::to_string(++number) + ']');
            }
        }
    }

    void add_open_content(const Json& json, const std::string& path) {
        if (json.is_null()) {
            call_log_.nil_elements.push_back(path);
        } else if (json.is_string() && json.get_ref<const std::string&>().starts_with('<')) {
            call_log_.open_content.push_back({path, json.get<std::string>()});
        } else {
            refuse(path, "is no element of a call log, and no string of XML for open content");
        }
    }

    model::CallLog& call_log_;
};

}  // namespace

model::CallLog call_log_from_json(const Json& json) {
    model::CallLog call_log;
    Reader(call_log).read(json);
    return call_log;
}

}  // namespace customercare::store
