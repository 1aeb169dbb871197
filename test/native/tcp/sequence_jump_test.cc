#include "conversation.h"

namespace podwire::tcp {
namespace {

using SequenceJumpTest = ReassemblyTest;

constexpr std::uint64_t kFar = (1ULL << 30U) + 1000;

TEST_F(SequenceJumpTest, OneSegmentFarAwayIsNotFollowed) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ab", {.ack = 0});
  talk.send(kClient, kFar, "garbage", {.ack = 12345});
  talk.send(kClient, 2, "cd", {.ack = 0});
  EXPECT_EQ(client(), "abcd");
  EXPECT_EQ(server(), "") << "its acknowledgment is not believed either";
  EXPECT_EQ(table().stats().out_of_window_segments, 1U);
}

TEST_F(SequenceJumpTest, ASecondOneThatGoesOnConfirmsIt) {
  for (const std::uint64_t far : {kFar, kFar * 2, kFar * 5 / 2}) {
    Recorder mine;
    FlowTable scoped(limits, mine, source);
    Conversation talk(scoped);
    talk.handshake();
    talk.send(kClient, 0, "ab", {.ack = 0});
    talk.send(kClient, far, "lost", {.ack = 0});
    talk.send(kClient, far + 4, "seen", {.ack = 0});
    talk.send(kClient, far + 8, "too", {.ack = 0});
    EXPECT_EQ(mine.only().story(kClient), "ab[jump 0]seentoo") << far;
  }
}

TEST_F(SequenceJumpTest, TheSameOneAgainConfirmsNothing) {
  Conversation talk(table());
  talk.handshake();
  for (int at = 0; at < 5; ++at) talk.send(kClient, kFar, "garbage", {.ack = 0});
  talk.send(kClient, 0, "ab", {.ack = 0});
  EXPECT_EQ(client(), "ab");
}

TEST_F(SequenceJumpTest, ASegmentInPlaceBetweenThemForgetsTheFirst) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, kFar, "garbage", {.ack = 0});
  talk.send(kClient, 0, "ab", {.ack = 0});
  talk.send(kClient, kFar + 7, "garbage", {.ack = 0});
  talk.send(kClient, 2, "cd", {.ack = 0});
  EXPECT_EQ(client(), "abcd");
}

TEST_F(SequenceJumpTest, WhatWaitedIsToldBeforeTheJump) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 2, "c", {.ack = 0});
  talk.send(kClient, kFar, "lost", {.ack = 0});
  talk.send(kClient, kFar + 4, "seen", {.ack = 0});
  EXPECT_EQ(client(), "[acked 2]c[jump 0]seen");
}

TEST_F(SequenceJumpTest, APayloadLongerThanAnyWindowIsRefused) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ab", {.ack = 0, .payload_bytes = 0xffffffffU});
  talk.send(kClient, 0, "cd", {.ack = 0});
  EXPECT_EQ(client(), "cd");
}

}  // namespace
}  // namespace podwire::tcp
