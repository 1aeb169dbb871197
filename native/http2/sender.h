// Which endpoint sends a direction, as far as it is known.
#pragma once

#include <cstdint>

namespace podwire::http2 {

enum class Sender : std::uint8_t { kUnknown, kClient, kServer };

}  // namespace podwire::http2
