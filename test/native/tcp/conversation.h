// Segments of one connection, written by stream offset: 0 is the first byte after SYN.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "recorded_connections.h"
#include "tcp/flow_table.h"

namespace podwire::tcp {

constexpr Side kClient = Side::kInitiator;
constexpr Side kServer = Side::kResponder;
constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kSecond = 1'000 * kMs;

inline Endpoint endpoint(std::uint8_t last_octet, std::uint16_t port) {
  Endpoint made;
  made.address.bytes = {198, 18, 0, last_octet};
  made.port = port;
  return made;
}

// Asks for a skip in the first data that the server sends.
inline Reaction skip_after_first_data(std::uint64_t bytes) {
  return [bytes](RecordedConnection& connection, Side side, const Event& event) {
    if (side == kServer && event.what == Told::kData && connection.of(side).size() == 1) {
      connection.control->skip(side, bytes);
    }
  };
}

struct Extra {
  bool fin = false;
  bool syn = false;
  bool rst = false;
  std::optional<std::uint64_t> ack{};            // offset of the other side; absent: no ACK flag
  std::optional<std::uint32_t> payload_bytes{};  // as they passed, when more than captured
  std::uint32_t left_out_bytes = 0;
  bool body_announced = false;
};

class Conversation {
 public:
  explicit Conversation(FlowTable& table, std::uint32_t client_first = 1001, std::uint32_t server_first = 500'001)
      : table_(table), first_{client_first, server_first} {}

  // A client's port of its own makes a connection of its own.
  std::uint16_t client_port = 40'000;
  std::uint32_t attachment_id = 1;
  std::uint64_t now_ns = 10 * kSecond;

  [[nodiscard]] std::uint32_t sequence(Side side, std::uint64_t offset) const {
    return first_[static_cast<std::size_t>(side)] + static_cast<std::uint32_t>(offset);
  }

  [[nodiscard]] Segment make(Side side, std::uint64_t offset, std::string_view payload, const Extra& extra = {}) const {
    Segment segment;
    segment.seen_monotime_ns = now_ns;
    segment.attachment_id = attachment_id;
    segment.sequence = sequence(side, offset) - (extra.syn ? 1U : 0U);
    segment.flags = {.fin = extra.fin, .syn = extra.syn, .rst = extra.rst, .ack = extra.ack.has_value()};
    if (extra.ack) segment.acknowledgment = sequence(opposite(side), *extra.ack);
    segment.source = side == kClient ? endpoint(1, client_port) : endpoint(2, 80);
    segment.destination = side == kClient ? endpoint(2, 80) : endpoint(1, client_port);
    segment.hook = side == kClient ? Hook::kIngress : Hook::kEgress;
    segment.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
    segment.left_out_bytes = extra.left_out_bytes;
    segment.body_announced = extra.body_announced;
    segment.payload_bytes = extra.payload_bytes.value_or(static_cast<std::uint32_t>(payload.size()));
    return segment;
  }

  // Time moves by 1 ms before each segment.
  void send(Side side, std::uint64_t offset, std::string_view payload, const Extra& extra = {}) {
    now_ns += kMs;
    table_.segment(make(side, offset, payload, extra));
  }
  void send_segment(Segment segment) {
    now_ns += kMs;
    segment.seen_monotime_ns = now_ns;
    table_.segment(segment);
  }
  void handshake() {
    send(kClient, 0, "", {.syn = true});
    send(kServer, 0, "", {.syn = true, .ack = 0});
  }
  void pass(std::uint64_t ns) {
    now_ns += ns;
    table_.advance(now_ns);
  }

 private:
  FlowTable& table_;
  std::uint32_t first_[2];
};

class ReassemblyTest : public ::testing::Test {
 protected:
  FlowLimits limits;
  Recorder recorder;
  RecordedSource source;

  // Made on first use, with the limits as they are then.
  FlowTable& table() {
    if (!table_) table_.emplace(limits, recorder, source);
    return *table_;
  }
  [[nodiscard]] std::string client() { return recorder.only().story(kClient); }
  [[nodiscard]] std::string server() { return recorder.only().story(kServer); }
  [[nodiscard]] std::uint64_t gaps(GapCause cause) {
    return table().stats().gaps[static_cast<std::size_t>(cause)].gaps;
  }

 private:
  std::optional<FlowTable> table_;
};

}  // namespace podwire::tcp
