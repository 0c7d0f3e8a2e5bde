#include "standin/sandboxes.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "model/error.hpp"

namespace customercare::standin {

namespace {

using std::chrono::steady_clock;

// Readers need not wait for it. Under load, what is not kept anyway is not written either.
constexpr std::chrono::milliseconds flush_interval{500};
constexpr std::chrono::seconds idle_interval{1};

[[noreturn]] void refuse_name() {
    throw model::ServiceError(model::ErrorCode::usage,
                              "a sandbox's name has 1 to 64 of A-Z a-z 0-9 . _ -, and is neither . "
                              "nor ..");
}

}  // namespace

Sandboxes::Sandboxes(Ingredients ingredients, Options options,
                     std::function<void(const std::string&)> on_error)
    : ingredients_(std::move(ingredients)),
      options_(std::move(options)),
      on_error_(std::move(on_error)) {
    const auto main = std::make_shared<Sandbox>("", ingredients_, options_);
    sandboxes_.emplace("", main);
    main_visit_ = std::make_unique<Sandbox::Visit>(*main);
    thread_ = std::thread([this] { run(); });
}

Sandboxes::~Sandboxes() {
    end_waits();
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    main_visit_.reset();
    for (const auto& sandbox : all()) {
        try {
            sandbox->close();
        } catch (const std::exception& error) {
            on_error_("Sandbox " + sandbox->name() + " can't be closed: " + error.what());
        }
    }
}

std::shared_ptr<Sandbox> Sandboxes::get(std::string_view name) {
    if (!name.empty() && !is_sandbox_name(name)) refuse_name();
    const std::lock_guard lock(mutex_);
    if (const auto found = sandboxes_.find(name); found != sandboxes_.end()) return found->second;
    if (find_drop(name) != nullptr) {
        throw model::ServiceError(model::ErrorCode::busy,
                                  "sandbox " + std::string(name) +
                                      " is being dropped, and a request of it is not yet "
                                      "answered; send this one again");
    }
    if (sandboxes_.size() > options_.max_sandboxes) {
        throw model::ServiceError(model::ErrorCode::busy,
                                  "there are " + std::to_string(options_.max_sandboxes) +
                                      " sandboxes (setting standin.max_sandboxes); drop one with "
                                      "DELETE /sandboxes/NAME");
    }
    return sandboxes_.emplace(std::string(name), make(name)).first->second;
}

std::shared_ptr<Sandbox> Sandboxes::make(std::string_view name) {
    return std::make_shared<Sandbox>(std::string(name), ingredients_, options_);
}

const Sandboxes::Drop* Sandboxes::find_drop(std::string_view name) const {
    const auto found = std::find_if(drops_.begin(), drops_.end(),
                                    [&](const Drop& drop) { return drop.sandbox->name() == name; });
    return found == drops_.end() ? nullptr : &*found;
}

void Sandboxes::change(const soap::Options& soap, const handlers::Rules& rules) {
    const std::lock_guard lock(mutex_);
    ingredients_.soap = soap;
    ingredients_.rules = rules;
    for (const auto& [name, sandbox] : sandboxes_) sandbox->change(soap, rules);
}

std::vector<std::string> Sandboxes::names() const {
    std::set<std::string> names;
    const std::filesystem::path path(ingredients_.store.path);
    const std::string stem = path.filename().string().append(sandbox_infix);
    std::error_code ignored;  // Then there are no files.
    for (const auto& entry : std::filesystem::directory_iterator(
             path.parent_path().empty() ? "." : path.parent_path(), ignored)) {
        const std::string file = entry.path().filename().string();
        if (!file.starts_with(stem) || !file.ends_with(sandbox_suffix)) continue;
        const std::size_t length = file.size() - sandbox_suffix.size();
        const std::string name = file.substr(0, length).substr(stem.size());
        if (is_sandbox_name(name)) names.insert(name);
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [name, sandbox] : sandboxes_) names.insert(name);
    return {names.begin(), names.end()};
}

void Sandboxes::drop(const std::string& name, std::function<void()> done) {
    if (!is_sandbox_name(name)) refuse_name();
    const std::vector<std::string> known = names();  // Also by its files alone.
    if (std::find(known.begin(), known.end(), name) == known.end()) return done();
    {
        const std::lock_guard lock(mutex_);
        std::shared_ptr<Sandbox> sandbox;
        if (const auto found = sandboxes_.find(name); found != sandboxes_.end()) {
            sandbox = found->second;
            sandboxes_.erase(found);
        } else if (const Drop* other = find_drop(name)) {
            sandbox = other->sandbox;
        } else {
            sandbox = make(name);  // For its files, and beyond the limit.
        }
        drops_.push_back({std::move(sandbox), std::move(done)});
        has_news_ = true;
    }
    wake_.notify_one();
}

void Sandboxes::wait(std::shared_ptr<Sandbox> sandbox, Time deadline, Attempt attempt) {
    {
        const std::lock_guard lock(mutex_);
        waits_.push_back({std::move(sandbox), deadline, std::move(attempt)});
        is_waited_for_ = true;
        has_news_ = true;
    }
    wake_.notify_one();
}

void Sandboxes::notify() {
    if (!is_waited_for_) return;  // Then the next flush is soon enough.
    {
        const std::lock_guard lock(mutex_);
        has_news_ = true;
    }
    wake_.notify_one();
}

void Sandboxes::end_waits() {
    {
        const std::lock_guard lock(mutex_);
        waits_ended_ = true;
        has_news_ = true;
    }
    wake_.notify_one();
}

void Sandboxes::run() {
    pthread_setname_np(pthread_self(), "standin");
    open_main_journal();
    auto next_look = steady_clock::now() + idle_interval;
    for (bool is_last = false; !is_last;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, flush_interval, [&] { return has_news_ || stopping_; });
            has_news_ = false;
            is_last = stopping_;
        }
        flush_journals();
        try_waits();
        finish_drops();
        if (steady_clock::now() >= next_look) {
            close_idle();
            next_look = steady_clock::now() + idle_interval;
        }
    }
}

/// Here, since neither the start of the program nor the first request should wait for it.
void Sandboxes::open_main_journal() {
    try {
        get("")->journal().open();
    } catch (const std::exception& error) {
        on_error_(std::string("The journal can't be opened: ") + error.what());
    }
}

std::vector<std::shared_ptr<Sandbox>> Sandboxes::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Sandbox>> all;
    all.reserve(sandboxes_.size());
    for (const auto& [name, sandbox] : sandboxes_) all.push_back(sandbox);
    return all;
}

void Sandboxes::flush_journals() {
    for (const auto& sandbox : all()) {
        try {
            sandbox->journal().flush();
        } catch (const std::exception& error) {
            on_error_(std::string("The journal can't be written: ") + error.what());
        }
    }
}

void Sandboxes::try_waits() {
    std::list<Wait> waits;
    {
        const std::lock_guard lock(mutex_);
        waits.swap(waits_);
        for (Wait& wait : waits) {
            const auto found = sandboxes_.find(wait.sandbox->name());
            const bool is_dropped = found == sandboxes_.end() || found->second != wait.sandbox;
            if (waits_ended_ || is_dropped) wait.deadline = {};
        }
    }
    const auto now = steady_clock::now();
    waits.remove_if([now](const Wait& wait) { return wait.attempt(wait.deadline <= now); });
    const std::lock_guard lock(mutex_);
    waits_.splice(waits_.end(), waits);
    is_waited_for_ = !waits_.empty();
}

void Sandboxes::finish_drops() {
    std::list<Drop> finished;
    {
        const std::lock_guard lock(mutex_);
        for (auto drop = drops_.begin(); drop != drops_.end();) {
            const auto next = std::next(drop);
            if (!drop->sandbox->has_visits()) finished.splice(finished.end(), drops_, drop);
            drop = next;
        }
        // Within the lock, since a sandbox of that name may be made from now on.
        for (const Drop& drop : finished) drop.sandbox->remove();
    }
    for (const Drop& drop : finished) drop.done();
}

void Sandboxes::close_idle() {
    for (const auto& sandbox : all()) {
        try {
            sandbox->close_if_idle(options_.sandbox_idle);
        } catch (const std::exception& error) {
            on_error_("Sandbox " + sandbox->name() + " can't be closed: " + error.what());
        }
    }
}

}  // namespace customercare::standin
