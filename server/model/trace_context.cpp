#include "model/trace_context.hpp"

#include <algorithm>
#include <cstddef>
#include <random>

namespace customercare::model {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// traceparent: version, trace-id, parent-id and trace-flags, with a dash between each two.
constexpr std::size_t trace_id_at = 3;
constexpr std::size_t parent_id_at = 36;
constexpr std::size_t flags_at = 53;
constexpr std::size_t length = 55;

bool is_hex(std::string_view text) {
    return text.find_first_not_of(hex_digits) == std::string_view::npos;
}

bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

/// A bijection that looks like chance (splitmix64), so that different requests never get the same.
std::uint64_t scramble(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

/// What tells this run of the program from all others.
const std::array<std::uint64_t, 3>& seeds() {
    static const std::array<std::uint64_t, 3> chosen = [] {
        std::random_device device;
        std::array<std::uint64_t, 3> numbers{};
        for (std::uint64_t& number : numbers) {
            number = (static_cast<std::uint64_t>(device()) << 32U) | device();
        }
        return numbers;
    }();
    return chosen;
}

/// An id must not be all zeros ([TRACE-CONTEXT] 3.2.2.3, 3.2.2.4).
void write_id(char* digits, std::uint64_t number) {
    number = std::max<std::uint64_t>(number, 1);
    for (std::size_t i = 16; i-- > 0; number >>= 4U) digits[i] = hex_digits[number & 0xFU];
}

HexId<16> new_span_id(std::uint64_t request) {
    HexId<16> id;
    write_id(id.digits.data(), scramble(seeds()[2] + request));
    return id;
}

}  // namespace

TraceContext TraceContext::begin(std::uint64_t request) {
    TraceContext context;
    write_id(context.trace_id.digits.data(), scramble(seeds()[0] + request));
    write_id(context.trace_id.digits.data() + 16, scramble(seeds()[1] + request));
    context.span_id = new_span_id(request);
    return context;
}

std::optional<TraceContext> TraceContext::follow(std::string_view traceparent,
                                                 std::uint64_t request) {
    if (traceparent.size() < length) return std::nullopt;
    const std::string_view version = traceparent.substr(0, 2);
    const std::string_view trace_id = traceparent.substr(trace_id_at, 32);
    const std::string_view parent_id = traceparent.substr(parent_id_at, 16);
    const bool has_dashes = traceparent[trace_id_at - 1] == '-' &&
                            traceparent[parent_id_at - 1] == '-' &&
                            traceparent[flags_at - 1] == '-';
    if (!has_dashes || !is_hex(version) || version == "ff" || !is_hex(trace_id) ||
        !is_hex(parent_id) || !is_hex(traceparent.substr(flags_at, 2)) || is_zero(trace_id) ||
        is_zero(parent_id)) {
        return std::nullopt;
    }
    if (traceparent.size() > length && (version == "00" || traceparent[length] != '-')) {
        return std::nullopt;
    }
    TraceContext context;
    std::copy(trace_id.begin(), trace_id.end(), context.trace_id.digits.begin());
    std::copy(parent_id.begin(), parent_id.end(), context.parent_id.digits.begin());
    context.span_id = new_span_id(request);
    return context;
}

}  // namespace customercare::model
