#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "standin/options.hpp"
#include "standin/sandbox.hpp"

namespace customercare::standin {

/// The sandboxes by name, and a thread that writes their journals, closes what is idle and tries
/// again whatever waits. May be used from any thread.
class Sandboxes {
public:
    using Time = std::chrono::steady_clock::time_point;
    /// Tries to answer; true: it did. Called on the sandboxes' thread whenever something may have
    /// happened, and for the last time with `is_last`, when it must answer. Must not throw.
    using Attempt = std::function<bool(bool is_last)>;

    /// Opens the default sandbox's database; throws ServiceError{storage} as CallLogStore does.
    /// `on_error` is told what the thread can't do, in words for the log.
    Sandboxes(Ingredients ingredients, Options options,
              std::function<void(const std::string&)> on_error);
    /// Answers what waits, writes the journals, closes all sandboxes. Nobody may use them any more.
    ~Sandboxes();
    Sandboxes(const Sandboxes&) = delete;
    Sandboxes& operator=(const Sandboxes&) = delete;

    /// The default one's store, which stays open.
    [[nodiscard]] store::CallLogStore& main_store() const { return main_visit_->call_logs(); }

    /// The sandbox of that name ("": the default one), made if there is none. Throws ServiceError:
    /// `usage` if that is no name, `busy` if there are too many or it is being dropped.
    [[nodiscard]] std::shared_ptr<Sandbox> get(std::string_view name);
    /// For the calls that come from now on, in sandboxes that are there and in new ones.
    void change(const soap::Options& soap, const handlers::Rules& rules);
    /// Those that are there, and those of which there are files; sorted, the default one first.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Calls `done` when the sandbox and its files are gone: after its last visit, on the thread.
    /// Throws ServiceError{usage} if that is no name.
    void drop(const std::string& name, std::function<void()> done);

    /// Tries now and then until `deadline`, or until that sandbox is dropped.
    void wait(std::shared_ptr<Sandbox> sandbox, Time deadline, Attempt attempt);
    /// Tells `on_error` of the constructor.
    void report(const std::string& error) const { on_error_(error); }

    /// Something has happened that may be waited for.
    void notify();
    /// Answers everything that waits, and from now on at once.
    void end_waits();

private:
    struct Wait {
        std::shared_ptr<Sandbox> sandbox;
        Time deadline;
        Attempt attempt;
    };
    struct Drop {
        std::shared_ptr<Sandbox> sandbox;
        std::function<void()> done;
    };

    void run();
    void open_main_journal();
    void flush_journals();
    void try_waits();
    void finish_drops();
    void close_idle();
    [[nodiscard]] std::vector<std::shared_ptr<Sandbox>> all() const;
    /// For who holds mutex_, as the next one.
    std::shared_ptr<Sandbox> make(std::string_view name);
    [[nodiscard]] const Drop* find_drop(std::string_view name) const;

    Ingredients ingredients_;  // Of which change() is guarded by mutex_.
    const Options options_;
    const std::function<void(const std::string&)> on_error_;

    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Sandbox>, std::less<>> sandboxes_;
    std::list<Drop> drops_;
    std::list<Wait> waits_;
    std::atomic<bool> is_waited_for_{false};
    bool has_news_ = false;
    bool waits_ended_ = false;
    bool stopping_ = false;
    std::condition_variable wake_;

    std::unique_ptr<Sandbox::Visit> main_visit_;
    std::thread thread_;
};

}  // namespace customercare::standin
