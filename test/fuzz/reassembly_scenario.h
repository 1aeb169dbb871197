// Segments of one or more connections made of a fuzz input. Each sender's bytes follow a pattern, so that any that is
// told can be judged.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "fuzz_input.h"
#include "tcp/flow_limits.h"
#include "tcp/segment.h"

namespace podwire::fuzz {

// The byte that a sender has at this sequence number, whatever the connection.
inline std::uint8_t pattern(bool from_server, std::uint32_t sequence) {
  const std::uint32_t mixed = (sequence + (from_server ? 77U : 0U)) * 2'654'435'761U;
  return static_cast<std::uint8_t>(mixed >> 24U);
}

struct Step {
  tcp::Segment segment;  // without payload, which is made of the pattern
  std::uint32_t captured_bytes = 0;
  bool from_server = false;
};

// Orderly: both SYNs, then segments of one connection within a window: all offsets are known. Otherwise anything.
struct Scenario {
  bool orderly = false;
  bool leaves_out = false;  // some segment says so
  tcp::FlowLimits limits;
  std::uint16_t skip_every = 0;  // calls to a sink; 0: never
  std::uint32_t skip_bytes = 0;
  std::uint16_t ignore_at = 0;  // the call at which a sink wants no more; 0: never
  std::vector<Step> steps;
};

inline tcp::Endpoint endpoint(std::uint8_t last_octet, std::uint16_t port) {
  tcp::Endpoint made;
  made.address.bytes = {198, 18, 0, last_octet};
  made.port = port;
  return made;
}

inline Step step_of(bool from_server, std::uint16_t client_port, std::uint32_t sequence, std::uint64_t now_ns) {
  Step step;
  step.from_server = from_server;
  step.segment.seen_monotime_ns = now_ns;
  step.segment.attachment_id = 1;
  step.segment.sequence = sequence;
  const tcp::Endpoint client = endpoint(1, client_port);
  const tcp::Endpoint server = endpoint(2, 80);
  step.segment.source = from_server ? server : client;
  step.segment.destination = from_server ? client : server;
  return step;
}

inline constexpr std::size_t kMaxSteps = 200;
inline constexpr std::uint32_t kMaxOrderlyOffset = 4'095;

inline std::uint32_t offset_of(FuzzInput& input, const Scenario& made) {
  const std::uint32_t offset = input.u16();
  return made.orderly ? offset % (kMaxOrderlyOffset + 1) : offset;
}

// Each step: what (u8), offset (u16), size (u8, scaled), captured less than size (u8), left out (u8, scaled),
// acknowledgment (u16).
inline void add_step(FuzzInput& input, const std::array<std::uint32_t, 2>& first, std::uint64_t& now_ns,
                     Scenario& made) {
  const std::uint8_t what = input.byte();
  const std::uint8_t flags = made.orderly ? 0 : input.byte();
  const bool from_server = (what & 1U) != 0;
  std::uint32_t offset = offset_of(input, made);
  const std::uint32_t size = input.byte() * ((what & 2U) != 0 ? 16U : 1U);
  now_ns += (what & 4U) != 0 ? std::uint64_t{input.byte()} * 20 * tcp::kNsPerMs : tcp::kNsPerMs / 10;
  if (!made.orderly && (flags & 0x40U) != 0) offset += input.u32();
  const std::uint16_t port = made.orderly ? 40'000 : static_cast<std::uint16_t>(40'000 + (flags >> 4U) % 4U);
  Step step = step_of(from_server, port, first[from_server ? 1 : 0] + offset, now_ns);
  step.segment.payload_bytes = made.orderly ? std::min(size, kMaxOrderlyOffset - offset) : size;
  step.captured_bytes = step.segment.payload_bytes;
  if ((what & 8U) != 0) step.captured_bytes -= std::min(step.captured_bytes, std::uint32_t{input.byte()});
  if ((what & 32U) != 0) step.segment.left_out_bytes = input.byte() * 16U;
  made.leaves_out = made.leaves_out || step.segment.left_out_bytes > 0;
  step.segment.body_announced = (what & 64U) != 0;
  step.segment.flags.ack = (what & 16U) != 0;
  if (step.segment.flags.ack) step.segment.acknowledgment = first[from_server ? 0 : 1] + offset_of(input, made);
  if (!made.orderly) {
    step.segment.flags.syn = (flags & 3U) == 1;
    step.segment.flags.fin = (flags & 12U) == 4;
    step.segment.flags.rst = (flags & 12U) == 8;
    if ((flags & 0x80U) != 0) step.segment.payload_bytes += input.u32() >> 4U;
  }
  made.steps.push_back(step);
}

inline Scenario scenario_of(FuzzInput& input) {
  Scenario made;
  made.orderly = (input.byte() & 1U) != 0;
  const std::array<std::uint32_t, 2> first{input.u32(), input.u32()};
  std::uint64_t now_ns = tcp::kNsPerSecond;
  if (made.orderly) {
    for (const bool from_server : {false, true}) {
      Step syn = step_of(from_server, 40'000, first[from_server ? 1 : 0] - 1, now_ns);
      syn.segment.flags = {.syn = true, .ack = from_server};
      if (from_server) syn.segment.acknowledgment = first[0];
      made.steps.push_back(syn);
    }
  } else {
    made.limits.max_flows = 3;
    made.limits.flow_buffer_bytes = 4'000;
    made.limits.total_buffer_bytes = 6'000;
    made.limits.source_skip_min_bytes = 100;
    made.skip_every = input.byte() % 16U;
    made.skip_bytes = input.u32();
    made.ignore_at = input.byte();
  }
  while (!input.empty() && made.steps.size() < kMaxSteps) add_step(input, first, now_ns, made);
  if (made.orderly) {
    for (const bool from_server : {false, true}) {
      Step fin = step_of(from_server, 40'000, first[from_server ? 1 : 0] + kMaxOrderlyOffset, now_ns);
      fin.segment.flags.fin = true;
      made.steps.push_back(fin);
    }
  }
  return made;
}

}  // namespace podwire::fuzz
