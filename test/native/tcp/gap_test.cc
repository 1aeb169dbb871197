#include "conversation.h"

namespace podwire::tcp {
namespace {

using GapTest = ReassemblyTest;

TEST_F(GapTest, AnAcknowledgedHoleIsAGapAtOnce) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ab", {.ack = 0});
  talk.send(kClient, 5, "fg", {.ack = 0});
  EXPECT_EQ(client(), "ab");
  talk.send(kServer, 0, "ok", {.ack = 7});
  EXPECT_EQ(client(), "ab[acked 3]fg");
  talk.send(kClient, 2, "cde", {.ack = 2});
  EXPECT_EQ(client(), "ab[acked 3]fg") << "too late";
  talk.send(kClient, 7, "h", {.ack = 2});
  EXPECT_EQ(client(), "ab[acked 3]fgh");
}

TEST_F(GapTest, OnlyWhatIsAcknowledgedIsGivenUp) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 2, "c", {.ack = 0});
  talk.send(kClient, 5, "f", {.ack = 0});
  talk.send(kServer, 0, "x", {.ack = 4});
  EXPECT_EQ(client(), "[acked 2]c[acked 1]");
  talk.send(kClient, 4, "e", {.ack = 0});
  EXPECT_EQ(client(), "[acked 2]c[acked 1]ef");
}

TEST_F(GapTest, BytesThatWaitFillWhatASegmentWasCapturedWithout) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 4, "efgh");
  talk.send(kClient, 0, "abc", {.payload_bytes = 6});
  EXPECT_EQ(client(), "abc[cut 1]efgh");
  EXPECT_EQ(table().stats().buffered_bytes, 0U);
}

TEST_F(GapTest, AcknowledgedBytesOfWhichNothingCame) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "response", {.ack = 500});
  EXPECT_EQ(client(), "[acked 500]");
  EXPECT_EQ(server(), "response");
}

TEST_F(GapTest, TheGapIsToldBeforeTheAnswer) {
  std::vector<std::string> order;
  recorder.reaction = [&](RecordedConnection&, Side side, const Event& event) {
    order.push_back((side == kClient ? "client " : "server ") + std::to_string(static_cast<int>(event.what)));
  };
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "response", {.ack = 500});
  EXPECT_EQ(order, (std::vector<std::string>{"client 1", "server 0"}));
}

TEST_F(GapTest, AnAcknowledgmentOutOfAnyWindowIsNotBelieved) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "x", {.ack = (1ULL << 30U) + 1});
  EXPECT_EQ(client(), "");
  EXPECT_EQ(table().stats().implausible_acknowledgments, 1U);
  talk.send(kClient, 0, "a", {.ack = 1});
  EXPECT_EQ(client(), "a");
}

TEST_F(GapTest, AHoleWaitsForTheReorderTimeoutAndNoLonger) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ab", {.ack = 0});
  talk.send(kClient, 5, "fg", {.ack = 0});
  talk.pass(kSecond - 1);
  EXPECT_EQ(client(), "ab");
  talk.pass(1);
  EXPECT_EQ(client(), "ab[timeout 3]fg");
  EXPECT_EQ(table().stats().buffered_bytes, 0U);
  EXPECT_EQ(gaps(GapCause::kReorderTimeout), 1U);
}

TEST_F(GapTest, SegmentsOfOtherFlowsMoveTheTimeout) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 5, "fg", {.ack = 0});
  Conversation other(table());
  other.client_port = 41'000;
  other.now_ns = talk.now_ns + 2 * kSecond;
  other.handshake();
  EXPECT_EQ(recorder.at(0).story(kClient), "[timeout 5]fg");
}

// The second hole is as old as the bytes after it, not as the first hole's end.
TEST_F(GapTest, EachHoleHasItsOwnTime) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 1, "b", {.ack = 0});
  talk.pass(kSecond / 2);
  talk.send(kClient, 3, "d", {.ack = 0});
  talk.pass(kSecond / 2);
  EXPECT_EQ(client(), "[timeout 1]b");
  talk.pass(kSecond / 2);
  EXPECT_EQ(client(), "[timeout 1]b[timeout 1]d");
}

TEST_F(GapTest, BytesThatWaitedCarryTheTimeTheyCouldBeRead) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 1, "b", {.ack = 0});
  talk.pass(100 * kMs);
  talk.send(kClient, 0, "a", {.ack = 0});
  const auto& events = recorder.only().of(kClient);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at_ns, talk.now_ns);
  EXPECT_EQ(events[1].at_ns, talk.now_ns);
}

TEST_F(GapTest, BytesAfterALossCarryTheTimeTheyPassed) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 1, "b", {.ack = 0});
  const std::uint64_t passed_ns = talk.now_ns;
  talk.pass(5 * kSecond);
  const auto& events = recorder.only().of(kClient);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].data, "b");
  EXPECT_EQ(events[1].at_ns, passed_ns);
}

// The receiver had what was lost: what waited could be read when it came, however late that was found out.
TEST_F(GapTest, BytesBehindAnAcknowledgedHoleCarryTheirOwnTime) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "a", {.ack = 0});
  talk.send(kClient, 3, "d", {.ack = 0});
  const std::uint64_t first_ns = talk.now_ns;
  talk.send(kClient, 6, "g", {.ack = 0});
  const std::uint64_t second_ns = talk.now_ns;
  talk.pass(kSecond / 2);
  talk.send(kServer, 0, "", {.ack = 9});
  EXPECT_EQ(client(), "a[acked 2]d[acked 2]g[acked 2]") << "at once, by no more than an acknowledgment";
  const auto& events = recorder.only().of(kClient);
  ASSERT_EQ(events.size(), 6U);
  EXPECT_EQ(events[1].at_ns, first_ns);
  EXPECT_EQ(events[2].at_ns, first_ns);
  EXPECT_EQ(events[3].at_ns, second_ns);
  EXPECT_EQ(events[4].at_ns, second_ns);
  EXPECT_EQ(events[5].at_ns, talk.now_ns) << "nothing else proves that these passed";
}

TEST_F(GapTest, BytesBehindOnesThatCameLateCarryTheLateTimeAlsoBehindAGap) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 1, "b", {.ack = 0});
  talk.send(kClient, 4, "e", {.ack = 0});
  talk.pass(100 * kMs);
  talk.send(kClient, 0, "a", {.ack = 0});
  const std::uint64_t late_ns = talk.now_ns;
  talk.pass(100 * kMs);
  talk.send(kServer, 0, "", {.ack = 5});
  EXPECT_EQ(client(), "ab[acked 2]e");
  for (const Event& event : recorder.only().of(kClient)) EXPECT_EQ(event.at_ns, late_ns);
}

TEST_F(GapTest, BytesBehindAHoleThatWasCrowdedOutCarryTheirOwnTime) {
  limits.flow_buffer_bytes = 2 * SegmentBuffer::kPieceOverheadBytes;
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 1, "b", {.ack = 0});
  const std::uint64_t first_ns = talk.now_ns;
  talk.send(kClient, 3, "d", {.ack = 0});
  EXPECT_EQ(client(), "[full 1]b");
  for (const Event& event : recorder.only().of(kClient)) EXPECT_EQ(event.at_ns, first_ns);
}

// Either side's, also of a side that has sent nothing yet.
TEST_F(GapTest, AnAcknowledgmentWithoutPayloadIsEnough) {
  for (const Side side : {kClient, kServer}) {
    Recorder mine;
    FlowTable scoped(limits, mine, source);
    Conversation talk(scoped);
    talk.handshake();
    talk.send(side, 3, "d", {.ack = 0});
    talk.send(opposite(side), 0, "", {.ack = 4});
    EXPECT_EQ(mine.only().story(side), "[acked 3]d");
    EXPECT_EQ(mine.only().of(side).back().at_ns, talk.now_ns - kMs);
  }
}

TEST_F(GapTest, WhatASegmentLacksOfItsPayloadWasNotCaptured) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "abc", {.ack = 0, .payload_bytes = 10});
  talk.send(kClient, 10, "k", {.ack = 0});
  EXPECT_EQ(client(), "abc[cut 7]k");
}

TEST_F(GapTest, OutOfOrderAndNotWhollyCaptured) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 5, "f", {.ack = 0, .payload_bytes = 4});
  talk.send(kClient, 9, "", {.ack = 0, .payload_bytes = 2});
  talk.send(kClient, 0, "abcde", {.ack = 0});
  EXPECT_EQ(client(), "abcdef[cut 3][cut 2]");
}

TEST_F(GapTest, FinWaitsForTheBytesBeforeIt) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 3, "", {.fin = true, .ack = 0});
  EXPECT_EQ(client(), "");
  talk.send(kClient, 0, "abc", {.ack = 0});
  EXPECT_EQ(client(), "abc.");
}

TEST_F(GapTest, FinAfterALoss) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 3, "", {.fin = true, .ack = 0});
  talk.pass(kSecond);
  EXPECT_EQ(client(), "[timeout 3].");
}

TEST_F(GapTest, AcknowledgedFinIsNoByte) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 3, "", {.fin = true, .ack = 0});
  talk.send(kServer, 0, "x", {.ack = 4});
  EXPECT_EQ(client(), "[acked 3].");
}

TEST_F(GapTest, BytesThatWaitAreToldBeforeTheClose) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 1, "b", {.ack = 0});
  table().close_attachment(2, talk.now_ns);
  EXPECT_FALSE(recorder.only().closed);
  table().close_attachment(1, talk.now_ns);
  EXPECT_EQ(client(), "[acked 1]b") << "it did not wait for too long";
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kDetached);
  EXPECT_EQ(table().stats().buffered_bytes, 0U);
}

TEST_F(GapTest, KeepAliveAndWindowProbesChangeNothing) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "abc", {.ack = 0});
  talk.send(kClient, 2, std::string_view("\0", 1), {.ack = 0});
  talk.send(kClient, 2, "", {.ack = 0});
  talk.send(kClient, 3, "d", {.ack = 0});
  talk.send(kClient, 3, "d", {.ack = 0});
  talk.send(kClient, 3, "def", {.ack = 0});
  EXPECT_EQ(client(), "abcdef");
}

}  // namespace
}  // namespace podwire::tcp
