#include "support/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace customercare::test {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

void check(bool good) {
    if (!good) throw std::runtime_error("a certificate can't be made");
}

void write_file(const std::string& path, const auto& write) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"),
                                                               std::fclose);
    check(file != nullptr && write(file.get()) == 1);
}

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, id, value), X509_EXTENSION_free);
    check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// Without issuer: signed by itself.
Certificate make_certificate(const Key& key, const Subject& subject, std::chrono::seconds begin,
                             std::chrono::seconds end, X509* issuer, EVP_PKEY* issuer_key) {
    const Certificate certificate(X509_new(), X509_free);
    X509* handle = certificate.get();
    std::uint64_t serial = 0;
    check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(handle), serial >> 1U);
    X509_set_version(handle, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(handle), begin.count());
    X509_gmtime_adj(X509_getm_notAfter(handle), end.count());
    X509_set_pubkey(handle, key.get());
    for (const auto& [name, value] : subject) {
        check(X509_NAME_add_entry_by_txt(X509_get_subject_name(handle), name.c_str(), MBSTRING_UTF8,
                                         reinterpret_cast<const unsigned char*>(value.c_str()), -1,
                                         -1, 0) == 1);
    }
    if (issuer == nullptr) {
        issuer = handle;
        add_extension(handle, issuer, NID_basic_constraints, "critical,CA:TRUE");
    } else {
        add_extension(handle, issuer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    }
    X509_set_issuer_name(handle, X509_get_subject_name(issuer));
    check(X509_sign(handle, issuer_key, EVP_sha256()) > 0);
    return certificate;
}

}  // namespace

CertificateAuthority::CertificateAuthority(std::filesystem::path directory, const std::string& name)
    : directory_(std::move(directory)),
      name_(name),
      key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
      certificate_(make_certificate(key_, {{"CN", name}}, std::chrono::hours(-24),
                                    std::chrono::hours(48), nullptr, key_.get())) {
    write_file(certificate(),
               [&](std::FILE* file) { return PEM_write_X509(file, certificate_.get()); });
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::certificate() const { return directory_ / (name_ + ".pem"); }

CertificateFiles CertificateAuthority::issue(const std::string& name, const Subject& subject,
                                             std::chrono::seconds begin,
                                             std::chrono::seconds end) const {
    CertificateFiles files{directory_ / (name + ".pem"), directory_ / (name + ".key")};
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Certificate certificate =
        make_certificate(key, subject, begin, end, certificate_.get(), key_.get());
    write_file(files.certificate,
               [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()); });
    write_file(files.key, [&](std::FILE* file) {
        fchmod(fileno(file), S_IRUSR | S_IWUSR);
        return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return files;
}

}  // namespace customercare::test
