#include "standin/sandbox.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "model/error.hpp"

namespace customercare::standin {

namespace {

store::Options store_options(const std::string& name, const Ingredients& ingredients,
                             const std::atomic<std::int64_t>& least_id) {
    store::Options options = ingredients.store;
    options.least_id = &least_id;
    if (!name.empty()) {
        options.path.append(sandbox_infix).append(name).append(sandbox_suffix);
        options.is_durable = false;
    }
    return options;
}

}  // namespace

struct Sandbox::Service {
    explicit Service(const Sandbox& sandbox)
        : call_logs(std::make_unique<store::CallLogStore>(sandbox.store_options_,
                                                          *sandbox.ingredients_.keys)),
          rulebooks({.keys = *sandbox.ingredients_.keys,
                     .credentials = *sandbox.ingredients_.credentials,
                     .call_logs = *call_logs,
                     .throttle = *sandbox.ingredients_.throttle,
                     .audit = *sandbox.ingredients_.audit,
                     .clock = [&clock = sandbox.clock_] { return clock.now(); }},
                    sandbox.soap_, sandbox.rules_) {}
    // Before what its completions refer to.
    ~Service() { call_logs.reset(); }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    std::unique_ptr<store::CallLogStore> call_logs;
    soap::Rulebooks rulebooks;
};

Sandbox::Sandbox(std::string name, const Ingredients& ingredients, const Options& options)
    : name_(std::move(name)),
      ingredients_(ingredients),
      options_(options),
      soap_(ingredients.soap),
      rules_(ingredients.rules),
      store_options_(store_options(name_, ingredients, least_call_log_id_)),
      journal_(name_, store_options_.path + ".journal", options),
      scenarios_(options.scenarios.scenarios, options.scenarios.has_magic_accounts,
                 [this](const model::Sensitive& token,
                        std::string_view client_subject) -> std::optional<std::string> {
                     const store::Finding found = ingredients_.credentials->find(
                         store::Role::direct, ingredients_.keys->hash_token(token), clock_.now(),
                         client_subject);
                     if (found.standing != store::Standing::valid) return std::nullopt;
                     return found.credential->label;
                 }) {}

Sandbox::~Sandbox() = default;

Sandbox::Visit::Visit(Sandbox& sandbox) : sandbox_(sandbox) {
    const std::lock_guard lock(sandbox_.mutex_);
    if (sandbox_.is_removed_) {
        throw model::ServiceError(
            model::ErrorCode::busy,
            "sandbox " + sandbox_.name_ + " was dropped meanwhile; send this one again");
    }
    if (!sandbox_.service_) {
        sandbox_.service_ = std::make_unique<Service>(sandbox_);
    }
    ++sandbox_.visits_;
}

Sandbox::Visit::~Visit() {
    const std::lock_guard lock(sandbox_.mutex_);
    --sandbox_.visits_;
    sandbox_.last_visit_ = std::chrono::steady_clock::now();
}

const soap::Rulebook& Sandbox::Visit::rulebook() const {
    return sandbox_.service_->rulebooks.current();
}

store::CallLogStore& Sandbox::Visit::call_logs() const { return *sandbox_.service_->call_logs; }

void Sandbox::change(const soap::Options& soap, const handlers::Rules& rules) {
    const std::lock_guard lock(mutex_);
    soap_ = soap;
    rules_ = rules;
    if (service_) service_->rulebooks.replace(soap_, rules_);
}

void Sandbox::close_if_idle(std::chrono::steady_clock::duration since) {
    {
        const std::lock_guard lock(mutex_);
        if (visits_ > 0 || std::chrono::steady_clock::now() - last_visit_ < since) return;
        // Within the lock, since the next visit opens the same files.
        service_.reset();
    }
    journal_.close();
}

bool Sandbox::has_visits() const {
    const std::lock_guard lock(mutex_);
    return visits_ > 0;
}

void Sandbox::close() {
    std::unique_ptr<Service> service;
    {
        const std::lock_guard lock(mutex_);
        service = std::move(service_);
    }
    service.reset();  // Its completions end visits, and that takes the lock.
    journal_.close();
}

void Sandbox::remove() {
    {
        const std::lock_guard lock(mutex_);
        is_removed_ = true;
    }
    close();
    journal_.end();
    for (const char* file :
         {"", "-wal", "-shm", "-lock", ".journal", ".journal-wal", ".journal-shm"}) {
        std::error_code ignored;  // Not each of them is there.
        std::filesystem::remove(database() + file, ignored);
    }
}

store::CallLogCount Sandbox::count_call_logs() {
    const Visit visit(*this);  // Makes the database.
    return store::count_call_logs(database());
}

void Sandbox::clear_call_logs() {
    const Visit visit(*this);
    store::clear_call_logs(database());
}

void Sandbox::reset() {
    clear_call_logs();
    journal_.clear();
    scenarios_.reset();
    clock_.release();
    least_call_log_id_ = 0;
    next_request_id_ = 1;
    are_request_ids_set_ = false;
}

void Sandbox::set_next_call_log_id(std::int64_t id) {
    const std::int64_t last = count_call_logs().last_id;
    if (id <= last) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "next_call_log_id is " + std::to_string(id) +
                                      ", but there is a call log " + std::to_string(last) +
                                      "; reset the sandbox first, or take a greater id");
    }
    least_call_log_id_ = id;
}

bool is_sandbox_name(std::string_view name) {
    constexpr std::size_t max_length = 64;
    return !name.empty() && name.size() <= max_length && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

}  // namespace customercare::standin
