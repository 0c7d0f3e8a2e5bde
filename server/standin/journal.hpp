#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "standin/exchange.hpp"
#include "standin/options.hpp"
#include "store/journal_store.hpp"

namespace customercare::standin {

/// The requests of one sandbox, in the order of their replies. Appending costs no more than a lock:
/// masking, explaining and writing are done by flush(), on another thread; every reading flushes
/// first. May be used from any thread; what reads or writes the file throws ServiceError{storage}.
class Journal {
public:
    /// In the file `path`, opened when it is first needed.
    Journal(std::string sandbox, std::string path, const Options& options);

    /// Takes the next id and gives it to the exchange, which nobody changes any more.
    std::int64_t append(const std::shared_ptr<Exchange>& exchange);

    void flush();
    [[nodiscard]] std::vector<store::JournalRow> list(const store::JournalFilter& filter);
    [[nodiscard]] std::optional<std::string> find(std::int64_t id);
    [[nodiscard]] std::int64_t last_id();
    [[nodiscard]] std::size_t count();
    void clear();
    void open();   ///< So that the first request need not.
    void close();  ///< Gives memory and file back, until it is needed again.
    void end();    ///< Likewise, for ever: what needs the file now throws ServiceError{busy}.

private:
    store::JournalStore& opened();
    void write_pending();

    const std::string sandbox_;
    const std::string path_;
    const Options& options_;

    std::mutex pending_mutex_;  ///< Taken after file_mutex_, if both are.
    std::deque<std::shared_ptr<const Exchange>> pending_;
    std::size_t pending_bytes_ = 0;
    std::optional<std::int64_t> last_id_;

    std::mutex file_mutex_;
    std::unique_ptr<store::JournalStore> store_;
    bool has_ended_ = false;
};

}  // namespace customercare::standin
