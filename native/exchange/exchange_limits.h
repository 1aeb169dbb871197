// Bounds of what the exchange engine keeps and how long it waits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace podwire::exchange {

struct ExchangeLimits {
  // Heads and bodies of all exchanges that have not ended. Beyond: header fields are dropped (`unknown-headers`) and
  // no more of bodies is kept; method, target and status stay, and everything is still counted.
  std::size_t max_stored_bytes = std::size_t{64} << 20U;
  // Heads that have not come whole, of all connections. Beyond: the connection that needs more counts as malformed.
  std::size_t max_incomplete_bytes = std::size_t{32} << 20U;
  // Requests of one connection that wait for their response. Beyond: sent as `no-response`, `truncated`.
  std::uint32_t max_pipelined = 1'000;
};

// An exchange that is open for so long is sent once as open.
inline constexpr std::uint64_t kAnnounceAfterNs = 1'000'000'000;
// 1xx responses kept of one exchange; beyond, `truncated`.
inline constexpr std::size_t kMaxInformational = 16;
// Of a head whose fields were dropped, the start line is kept up to here; of a longer one the method alone.
inline constexpr std::size_t kMaxBareStartLineBytes = 2'048;
// Body bytes worth asking the layer below to skip.
inline constexpr std::uint64_t kSkipThresholdBytes = std::uint64_t{64} << 10U;
// Of a connection whose beginning was not seen: it is not HTTP when both directions passed so much without a head...
inline constexpr std::uint32_t kMaxUndetectedBytes = std::uint32_t{16} << 10U;
// ...or one of them so much: a long body may pass before the next head.
inline constexpr std::uint32_t kMaxUndetectedOneWayBytes = std::uint32_t{64} << 20U;

}  // namespace podwire::exchange
