#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace customercare::model {

/// Hexadecimal digits in lower case; all NUL: none.
template <std::size_t size>
struct HexId {
    std::array<char, size> digits{};

    [[nodiscard]] std::string_view text() const {
        return digits.front() == '\0' ? std::string_view()
                                      : std::string_view(digits.data(), digits.size());
    }
};

/// A request's place in a trace that goes through several programs ([TRACE-CONTEXT]).
struct TraceContext {
    HexId<32> trace_id;   ///< The caller's, or a new one.
    HexId<16> parent_id;  ///< The caller's span; none if the trace begins with us.
    HexId<16> span_id;    ///< Our own for this request.

    /// One that begins here. Different for each `request`, and each run of the program.
    [[nodiscard]] static TraceContext begin(std::uint64_t request);
    /// The one that the value of a header traceparent continues; nullopt if that is not as
    /// specified ([TRACE-CONTEXT] 3.2.2), and then has to be ignored. Of versions to come only the
    /// parts count that they have to have.
    [[nodiscard]] static std::optional<TraceContext> follow(std::string_view traceparent,
                                                            std::uint64_t request);
};

}  // namespace customercare::model
