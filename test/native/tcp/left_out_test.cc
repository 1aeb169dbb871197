// Bodies that the source leaves out by itself: what is told of them, and when.
#include <string>
#include <vector>

#include "conversation.h"

namespace podwire::tcp {
namespace {

using LeftOutTest = ReassemblyTest;

constexpr std::uint32_t kBody = 100'000;
constexpr std::uint32_t kGso = 65'000;

// A head of four bytes and the first two of its body were captured of the first segment.
void send_first(Conversation& talk) {
  talk.send(kServer, 0, "headbo", {.ack = 0, .payload_bytes = kGso, .left_out_bytes = kBody - 2});
}

TEST_F(LeftOutTest, TheRestOfTheSegmentIsToldAtOnceAndTheLastWithItsTime) {
  Conversation talk(table());
  talk.handshake();
  send_first(talk);
  EXPECT_EQ(server(), "headbo[left out " + std::to_string(kGso - 6) + "]");
  talk.send(kServer, kGso, "", {.ack = 0, .payload_bytes = kBody + 4 - kGso});
  talk.send(kServer, kBody + 4, "next", {.ack = 0});
  EXPECT_EQ(recorder.only().total(kServer, Told::kGap), kBody - 2);
  EXPECT_TRUE(server().ends_with("]next")) << server();
  EXPECT_EQ(gaps(GapCause::kNotCaptured), 0U);
  EXPECT_EQ(table().stats().buffered_bytes, 0U);
}

TEST_F(LeftOutTest, WhatWasNoBodyIsLeftOutNoFurther) {
  recorder.reaction = [](RecordedConnection& connection, Side side, const Event& event) {
    if (event.what == Told::kGap) connection.control->refuse_left_out(side);
  };
  Conversation talk(table());
  talk.handshake();
  send_first(talk);
  constexpr std::uint32_t kServerFirst = 500'001;  // as Conversation has it
  const std::vector<RecordedSource::Skip> none{{80, kServerFirst + kGso, kServerFirst + kGso}};
  EXPECT_EQ(source.skips, none);
  talk.send(kServer, kGso + 2, "more", {.ack = 0});
  EXPECT_FALSE(server().ends_with("more")) << "what is before it is waited for: " << server();
  talk.send(kServer, kGso, "no", {.ack = 0});
  EXPECT_TRUE(server().ends_with("]nomore")) << server();
}

TEST_F(LeftOutTest, SegmentsThatNeverComeAreNotWaitedFor) {
  Conversation talk(table());
  talk.handshake();
  send_first(talk);
  talk.send(kServer, kBody + 4, "next", {.ack = 0});
  EXPECT_EQ(recorder.only().total(kServer, Told::kGap), kBody - 2);
  EXPECT_TRUE(server().ends_with("]next")) << server();
}

TEST_F(LeftOutTest, BehindTheRangeBytesAreWaitedForAsEver) {
  Conversation talk(table());
  talk.handshake();
  send_first(talk);
  talk.send(kServer, kBody + 6, "xt", {.ack = 0});
  EXPECT_FALSE(server().ends_with("xt")) << server();
  talk.send(kServer, kBody + 4, "ne", {.ack = 0});
  EXPECT_TRUE(server().ends_with("]next")) << server();
  EXPECT_EQ(gaps(GapCause::kReorderTimeout), 0U);
}

TEST_F(LeftOutTest, WhatComesAllTheSameIsData) {
  Conversation talk(table());
  talk.handshake();
  send_first(talk);
  talk.send(kServer, kGso, "body", {.ack = 0});
  EXPECT_TRUE(server().ends_with("]body")) << server();
}

TEST_F(LeftOutTest, AHeadThatWaitedStillTellsOfItsBody) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 5, "headbo", {.ack = 0, .payload_bytes = kGso, .left_out_bytes = kBody});
  talk.send(kServer, kBody + 11, "next", {.ack = 0});
  talk.send(kServer, 0, "prior", {.ack = 0});
  EXPECT_TRUE(server().starts_with("priorheadbo[left out ")) << server();
  EXPECT_TRUE(server().ends_with("]next")) << server();
}

TEST_F(LeftOutTest, AHeadCapturedWholeTellsOfLaterSegments) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "headbo", {.ack = 0, .left_out_bytes = kBody});
  EXPECT_EQ(server(), "headbo");
  talk.send(kServer, kBody + 6, "next", {.ack = 0});
  EXPECT_EQ(server(), "headbo[left out " + std::to_string(kBody) + "]next");
}

TEST_F(LeftOutTest, AnAcknowledgmentTellsHowFarItPassed) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "headbo", {.ack = 0, .left_out_bytes = kBody});
  talk.send(kClient, 0, "GET", {.ack = 1'006});
  EXPECT_EQ(server(), "headbo[left out 1000]");
  talk.send(kClient, 3, "x", {.ack = kBody + 8});
  EXPECT_EQ(recorder.only().total(kServer, Told::kGap), kBody + 2);
  EXPECT_EQ(gaps(GapCause::kAcknowledgedUnseen), 1U) << "what stands behind the body was lost";
}

TEST_F(LeftOutTest, FinInTheRangeEndsIt) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "headbo", {.ack = 0, .left_out_bytes = kBody});
  talk.send(kServer, 500, "", {.fin = true, .ack = 0, .payload_bytes = 500});
  EXPECT_EQ(recorder.only().total(kServer, Told::kGap), 994U);
  EXPECT_TRUE(server().ends_with("].")) << server();
}

// What the sink asks for is told as skipped, and the source need not hear of what it spares by itself.
TEST_F(LeftOutTest, ASkipOfTheSameBytesIsNotToldToTheSource) {
  recorder.reaction = skip_after_first_data(kBody - 2);
  Conversation talk(table());
  talk.handshake();
  send_first(talk);
  talk.send(kServer, kBody + 4, "next", {.ack = 0});
  EXPECT_EQ(server(), "headbo(" + std::to_string(kBody - 2) + ")next");
  EXPECT_TRUE(source.skips.empty());
}

TEST_F(LeftOutTest, AnAnnouncedBodyIsNotToldToTheSourceUntilItsNextSegment) {
  recorder.reaction = skip_after_first_data(kBody);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0, .body_announced = true});
  talk.send(kClient, 0, "GET", {.ack = 4});
  EXPECT_TRUE(source.skips.empty());
  talk.send(kServer, 4, "bo", {.ack = 0, .payload_bytes = kGso, .left_out_bytes = kBody - 2});
  EXPECT_TRUE(source.skips.empty()) << "it leaves the body out";
}

TEST_F(LeftOutTest, AnAnnouncedBodyThatIsNotLeftOutIsToldToTheSource) {
  recorder.reaction = skip_after_first_data(kBody);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0, .body_announced = true});
  talk.send(kServer, 4, "body", {.ack = 0});
  EXPECT_EQ(source.skips.size(), 1U);
}

}  // namespace
}  // namespace podwire::tcp
