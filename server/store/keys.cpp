#include "store/keys.hpp"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "model/error.hpp"
#include "store/key_file.hpp"

namespace customercare::store {

namespace {

constexpr std::size_t id_size = std::tuple_size_v<KeyId>;
static_assert(crypto_generichash_BYTES == 32);
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The ring of a file that is made if it is not there.
KeyRing open_ring(const std::string& path) {
    if (sodium_init() < 0) {
        throw model::ServiceError(model::ErrorCode::usage, "libsodium can't be initialized");
    }
    if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) create_key_file(path);
    return read_key_file(path);
}

}  // namespace

/// The keys for encryption at rest, as of one reading of the file.
struct Keys::Sealer {
    explicit Sealer(KeyRing&& from) : ring(std::move(from)) {
        randombytes_buf(nonce_start.data(), nonce_start.size());
    }

    KeyRing ring;
    /// A nonce is this and a number: asking the system for each cost a call per record. 16 random
    /// bytes, drawn anew with each start, do not come twice.
    std::array<unsigned char, nonce_size - sizeof(std::uint64_t)> nonce_start{};
    std::atomic<std::uint64_t> next_nonce{0};
};

struct Keys::Secrets {
    Secrets() = default;
    ~Secrets() {
        sodium_memzero(token_key.data(), token_key.size());
        sodium_memzero(account_key.data(), account_key.size());
    }
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;

    SecretKey token_key{};
    SecretKey account_key{};
    std::shared_ptr<Sealer> sealer;  // Read and replaced by std::atomic_*.
};

Keys::Keys(const std::string& path) : path_(path), secrets_(std::make_unique<Secrets>()) {
    KeyRing ring = open_ring(path);
    secrets_->token_key = ring.hash_key;
    crypto_kdf_derive_from_key(secrets_->account_key.data(), secrets_->account_key.size(), 1,
                               "accounts", ring.hash_key.data());
    secrets_->sealer = std::make_shared<Sealer>(std::move(ring));
}

Keys::~Keys() = default;

std::shared_ptr<Keys::Sealer> Keys::sealer() const { return std::atomic_load(&secrets_->sealer); }

std::array<unsigned char, 32> Keys::hash_token(const model::Sensitive& token) const {
    std::array<unsigned char, 32> hash{};
    const std::string& text = token.reveal();
    crypto_generichash(hash.data(), hash.size(), bytes_of(text), text.size(),
                       secrets_->token_key.data(), secrets_->token_key.size());
    return hash;
}

std::string Keys::hash_account(std::string_view number) const {
    std::array<unsigned char, 16> hash{};
    const std::string_view text = without_blanks(number);
    crypto_generichash(hash.data(), hash.size(), bytes_of(text), text.size(),
                       secrets_->account_key.data(), secrets_->account_key.size());
    std::array<char, 2 * hash.size() + 1> hex{};
    return sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
}

std::string Keys::seal(std::string_view plain, std::string_view context) const {
    const auto with = sealer();
    std::string sealed(id_size + nonce_size + plain.size() + tag_size, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
    const SealKey& key = with->ring.current();
    std::copy(key.id.begin(), key.id.end(), out);
    unsigned char* const nonce = out + id_size;
    const std::uint64_t number = with->next_nonce++;
    std::copy(with->nonce_start.begin(), with->nonce_start.end(), nonce);
    std::memcpy(nonce + with->nonce_start.size(), &number, sizeof number);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_size, nullptr, bytes_of(plain),
                                               plain.size(), bytes_of(context), context.size(),
                                               nullptr, nonce, key.key.data());
    return sealed;
}

model::Sensitive Keys::open(std::string_view sealed, std::string_view context) const {
    const auto fail = [](const char* why) {
        throw model::ServiceError(model::ErrorCode::storage,
                                  std::string("an encrypted value can't be read: ") + why);
    };
    if (sealed.size() < id_size + nonce_size + tag_size) fail("it is cut off");
    const auto find_key = [&](const Sealer& in) {
        return std::ranges::find_if(in.ring.seal_keys, [&](const SealKey& key) {
            return std::equal(key.id.begin(), key.id.end(), bytes_of(sealed));
        });
    };
    auto with = sealer();
    auto key = find_key(*with);
    if (key == with->ring.seal_keys.end()) {
        reload();
        with = sealer();
        key = find_key(*with);
    }
    if (key == with->ring.seal_keys.end())
        fail("it was encrypted with the key of another key file");
    const unsigned char* const nonce = bytes_of(sealed) + id_size;
    std::string plain(sealed.size() - id_size - nonce_size - tag_size, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plain.data()),
                                                   nullptr, nullptr, nonce + nonce_size,
                                                   plain.size() + tag_size, bytes_of(context),
                                                   context.size(), nonce, key->key.data()) != 0) {
        fail("it was altered");
    }
    return model::Sensitive(std::move(plain));
}

std::string Keys::current_id() const {
    const auto with = sealer();
    const KeyId& id = with->ring.current().id;
    return {id.begin(), id.end()};
}

bool Keys::is_changing() const { return sealer()->ring.is_changing(); }

void Keys::reload() const {
    KeyRing ring = read_key_file(path_);
    if (sodium_memcmp(ring.hash_key.data(), secrets_->token_key.data(), ring.hash_key.size()) !=
        0) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "key file " + path_ + ": it is of another installation");
    }
    std::atomic_store(&secrets_->sealer, std::make_shared<Sealer>(std::move(ring)));
}

}  // namespace customercare::store
