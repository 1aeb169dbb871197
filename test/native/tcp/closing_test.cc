#include "conversation.h"

namespace podwire::tcp {
namespace {

using ClosingTest = ReassemblyTest;

TEST_F(ClosingTest, BothFins) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "bye", {.fin = true, .ack = 0});
  EXPECT_FALSE(recorder.only().closed);
  talk.send(kServer, 0, "bye too", {.fin = true, .ack = 4});
  EXPECT_EQ(client(), "bye.");
  EXPECT_EQ(server(), "bye too.");
  EXPECT_TRUE(recorder.only().destroyed);
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kEnded);
  EXPECT_EQ(table().stats().flows, 0U);
}

TEST_F(ClosingTest, AfterTheCloseRetransmissionsBeginNothing) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "bye", {.fin = true, .ack = 0});
  talk.send(kServer, 0, "bye", {.fin = true, .ack = 4});
  talk.send(kServer, 0, "bye", {.fin = true, .ack = 4});
  talk.send(kClient, 0, "", {.syn = true});
  EXPECT_EQ(recorder.count(), 1U);
  EXPECT_EQ(table().stats().lingering, 1U);
  EXPECT_EQ(table().stats().after_end_segments, 2U);
  talk.pass(limits.linger_ns);
  EXPECT_EQ(table().stats().lingering, 0U);
}

TEST_F(ClosingTest, ANewConnectionMayFollowAtOnce) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "", {.rst = true, .ack = 0});
  Conversation next(table(), 77'001, 88'001);
  next.now_ns = talk.now_ns;
  next.send(kServer, 0, "", {.syn = true, .ack = 0});  // its SYN was missed
  next.send(kClient, 0, "GET", {.ack = 0});
  ASSERT_EQ(recorder.count(), 2U);
  EXPECT_EQ(recorder.at(0).close_cause, CloseCause::kEnded);
  EXPECT_EQ(recorder.at(1).story(kClient), "GET");
}

TEST_F(ClosingTest, AHalfClosedConnectionLivesAsLongAsTheOtherSideSends) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "", {.fin = true, .ack = 0});
  std::string sent;
  for (int at = 0; at < 100; ++at) {
    talk.pass(limits.half_closed_idle_ns - 10 * kMs);
    talk.send(kServer, sent.size(), "x", {.ack = 1});
    sent += "x";
  }
  EXPECT_EQ(server(), sent);
  EXPECT_EQ(client(), ".");
  talk.pass(limits.half_closed_idle_ns);
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kIdle);
}

TEST_F(ClosingTest, DataAfterFinIsNoData) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "abc", {.fin = true, .ack = 0});
  talk.send(kClient, 3, "def", {.ack = 0});
  talk.send(kClient, 0, "abc", {.fin = true, .ack = 0});
  EXPECT_EQ(client(), "abc.");
  EXPECT_EQ(table().stats().after_end_segments, 2U);
}

TEST_F(ClosingTest, DataAfterAFinThatWaitsIsNoData) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 2, "cdXXXX", {.ack = 0});
  talk.send(kClient, 4, "", {.fin = true, .ack = 0});
  talk.send(kClient, 5, "later", {.ack = 0});
  talk.send(kClient, 0, "abcdefgh", {.ack = 0});
  EXPECT_EQ(client(), "abcd.");
}

TEST_F(ClosingTest, RstEndsBothSidesAfterWhatWaits) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "a", {.ack = 0});
  talk.send(kServer, 2, "z", {.ack = 1});
  talk.send(kClient, 1, "", {.rst = true});
  EXPECT_EQ(client(), "a!");
  EXPECT_EQ(server(), "[acked 2]z!") << "nothing fills the hole any more";
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kEnded);
  EXPECT_EQ(table().stats().buffered_bytes, 0U);
}

TEST_F(ClosingTest, ARefusedConnection) {
  Conversation talk(table());
  talk.send(kClient, 0, "", {.syn = true});
  Segment refusal = talk.make(kServer, 0, "", {.rst = true, .ack = 0});
  refusal.sequence = 0;
  table().segment(refusal);
  EXPECT_EQ(client(), "!");
  EXPECT_EQ(server(), "!");
  EXPECT_TRUE(recorder.only().destroyed);
}

TEST_F(ClosingTest, WhatLiesBeforeAnRstWasSent) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "x", {.ack = 0});
  talk.send(kServer, 5, "yz", {.ack = 0});
  const std::uint64_t waited_ns = talk.now_ns;
  talk.send(kServer, 60'000, "", {.rst = true});
  EXPECT_EQ(server(), "x[acked 4]yz[acked 59993]!");
  EXPECT_EQ(client(), "!");
  const auto& events = recorder.only().of(kServer);
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[1].at_ns, waited_ns);
  EXPECT_EQ(events[2].at_ns, waited_ns);
  EXPECT_EQ(events[3].at_ns, talk.now_ns);
}

TEST_F(ClosingTest, AnRstBehindNothingNewTellsNoGap) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "xyz", {.ack = 0});
  talk.send(kServer, 1, "", {.rst = true});
  EXPECT_EQ(server(), "xyz!");
}

TEST_F(ClosingTest, AnAcknowledgedFinThatWasLostEndsTheStreamWhenItComesAgain) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "xyz", {.ack = 0});
  talk.send(kClient, 0, "", {.ack = 4});
  EXPECT_EQ(server(), "xyz[acked 1]") << "a byte, or a FIN";
  talk.send(kServer, 3, "", {.fin = true, .ack = 0});
  EXPECT_EQ(server(), "xyz[acked 1].");
  EXPECT_EQ(table().stats().misplaced_fins, 0U);
}

TEST_F(ClosingTest, AFinWithinWhatFollowedAGapIsMisplaced) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "", {.ack = 4});
  talk.send(kServer, 4, "more", {.ack = 0});
  talk.send(kServer, 3, "", {.fin = true, .ack = 0});
  EXPECT_EQ(server(), "[acked 4]more");
  EXPECT_EQ(table().stats().misplaced_fins, 1U);
}

TEST_F(ClosingTest, ARstOutOfAnyWindowIsIgnored) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, (1ULL << 30U) + 1, "", {.rst = true});
  talk.send(kClient, (3ULL << 30U) - 1, "", {.rst = true});
  EXPECT_FALSE(recorder.only().closed);
  EXPECT_EQ(table().stats().implausible_resets, 2U);
  talk.send(kClient, 0, "on", {.ack = 0});
  EXPECT_EQ(client(), "on");
}

TEST_F(ClosingTest, IdleFlowsAreClosedAtTheLimit) {
  Conversation talk(table());
  talk.handshake();
  talk.pass(limits.idle_ns - 1);
  EXPECT_FALSE(recorder.only().closed);
  talk.pass(1);
  EXPECT_TRUE(recorder.only().destroyed);
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kIdle);
  EXPECT_EQ(recorder.only().closed_at_ns, talk.now_ns);
  EXPECT_EQ(table().stats().closed[static_cast<std::size_t>(CloseCause::kIdle)], 1U);
}

TEST_F(ClosingTest, TheEndOfTheTableClosesEverySink) {
  {
    RecordedSource scoped_source;
    FlowTable scoped(FlowLimits{}, recorder, scoped_source);
    Conversation talk(scoped);
    talk.handshake();
  }
  EXPECT_TRUE(recorder.only().destroyed);
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kDetached);
}

TEST_F(ClosingTest, ASourceThatWasToldNothingNeedNotForget) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "", {.rst = true});
  EXPECT_EQ(source.forgotten, 0);
}

TEST_F(ClosingTest, ASecondFinElsewhereIsCounted) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 5, "", {.fin = true, .ack = 0});
  talk.send(kClient, 7, "", {.fin = true, .ack = 0});
  talk.send(kClient, 0, "abcde", {.ack = 0});
  EXPECT_EQ(client(), "abcde.");
  EXPECT_EQ(table().stats().misplaced_fins, 1U);
}

}  // namespace
}  // namespace podwire::tcp
