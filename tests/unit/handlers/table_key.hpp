#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>

#include "handlers/bounded_table.hpp"
#include "handlers/lockouts.hpp"

namespace customercare::handlers {

/// A key that differs from those of other numbers.
inline TableKey key(std::uint64_t number) {
    TableKey key{};
    std::memcpy(key.data(), &number, sizeof number);
    return key;
}

inline constexpr SteadyTime start{std::chrono::hours(1000)};
inline constexpr std::size_t capacity = 4096;

}  // namespace customercare::handlers
