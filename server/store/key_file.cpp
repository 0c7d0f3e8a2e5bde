#include "store/key_file.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "model/error.hpp"

namespace customercare::store {

namespace {

static_assert(std::tuple_size_v<SecretKey> == crypto_kdf_KEYBYTES);
static_assert(std::tuple_size_v<SecretKey> == crypto_generichash_KEYBYTES);
static_assert(std::tuple_size_v<SecretKey> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

constexpr std::size_t max_file_size = 65'536;
constexpr std::string_view head = "customercare-keys 2\nhash ";
constexpr std::array<std::string_view, 3> use_words{"current ", "former ", "kept "};
constexpr std::string_view end = "end\n";
// Of the first version.
constexpr std::string_view id_word = "id ";
constexpr std::string_view key_word = "\nkey ";

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, "key file " + path + ": " + why);
}

[[noreturn]] void refuse(const std::string& path) {
    refuse(path, std::generic_category().message(errno));
}

/// Closes a file at the end of a scope.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

/// Removes a file at the end of a scope; what errno says stays.
class Draft {
public:
    explicit Draft(std::string path) : path_(std::move(path)) {}
    ~Draft() {
        const int error = errno;
        unlink(path_.c_str());
        errno = error;
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    [[nodiscard]] const char* path() const { return path_.c_str(); }

private:
    std::string path_;
};

/// The text of a key file, wiped at the end of a scope; it never grows, and so leaves no copies.
struct SecretText {
    SecretText() { text.reserve(max_file_size + 1); }
    ~SecretText() { sodium_memzero(text.data(), text.capacity()); }
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;

    template <typename Bytes>
    void append_hex(const Bytes& bytes) {
        std::array<char, 2 * std::tuple_size_v<Bytes> + 1> hex{};
        sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
        text.append(hex.data(), hex.size() - 1);
        sodium_memzero(hex.data(), hex.size());
    }

    std::string text;
};

void write_ring(SecretText& secret, const KeyRing& ring) {
    secret.text += head;
    secret.append_hex(ring.hash_key);
    secret.text += '\n';
    for (const SealKey& key : ring.seal_keys) {
        secret.text += use_words.at(static_cast<std::size_t>(key.use));
        secret.append_hex(key.id);
        secret.text += ' ';
        secret.append_hex(key.key);
        secret.text += '\n';
    }
    secret.text += end;
}

template <typename Bytes>
bool read_hex(std::string_view& text, Bytes& bytes) {
    std::size_t read = 0;
    const std::string_view digits = text.substr(0, 2 * bytes.size());
    if (sodium_hex2bin(bytes.data(), bytes.size(), digits.data(), digits.size(), nullptr, &read,
                       nullptr) != 0 ||
        read != bytes.size()) {
        return false;
    }
    text.remove_prefix(digits.size());
    return true;
}

bool read_word(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool read_version_1(std::string_view text, KeyRing& ring) {
    SealKey& key = ring.seal_keys.emplace_back();
    SecretKey master{};
    const bool is_good = read_word(text, id_word) && read_hex(text, key.id) &&
                         read_word(text, key_word) && read_hex(text, master) && text == "\n";
    crypto_kdf_derive_from_key(ring.hash_key.data(), ring.hash_key.size(), 1, "tokens  ",
                               master.data());
    crypto_kdf_derive_from_key(key.key.data(), key.key.size(), 2, "at rest ", master.data());
    sodium_memzero(master.data(), master.size());
    return is_good;
}

bool read_seal_key(std::string_view& text, SealKey& key) {
    for (std::size_t use = 0; use < use_words.size(); ++use) {
        if (!read_word(text, use_words.at(use))) continue;
        key.use = static_cast<SealKey::Use>(use);
        return read_hex(text, key.id) && read_word(text, " ") && read_hex(text, key.key) &&
               read_word(text, "\n");
    }
    return false;
}

bool read_version_2(std::string_view text, KeyRing& ring) {
    if (!read_word(text, head) || !read_hex(text, ring.hash_key) || !read_word(text, "\n")) {
        return false;
    }
    ring.seal_keys.reserve(16);  // Growing would leave copies behind.
    while (text != end) {
        if (!read_seal_key(text, ring.seal_keys.emplace_back())) return false;
    }
    const auto current = std::ranges::count(ring.seal_keys, SealKey::Use::current, &SealKey::use);
    return current == 1 && ring.current().use == SealKey::Use::current;
}

SealKey new_seal_key() {
    SealKey key;
    randombytes_buf(key.id.data(), key.id.size());
    crypto_aead_xchacha20poly1305_ietf_keygen(key.key.data());
    return key;
}

bool write_whole(int file, const std::string& text) {
    return write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
           fsync(file) == 0;
}

void sync_directory_of(const std::string& path) {
    const auto directory = std::filesystem::absolute(path).parent_path();
    const File file(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0 || fsync(file.get()) != 0) refuse(path);
}

}  // namespace

KeyRing::~KeyRing() {
    sodium_memzero(hash_key.data(), hash_key.size());
    sodium_memzero(seal_keys.data(), seal_keys.size() * sizeof(SealKey));
}

bool KeyRing::is_changing() const {
    return std::ranges::count(seal_keys, SealKey::Use::former, &SealKey::use) > 0;
}

void KeyRing::change() {
    std::vector<SealKey> keys{new_seal_key()};
    keys.reserve(seal_keys.size() + 1);
    for (const SealKey& key : seal_keys) keys.push_back(key);
    keys[1].use = SealKey::Use::former;
    keys.swap(seal_keys);
    sodium_memzero(keys.data(), keys.size() * sizeof(SealKey));
}

void KeyRing::end_change(bool keep) {
    for (std::size_t i = 1; i < seal_keys.size(); ++i) {
        seal_keys[i].use = SealKey::Use::kept;
        if (!keep) sodium_memzero(&seal_keys[i], sizeof(SealKey));
    }
    if (!keep) seal_keys.resize(1);
}

void create_key_file(const std::string& path) {
    // Written under another name, then linked to its own, which fails if another process was
    // faster. Then that one's keys count.
    KeyRing ring;
    randombytes_buf(ring.hash_key.data(), ring.hash_key.size());
    ring.seal_keys.push_back(new_seal_key());
    SecretText secret;
    write_ring(secret, ring);

    std::string name = path + ".XXXXXX";
    const File file(mkostemp(name.data(), O_CLOEXEC));  // A new file with mode 0600.
    if (file.get() < 0) refuse(path);
    const Draft draft(name);
    if (!write_whole(file.get(), secret.text)) refuse(path);
    if (link(draft.path(), path.c_str()) != 0 && errno != EEXIST) refuse(path);
    sync_directory_of(path);
}

KeyRing read_key_file(const std::string& path) {
    const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (file.get() < 0 || fstat(file.get(), &status) != 0) refuse(path);
    if (!S_ISREG(status.st_mode)) refuse(path, "it is no file");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        refuse(path, "others than its owner have access to it; use chmod 600");
    }
    SecretText secret;
    secret.text.resize(max_file_size);
    const ssize_t size = read(file.get(), secret.text.data(), secret.text.size());
    if (size < 0) refuse(path);
    const std::string_view text(secret.text.data(), static_cast<std::size_t>(size));
    KeyRing ring;
    const bool is_good =
        text.starts_with(id_word) ? read_version_1(text, ring) : read_version_2(text, ring);
    if (!is_good) refuse(path, "it is malformed or cut off");
    return ring;
}

void replace_key_file(const std::string& path, const KeyRing& ring) {
    SecretText secret;
    write_ring(secret, ring);
    // If the name is a link, the file that it leads to is replaced.
    const std::string target = std::filesystem::canonical(path).string();
    struct stat status {};
    if (stat(target.c_str(), &status) != 0) refuse(path);

    // Of one name, so that what a crash leaves does not stay for ever.
    const Draft draft(target + ".new");
    unlink(draft.path());
    const File file(open(draft.path(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    if (file.get() < 0) refuse(draft.path());
    // Who runs this may be root, who runs the server is not.
    const bool is_owned = status.st_uid == geteuid() && status.st_gid == getegid();
    if (!is_owned && fchown(file.get(), status.st_uid, status.st_gid) != 0) refuse(path);
    if (!write_whole(file.get(), secret.text)) refuse(path);
    if (rename(draft.path(), target.c_str()) != 0) refuse(path);
    sync_directory_of(target);
}

}  // namespace customercare::store
