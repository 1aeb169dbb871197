// What tells one flow from another: the attachment and both endpoints, the same for either direction.
#pragma once

#include <cstdint>
#include <cstring>
#include <tuple>

#include "tcp/segment.h"

namespace podwire::tcp {

struct FlowKey {
  std::uint32_t attachment_id = 0;
  Endpoint lower;  // by endpoint_before
  Endpoint upper;

  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

// An order of endpoints, the same on one machine: by the two words of their addresses, then port.
inline bool endpoint_before(const Endpoint& one, const Endpoint& other) {
  std::uint64_t ours[2];
  std::uint64_t theirs[2];
  std::memcpy(ours, one.address.bytes.data(), sizeof(ours));
  std::memcpy(theirs, other.address.bytes.data(), sizeof(theirs));
  if (ours[0] != theirs[0]) return ours[0] < theirs[0];
  if (ours[1] != theirs[1]) return ours[1] < theirs[1];
  return std::tie(one.port, one.address.version) < std::tie(other.port, other.address.version);
}

inline bool source_is_lower(const Segment& segment) { return !endpoint_before(segment.destination, segment.source); }

inline FlowKey flow_key(const Segment& segment) {
  return source_is_lower(segment) ? FlowKey{segment.attachment_id, segment.source, segment.destination}
                                  : FlowKey{segment.attachment_id, segment.destination, segment.source};
}

// One round of the 64-bit finaliser of MurmurHash3 per word.
inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
  return hash ^ (hash >> 33U);
}

inline std::uint32_t flow_hash(const FlowKey& key, std::uint64_t seed) {
  std::uint64_t words[4];
  std::memcpy(&words[0], key.lower.address.bytes.data(), 16);
  std::memcpy(&words[2], key.upper.address.bytes.data(), 16);
  std::uint64_t hash = mix(seed, key.attachment_id);
  hash = mix(hash, (std::uint64_t{key.lower.port} << 16U) | key.upper.port);
  for (const std::uint64_t word : words) hash = mix(hash, word);
  return static_cast<std::uint32_t>(mix(hash, seed) >> 32U);
}

}  // namespace podwire::tcp
