#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace customercare::fuzz {

/// An input's first line holds the target's choices, as text, so that seeds can be read and written
/// by hand; what follows is the data proper.
struct Input {
    std::string_view choices;
    std::string_view data;

    Input(const std::uint8_t* bytes, std::size_t size) {
        const std::string_view text(reinterpret_cast<const char*>(bytes), size);
        const std::size_t end = text.find('\n');
        choices = text.substr(0, end);
        if (end != std::string_view::npos) data = text.substr(end + 1);
    }
};

/// An invariant. The fuzzer takes the end of the program for a crash, and keeps the input.
inline void require(bool holds, const char* invariant) {
    if (holds) return;
    std::fprintf(stderr, "Invariant broken: %s\n", invariant);
    std::abort();
}

}  // namespace customercare::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
