// Sequence numbers of RFC 9293, section 3.4, compared by the serial arithmetic of RFC 1982.
#pragma once

#include <cstdint>

namespace podwire::tcp {

// How far `to` lies ahead of `from`; negative when behind. Exact while they are less than 2^31 apart.
constexpr std::int32_t sequence_distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

// A sequence number that does not wrap: its low 32 bits are the number on the wire, the high ones count the laps.
// One stream's positions only grow, so they tell stream bytes apart over any length of connection.
using Position = std::uint64_t;

// The first lap is 1, so that what lies a little before the first number still has a position.
constexpr Position first_position(std::uint32_t sequence) { return (Position{1} << 32U) | sequence; }

constexpr std::uint32_t wire_sequence(Position position) { return static_cast<std::uint32_t>(position); }

// The position nearest to `reference` that has this number on the wire.
constexpr Position unwrap(Position reference, std::uint32_t sequence) {
  const std::int64_t distance = sequence_distance(wire_sequence(reference), sequence);
  return reference + static_cast<Position>(distance);
}

// The first position at or after `reference` that has this number on the wire.
constexpr Position unwrap_forward(Position reference, std::uint32_t sequence) {
  return reference + static_cast<std::uint32_t>(sequence - wire_sequence(reference));
}

// The largest window that RFC 7323, section 2.3 allows (2^16 << 14), rounded up: no segment or acknowledgment that is
// valid lies further from what was seen.
constexpr std::uint64_t kMaxWindowBytes = 1ULL << 30U;

}  // namespace podwire::tcp
