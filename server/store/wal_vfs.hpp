#pragma once

#include <memory>

namespace customercare::store {

/// A VFS for one connection: SQLite's default one, except that what goes to the WAL is gathered in
/// memory and written in one piece where SQLite syncs it. SQLite writes each page of a commit by
/// two small writes; with synchronous=FULL it syncs them before it lets any connection see them.
/// Source: sqlite.org/vfs.html, sqlite.org/walformat.html.
class WalVfs {
public:
    WalVfs();
    ~WalVfs();
    WalVfs(const WalVfs&) = delete;
    WalVfs& operator=(const WalVfs&) = delete;

    /// For sqlite3_open_v2(). The connection must be closed before this object goes.
    [[nodiscard]] const char* name() const;

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace customercare::store
