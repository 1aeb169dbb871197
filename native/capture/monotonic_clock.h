// The kernel's clocks, as the capture threads read them.
#pragma once

#include <cstdint>

namespace podwire::capture {

// CLOCK_MONOTONIC, of which the hook's time stamps are.
[[nodiscard]] std::uint64_t monotime_ns();
// CLOCK_REALTIME − CLOCK_MONOTONIC now.
[[nodiscard]] std::int64_t wall_clock_offset_ns();

}  // namespace podwire::capture
