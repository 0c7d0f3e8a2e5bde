#pragma once

#include <memory>
#include <string>

struct sqlite3;

namespace customercare::test {

/// Keeps a server from writing into its database, as another process would that is writing, and
/// writes nothing itself.
class WriteLock {
public:
    explicit WriteLock(const std::string& path);  ///< Not taken yet.

    void take();  ///< Waits for the server's writer, and is quicker than it to be next.
    void release();

private:
    void execute(const char* sql);

    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace customercare::test
