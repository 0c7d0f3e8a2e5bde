#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>

namespace customercare::test {

/// An HttpClient, or one derived from it, that looks at all bytes and at how they end.
template <typename Client>
class RawClient : public Client {
public:
    using Client::Client;

    /// Until the end of the connection; `error` is then the system's, 0 for a proper one.
    std::string read_all() {
        std::string all;
        std::array<char, 4096> buffer{};
        std::ptrdiff_t count = 0;
        while ((count = this->read_some(buffer.data(), buffer.size())) > 0) {
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
        error = count < 0 ? errno : 0;
        return all;
    }
    int error = 0;
};

}  // namespace customercare::test
