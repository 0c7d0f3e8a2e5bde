#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace customercare::test {

/// A certificate and its key, in PEM.
struct CertificateFiles {
    std::string certificate;
    std::string key;
};

/// What a certificate says, from the country down to the name.
using Subject = std::vector<std::pair<std::string, std::string>>;

/// Issues certificates, with keys on the curve P-256, into files of a directory.
class CertificateAuthority {
public:
    explicit CertificateAuthority(std::filesystem::path directory, const std::string& name = "ca");
    ~CertificateAuthority();
    CertificateAuthority(const CertificateAuthority&) = delete;
    CertificateAuthority& operator=(const CertificateAuthority&) = delete;

    [[nodiscard]] std::string certificate() const;  ///< The authority's own, as a file.

    /// `name` names the files; one that was issued before is replaced. Valid from now plus `begin`
    /// until now plus `end`.
    [[nodiscard]] CertificateFiles issue(const std::string& name,
                                         const Subject& subject = {{"CN", "localhost"}},
                                         std::chrono::seconds begin = std::chrono::hours(-1),
                                         std::chrono::seconds end = std::chrono::hours(24)) const;

private:
    std::filesystem::path directory_;
    std::string name_;
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<x509_st> certificate_;
};

}  // namespace customercare::test
