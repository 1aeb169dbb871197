// One TCP segment as a capture source saw it: the input of the whole pipeline.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace podwire::tcp {

// An IPv4 address fills the first four bytes; the rest is zero. Network order.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t version = 4;  // 4 or 6

  // Two words: compared for each segment.
  friend bool operator==(const Address& one, const Address& other) {
    std::array<std::uint64_t, 2> ours;
    std::array<std::uint64_t, 2> theirs;
    std::memcpy(ours.data(), one.bytes.data(), sizeof(ours));
    std::memcpy(theirs.data(), other.bytes.data(), sizeof(theirs));
    return ((ours[0] ^ theirs[0]) | (ours[1] ^ theirs[1])) == 0 && one.version == other.version;
  }
  [[nodiscard]] std::span<const std::uint8_t> octets() const { return std::span(bytes).first(version == 4 ? 4 : 16); }
};

struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Of the interface that was tapped: into the pod or out of it. A capture file and a loopback have neither.
enum class Hook : std::uint8_t { kIngress, kEgress, kInternal, kNone };

struct Flags {
  bool fin = false;
  bool syn = false;
  bool rst = false;
  bool ack = false;
};

// `payload` points into the source's buffer and is valid only during the call that receives it.
struct Segment {
  std::uint64_t seen_monotime_ns = 0;  // kernel time at the hook; of a capture file: its own time stamp
  std::uint32_t attachment_id = 0;     // 0 for a capture file
  std::uint32_t sequence = 0;          // of SYN when set, else of the first payload byte
  std::uint32_t acknowledgment = 0;    // valid when flags.ack
  std::uint32_t payload_bytes = 0;     // as they passed
  Endpoint source;
  Endpoint destination;
  Flags flags;
  Hook hook = Hook::kNone;
  std::span<const std::uint8_t> payload;  // the captured beginning; may be shorter than payload_bytes
  // So many bytes behind `payload`, also beyond this segment, the source took for a body's and may leave out.
  std::uint32_t left_out_bytes = 0;
  // `payload` ends with a head whose body the source leaves out once it has begun.
  bool body_announced = false;
};

}  // namespace podwire::tcp
