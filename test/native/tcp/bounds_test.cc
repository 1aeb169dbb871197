#include <chrono>

#include "conversation.h"
#include "tcp/segment_buffer.h"

namespace podwire::tcp {
namespace {

using BoundsTest = ReassemblyTest;
constexpr std::uint64_t kOverhead = SegmentBuffer::kPieceOverheadBytes;

TEST_F(BoundsTest, AFullFlowBufferGivesUpItsFirstHole) {
  limits.flow_buffer_bytes = 3 * (kOverhead + 2);
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 2, "cd", {.ack = 0});
  talk.send(kClient, 6, "gh", {.ack = 0});
  talk.send(kClient, 10, "kl", {.ack = 0});
  EXPECT_EQ(client(), "");
  talk.send(kClient, 14, "op", {.ack = 0});
  EXPECT_EQ(client(), "[full 2]cd");
  talk.send(kClient, 4, "ef", {.ack = 0});
  EXPECT_EQ(client(), "[full 2]cdefgh");
  EXPECT_LE(table().stats().buffered_bytes, limits.flow_buffer_bytes);
}

TEST_F(BoundsTest, ASegmentBeforeTheFirstHoleWhenFull) {
  limits.flow_buffer_bytes = kOverhead + 2;
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 6, "gh", {.ack = 0});
  talk.send(kClient, 2, "cd", {.ack = 0});
  EXPECT_EQ(client(), "[full 2]cd");
  talk.send(kClient, 4, "ef", {.ack = 0});
  EXPECT_EQ(client(), "[full 2]cdefgh");
}

TEST_F(BoundsTest, BothSidesShareTheFlowsBound) {
  limits.flow_buffer_bytes = kOverhead + 2;
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 2, "cd", {.ack = 0});
  talk.send(kServer, 2, "xy", {.ack = 0});
  EXPECT_EQ(client(), "");
  EXPECT_EQ(server(), "[full 2]xy");
}

TEST_F(BoundsTest, ASegmentLargerThanTheBoundIsNotLost) {
  limits.flow_buffer_bytes = 1000;
  Conversation talk(table());
  talk.handshake();
  const std::string large(64'000, 'x');
  talk.send(kClient, 5, large, {.ack = 0});
  EXPECT_EQ(client(), "[full 5]" + large);
}

TEST_F(BoundsTest, TheTotalBudgetHoldsOverAllFlows) {
  limits.total_buffer_bytes = 10 * (kOverhead + 1);
  recorder.keep_data = true;
  for (std::uint16_t flow = 0; flow < 50; ++flow) {
    Conversation talk(table());
    talk.client_port = static_cast<std::uint16_t>(1000 + flow);
    talk.handshake();
    talk.send(kClient, 3, "d", {.ack = 0});
    ASSERT_LE(table().stats().buffered_bytes, limits.total_buffer_bytes);
  }
  EXPECT_EQ(gaps(GapCause::kReorderBufferFull), 40U);
  for (std::size_t flow = 0; flow < 50; ++flow) {
    EXPECT_EQ(recorder.at(flow).story(kClient), flow < 10 ? "" : "[full 3]d");
  }
  table().close_all(20 * kSecond);
  EXPECT_EQ(table().stats().buffered_bytes, 0U);
}

TEST_F(BoundsTest, AFullTableGivesUpTheLongestIdleFlow) {
  limits.max_flows = 3;
  std::vector<Conversation> talks;
  for (std::uint16_t flow = 0; flow < 4; ++flow) {
    talks.emplace_back(table());
    talks.back().client_port = static_cast<std::uint16_t>(1000 + flow);
    talks.back().now_ns += flow * 10 * kMs;
  }
  for (int flow = 0; flow < 3; ++flow) talks[flow].handshake();
  talks[0].now_ns = talks[2].now_ns;
  talks[0].send(kClient, 0, "alive", {.ack = 0});
  talks[3].now_ns = talks[0].now_ns;
  talks[3].handshake();
  EXPECT_EQ(recorder.at(1).close_cause, CloseCause::kEvicted);
  EXPECT_TRUE(recorder.at(1).destroyed);
  for (const std::size_t flow : {0, 2, 3}) EXPECT_FALSE(recorder.at(flow).closed) << flow;
  EXPECT_EQ(table().stats().flows, 3U);
}

TEST_F(BoundsTest, FlowsThatAreOverGoFirst) {
  limits.max_flows = 2;
  Conversation idle(table());
  idle.handshake();
  Conversation over(table());
  over.client_port = 2000;
  over.now_ns = idle.now_ns;
  over.handshake();
  over.send(kClient, 0, "", {.rst = true});
  Conversation fresh(table());
  fresh.client_port = 3000;
  fresh.now_ns = over.now_ns;
  fresh.handshake();
  EXPECT_FALSE(recorder.at(0).closed);
  EXPECT_EQ(table().stats().lingering, 0U);
}

TEST_F(BoundsTest, ManyMoreFlowsThanTheTableHolds) {
  limits.max_flows = 100;
  for (std::uint32_t flow = 0; flow < 20'000; ++flow) {
    Conversation talk(table());
    talk.client_port = static_cast<std::uint16_t>(flow);
    talk.attachment_id = flow >> 14U;
    talk.send(kClient, 0, "x", {.ack = 0});
    talk.send(kClient, 5, "y", {.ack = 0});
  }
  EXPECT_EQ(table().stats().flows, 100U);
  EXPECT_EQ(table().stats().closed[static_cast<std::size_t>(CloseCause::kEvicted)], 19'900U);
  EXPECT_EQ(table().stats().buffered_bytes, 100 * (kOverhead + 1));
}

// The bound on bookkeeping keeps the pieces few, however small they are, and every byte is told once.
TEST_F(BoundsTest, SingleBytesInReverseOrder) {
  limits.flow_buffer_bytes = 1000 * (kOverhead + 1);
  Conversation talk(table());
  talk.handshake();
  constexpr std::uint64_t kBytes = 20'000;
  for (std::uint64_t offset = kBytes; offset > 0; --offset) {
    talk.now_ns -= kMs;  // all at one time
    talk.send(kClient, offset, "x", {.ack = 0});
    ASSERT_LE(table().stats().buffered_bytes, limits.flow_buffer_bytes);
  }
  RecordedConnection& connection = recorder.only();
  EXPECT_EQ(connection.total(kClient, Told::kData) + connection.total(kClient, Told::kGap), kBytes + 1);
  EXPECT_EQ(table().stats().old_segments, kBytes - 1001);
}

}  // namespace
}  // namespace podwire::tcp
