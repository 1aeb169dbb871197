// Bounds of what the exchange engine keeps and how long it waits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace podwire::exchange {

struct ExchangeLimits {
  // Heads and bodies of all exchanges that have not ended. Beyond: header fields are dropped and no more of
  // bodies is kept (`memory-full`); method, target and status stay, and everything is still counted.
  std::size_t max_stored_bytes = std::size_t{64} << 20U;
  // Exchanges that have not ended, of all connections. Beyond: HTTP/1 requests are sent as `no-response`, and the
  // oldest stream of the HTTP/2 connection that opens another one ends; both with `memory-full`.
  std::size_t max_open = 100'000;
  // Heads (HTTP/1) and frames (HTTP/2) that have not come whole, each, of all connections. Beyond: the connection that
  // needs more is given up, with `memory-full`.
  std::size_t max_incomplete_bytes = std::size_t{32} << 20U;
  // Dynamic tables of HPACK, of all connections. Beyond: older entries are forgotten, references to them unknown.
  std::size_t max_table_bytes = std::size_t{64} << 20U;
  // Requests of one HTTP/1 connection that wait for their response. Beyond: sent as `no-response`,
  // `too-deep-pipeline`.
  std::uint32_t max_pipelined = 1'000;
  // Streams of one HTTP/2 connection at once. Beyond: the oldest is sent as `too-many-streams`.
  std::size_t max_streams = 10'000;
};

// An exchange that is open for so long is sent once as open.
inline constexpr std::uint64_t kAnnounceAfterNs = 1'000'000'000;
// 1xx responses kept of one exchange; beyond, `too-many-informational`.
inline constexpr std::size_t kMaxInformational = 16;
// Of a head whose fields were dropped, method, target, reason and the like are each kept up to here.
inline constexpr std::size_t kMaxBareStartLineBytes = 2'048;
// Body bytes worth asking the layer below to skip.
inline constexpr std::uint64_t kSkipThresholdBytes = std::uint64_t{64} << 10U;
// A stream on which frames may have been lost, and that has been silent for so long, is given up.
inline constexpr std::uint64_t kMaxDoubtfulStreamNs = 60'000'000'000;
// Of a connection whose beginning was not seen: it is not HTTP when both directions passed so much without a head and
// without frames, of which the longest usual ones fit in several times...
inline constexpr std::uint32_t kMaxUndetectedBytes = std::uint32_t{64} << 10U;
// ...or one of them so much: a long body may pass before the next head.
inline constexpr std::uint32_t kMaxUndetectedOneWayBytes = std::uint32_t{64} << 20U;

}  // namespace podwire::exchange
