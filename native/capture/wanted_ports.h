// Which ports the kernel has to show for a set of taps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tap/tap_spec.h"

namespace podwire::capture {

// Ports of either end, sorted. Empty: all, because some tap does not restrict them, or there are more than the kernel
// program holds (CAPTURE_PORTS_MAX). `translated`: a destination may be translated behind the interface, so that the
// port that `to` asks for need not be the one that passes.
[[nodiscard]] std::vector<std::uint16_t> wanted_ports(std::span<const tap::TapSpec* const> taps, bool translated);

}  // namespace podwire::capture
