#pragma once

#include <memory>

namespace customercare::store {

/// A VFS for one connection: SQLite's default one, except for what a commit does to the WAL.
///
/// SQLite writes each page by two small writes, syncs the file, and only then lets any connection
/// see them. Here they are gathered in memory and written in one piece where SQLite syncs them; the
/// sync itself may be left to sync(), so that the next transaction can begin meanwhile.
///
/// After a sync that failed, the kernel may take what it could not write for written. So the pieces
/// that are not yet on disk are kept, and written anew before the next sync.
/// Source: sqlite.org/vfs.html, sqlite.org/walformat.html; fsync(2), NOTES.
class WalVfs {
public:
    WalVfs();
    ~WalVfs();
    WalVfs(const WalVfs&) = delete;
    WalVfs& operator=(const WalVfs&) = delete;

    /// For sqlite3_open_v2(). The connection must be closed before this object goes.
    [[nodiscard]] const char* name() const;

    /// While it lives, the connection is in a COMMIT, which is gathered and whose sync may be left
    /// to sync(). A commit that begins the WAL anew, does not fit into memory or follows a sync
    /// that failed is synced at once. What has not been written at the end, since the commit failed
    /// before, is forgotten.
    class Commit {
    public:
        explicit Commit(WalVfs& vfs);
        ~Commit();
        Commit(const Commit&) = delete;
        Commit& operator=(const Commit&) = delete;

    private:
        WalVfs& vfs_;
    };

    /// Brings all commits that have returned to disk; false if that fails, and then every sync
    /// tries it anew, also one of SQLite's. From any thread, while the connection is open.
    [[nodiscard]] bool sync();

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace customercare::store
