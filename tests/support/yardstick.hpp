#pragma once

namespace customercare::test {

/// How many times as long as on the machine of tests/bench/RESULTS.md work takes here at present;
/// at least 1. Measured by the processor time that expat needs for 1 MiB of XML: 6 ms there.
[[nodiscard]] double machine_slowness();

}  // namespace customercare::test
