#include "store/keys.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "model/error.hpp"

namespace customercare::store {

namespace {

constexpr std::size_t id_size = 8;
using MasterKey = std::array<unsigned char, crypto_kdf_KEYBYTES>;
using KeyId = std::array<unsigned char, id_size>;

static_assert(crypto_generichash_BYTES == 32);
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

// The key file: "id <16 hex digits>\nkey <64 hex digits>\n".
constexpr std::string_view id_word = "id ";
constexpr std::string_view key_word = "\nkey ";
constexpr std::size_t file_size =
    id_word.size() + 2 * id_size + key_word.size() + 2 * std::size_t{crypto_kdf_KEYBYTES} + 1;

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

/// A buffer for secrets, wiped at the end of a scope.
struct SecretText {
    SecretText() = default;
    ~SecretText() { sodium_memzero(text.data(), text.size()); }
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;

    std::array<char, file_size + 1> text{};  // One more than is right, to notice a longer file.
};

void append_hex(char*& at, const unsigned char* bytes, std::size_t size) {
    sodium_bin2hex(at, 2 * size + 1, bytes, size);
    at += 2 * size;
}

/// Makes the file whole or not at all: written under another name, then linked to its own, which
/// fails if another process was faster. Then that one's key counts.
void create_key_file(const std::string& path) {
    KeyId id{};
    MasterKey key{};
    randombytes_buf(id.data(), id.size());
    crypto_kdf_keygen(key.data());
    SecretText secret;
    char* at = std::copy(id_word.begin(), id_word.end(), secret.text.data());
    append_hex(at, id.data(), id.size());
    at = std::copy(key_word.begin(), key_word.end(), at);
    append_hex(at, key.data(), key.size());
    *at = '\n';
    sodium_memzero(key.data(), key.size());

    std::string draft = path + ".XXXXXX";
    const File file(mkostemp(draft.data(), O_CLOEXEC));  // A new file with mode 0600.
    if (file.get() < 0) refuse(path);
    const bool is_written =
        write(file.get(), secret.text.data(), file_size) == static_cast<ssize_t>(file_size) &&
        fsync(file.get()) == 0;
    const bool is_linked =
        is_written && (link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
    const int error = errno;
    unlink(draft.c_str());
    errno = error;
    if (!is_linked) refuse(path);
}

bool read_hex(std::string_view& text, unsigned char* bytes, std::size_t size) {
    std::size_t read = 0;
    const std::string_view digits = text.substr(0, 2 * size);
    if (sodium_hex2bin(bytes, size, digits.data(), digits.size(), nullptr, &read, nullptr) != 0 ||
        read != size) {
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

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct Keys::Secrets {
    Secrets() = default;
    ~Secrets() { sodium_memzero(this, sizeof *this); }
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;

    KeyId id{};
    std::array<unsigned char, crypto_generichash_KEYBYTES> token_key{};
    std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> seal_key{};
    /// A nonce is this and a number: asking the system for each cost a call per record. 16 random
    /// bytes, drawn anew with each start, do not come twice.
    std::array<unsigned char, nonce_size - sizeof(std::uint64_t)> nonce_start{};
    std::atomic<std::uint64_t> next_nonce{0};
};

Keys::Keys(const std::string& path) : secrets_(std::make_unique<Secrets>()) {
    if (sodium_init() < 0) refuse(path, "libsodium can't be initialized");
    if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) create_key_file(path);

    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (file.get() < 0 || fstat(file.get(), &status) != 0) refuse(path);
    if (!S_ISREG(status.st_mode)) refuse(path, "it is no file");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        refuse(path, "others than its owner have access to it; use chmod 600");
    }
    SecretText secret;
    const ssize_t size = read(file.get(), secret.text.data(), secret.text.size());
    if (size < 0) refuse(path);

    std::string_view text(secret.text.data(), static_cast<std::size_t>(size));
    MasterKey master{};
    const bool is_good = text.size() == file_size && read_word(text, id_word) &&
                         read_hex(text, secrets_->id.data(), id_size) &&
                         read_word(text, key_word) &&
                         read_hex(text, master.data(), master.size()) && text == "\n";
    crypto_kdf_derive_from_key(secrets_->token_key.data(), secrets_->token_key.size(), 1,
                               "tokens  ", master.data());
    crypto_kdf_derive_from_key(secrets_->seal_key.data(), secrets_->seal_key.size(), 2, "at rest ",
                               master.data());
    sodium_memzero(master.data(), master.size());
    randombytes_buf(secrets_->nonce_start.data(), secrets_->nonce_start.size());
    if (!is_good) refuse(path, "it is malformed or cut off");
}

Keys::~Keys() = default;

std::array<unsigned char, 32> Keys::hash_token(const model::Sensitive& token) const {
    std::array<unsigned char, 32> hash{};
    const std::string& text = token.reveal();
    crypto_generichash(hash.data(), hash.size(), bytes_of(text), text.size(),
                       secrets_->token_key.data(), secrets_->token_key.size());
    return hash;
}

std::string Keys::seal(std::string_view plain, std::string_view context) const {
    std::string sealed(id_size + nonce_size + plain.size() + tag_size, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
    std::copy(secrets_->id.begin(), secrets_->id.end(), out);
    unsigned char* const nonce = out + id_size;
    const std::uint64_t number = secrets_->next_nonce++;
    std::copy(secrets_->nonce_start.begin(), secrets_->nonce_start.end(), nonce);
    std::memcpy(nonce + secrets_->nonce_start.size(), &number, sizeof number);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_size, nullptr, bytes_of(plain),
                                               plain.size(), bytes_of(context), context.size(),
                                               nullptr, nonce, secrets_->seal_key.data());
    return sealed;
}

model::Sensitive Keys::open(std::string_view sealed, std::string_view context) const {
    const auto fail = [](const char* why) {
        throw model::ServiceError(model::ErrorCode::storage,
                                  std::string("an encrypted value can't be read: ") + why);
    };
    if (sealed.size() < id_size + nonce_size + tag_size) fail("it is cut off");
    if (sodium_memcmp(sealed.data(), secrets_->id.data(), id_size) != 0) {
        fail("it was encrypted with the key of another key file");
    }
    const unsigned char* const nonce = bytes_of(sealed) + id_size;
    std::string plain(sealed.size() - id_size - nonce_size - tag_size, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, nonce + nonce_size,
            plain.size() + tag_size, bytes_of(context), context.size(), nonce,
            secrets_->seal_key.data()) != 0) {
        fail("it was altered");
    }
    return model::Sensitive(std::move(plain));
}

}  // namespace customercare::store
