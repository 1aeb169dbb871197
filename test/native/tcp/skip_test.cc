#include <string>
#include <vector>

#include "conversation.h"

namespace podwire::tcp {
namespace {

using SkipTest = ReassemblyTest;
using Skips = std::vector<RecordedSource::Skip>;

constexpr std::uint64_t kGib = 1ULL << 30U;
constexpr std::uint32_t kServerFirst = 500'001;  // as Conversation has it

TEST_F(SkipTest, CountsFromTheEndOfTheCurrentCall) {
  recorder.reaction = skip_after_first_data(5);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kServer, 4, "bo", {.ack = 0});
  talk.send(kServer, 6, "dy!next", {.ack = 0});
  EXPECT_EQ(server(), "head(5)next");
  EXPECT_TRUE(source.skips.empty()) << "too short to be worth it";
}

TEST_F(SkipTest, FromOutsideItCountsFromTheLastByteTold) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  recorder.only().control->skip(kServer, 3);
  talk.send(kServer, 4, "abcnext", {.ack = 0});
  EXPECT_EQ(server(), "head(3)next");
}

TEST_F(SkipTest, AppliesToBytesThatWait) {
  recorder.reaction = skip_after_first_data(6);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 8, "yynext", {.ack = 0});
  talk.send(kServer, 0, "head", {.ack = 0});
  EXPECT_EQ(server(), "head(6)next") << "the hole is inside what nobody wants";
  EXPECT_EQ(table().stats().gaps[static_cast<std::size_t>(GapCause::kReorderTimeout)].gaps, 0U);
}

TEST_F(SkipTest, TellsTheSourceTheWholeRange) {
  recorder.reaction = skip_after_first_data(1'000'000);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  EXPECT_EQ(source.skips, (Skips{{80, kServerFirst + 4, kServerFirst + 4 + 1'000'000}}));
  const std::uint64_t head_ns = talk.now_ns;
  talk.pass(10 * kSecond);
  EXPECT_EQ(server(), "head") << "nothing has come, nothing is lost";
  talk.send(kServer, 1'000'000, "bodynext", {.ack = 0});
  EXPECT_EQ(server(), "head(1000000)next");
  const Event& last_skip = recorder.only().of(kServer)[recorder.only().of(kServer).size() - 2];
  EXPECT_EQ(last_skip.what, Told::kSkipped);
  EXPECT_EQ(last_skip.at_ns, talk.now_ns);
  EXPECT_GT(last_skip.at_ns, head_ns);
  EXPECT_EQ(source.skips.size(), 1U);
}

TEST_F(SkipTest, ASegmentAfterTheRangeProvesThatItPassed) {
  recorder.reaction = skip_after_first_data(1'000'000);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kServer, 1'000'006, "xt", {.ack = 0});
  EXPECT_EQ(server(), "head(1000000)") << "the bytes after the range are waited for";
  talk.send(kServer, 1'000'004, "ne", {.ack = 0});
  EXPECT_EQ(server(), "head(1000000)next");
}

TEST_F(SkipTest, AnAcknowledgmentProvesThatItPassed) {
  recorder.reaction = skip_after_first_data(1'000'000);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kClient, 0, "part", {.ack = 600'004});
  EXPECT_EQ(server(), "head(600000)");
  talk.send(kClient, 4, "GET", {.ack = 1'000'010});
  EXPECT_EQ(server(), "head(1000000)[acked 6]");
}

TEST_F(SkipTest, FinInsideTheRangeEndsIt) {
  recorder.reaction = skip_after_first_data(1'000'000);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kServer, 300'000, "last", {.fin = true, .ack = 0});
  EXPECT_EQ(server(), "head(300000).");
  EXPECT_EQ(recorder.only().total(kServer, Told::kSkipped), 300'000U) << "4 .. 300004";
}

TEST_F(SkipTest, RstInsideTheRangeEndsIt) {
  recorder.reaction = skip_after_first_data(1'000'000);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kServer, 250'004, "", {.rst = true});
  EXPECT_EQ(server(), "head(250000)!");
  EXPECT_EQ(source.forgotten, 1);
}

TEST_F(SkipTest, WhatWasNotCapturedIsSkippedAllTheSame) {
  recorder.reaction = skip_after_first_data(100);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kServer, 4, "ab", {.ack = 0, .payload_bytes = 110});
  EXPECT_EQ(server(), "head(100)[cut 10]");
}

TEST_F(SkipTest, OverlappingSkipsUnite) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  recorder.only().control->skip(kServer, 5);
  recorder.only().control->skip(kServer, 3);
  recorder.only().control->skip(kServer, 0);
  talk.send(kServer, 4, "12345next", {.ack = 0});
  EXPECT_EQ(server(), "head(5)next");
}

TEST_F(SkipTest, AskedForInsideSkippedAndGap) {
  recorder.reaction = [](RecordedConnection& connection, Side side, const Event& event) {
    if (event.what == Told::kSkipped && event.bytes == 2) connection.control->skip(side, 3);
    if (event.what == Told::kGap) connection.control->skip(side, 2);
  };
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 2, "abCDEnext", {.ack = 0});
  talk.pass(kSecond);
  EXPECT_EQ(server(), "[timeout 2](5)next");
}

TEST_F(SkipTest, TheOtherSideMayBeSkippedFromInside) {
  recorder.reaction = [](RecordedConnection& connection, Side side, const Event&) {
    if (side == kClient) connection.control->skip(kServer, 3);
  };
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "GET", {.ack = 0});
  talk.send(kServer, 0, "abcd", {.ack = 3});
  EXPECT_EQ(server(), "(3)d");
}

TEST_F(SkipTest, ASideThatHasNotBegunCannotBeSkipped) {
  Conversation talk(table());
  talk.send(kClient, 0, "GET", {.syn = true});
  recorder.only().control->skip(kServer, 3);
  talk.send(kServer, 0, "", {.syn = true, .ack = 3});
  talk.send(kServer, 0, "abcd", {.ack = 3});
  EXPECT_EQ(server(), "abcd");
}

// A source that skips as told: a 300 MB body in 64 KiB segments, of which only the last one comes, without payload.
TEST_F(SkipTest, ThreeHundredMegabytesInGsoSegments) {
  constexpr std::uint64_t kBody = 300'000'000;
  constexpr std::uint32_t kGso = 65'160;
  for (const bool source_skips : {false, true}) {
    Recorder mine;
    RecordedSource my_source;
    mine.reaction = skip_after_first_data(kBody);
    FlowTable scoped(limits, mine, my_source);
    Conversation talk(scoped, 1, 0xf0000000U);
    const std::string payload(kGso, 'b');
    talk.handshake();
    talk.send(kServer, 0, "head", {.ack = 0});
    ASSERT_EQ(my_source.skips.size(), 1U);
    std::uint64_t came = 0;
    for (std::uint64_t offset = 0; offset < kBody; offset += kGso) {
      const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(kGso, kBody - offset));
      const std::uint32_t until = my_source.skips.back().until;
      const std::int32_t left = sequence_distance(talk.sequence(kServer, 4 + offset + size), until);
      if (source_skips && left > 0) continue;
      ++came;
      const std::uint32_t captured = source_skips && left == 0 ? 0 : size;
      talk.send(kServer, 4 + offset, std::string_view(payload).substr(0, captured), {.ack = 0, .payload_bytes = size});
    }
    talk.send(kServer, 4 + kBody, "next", {.ack = 0});
    EXPECT_EQ(mine.only().story(kServer), "head(300000000)next");
    EXPECT_EQ(came, source_skips ? 1U : (kBody + kGso - 1) / kGso);
    EXPECT_EQ(scoped.stats().buffered_bytes, 0U);
  }
}

// 10 GiB in parts of 1 GiB: after each told range its first segment beyond arrives, and the next part is told.
TEST_F(SkipTest, ARangeOfMoreThanThirtyTwoBitsIsToldInParts) {
  constexpr std::uint64_t kBody = 10 * kGib;
  recorder.reaction = skip_after_first_data(kBody);
  Conversation talk(table(), 1, 0xffffff00U);
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  const std::string payload(1000, 'b');
  std::uint64_t offset = 4;
  std::size_t parts = 0;
  while (source.skips.size() > parts && offset + 1000 < 4 + kBody) {
    const RecordedSource::Skip told = source.skips[parts++];
    ASSERT_LE(told.until - told.from, kGib);
    ASSERT_EQ(told.from, talk.sequence(kServer, offset));
    offset += told.until - told.from;
    if (offset + 1000 > 4 + kBody) break;
    talk.send(kServer, offset, payload, {.ack = 0});
    offset += 1000;
    ASSERT_EQ(recorder.only().total(kServer, Told::kSkipped), offset - 4);
  }
  EXPECT_EQ(parts, 10U);
  EXPECT_EQ(offset, 4 + kBody);
  talk.send(kServer, offset, "next", {.ack = 0});
  EXPECT_EQ(server(), "head(10737418240)next");
}

// The window begins where the source was told to stop, wherever the sender really is.
TEST_F(SkipTest, ASegmentMoreThanAWindowAwayAfterASkippedRange) {
  recorder.reaction = skip_after_first_data(kGib + 100);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kServer, 4 + kGib + 50'000, "later", {.ack = 0});
  EXPECT_EQ(table().stats().out_of_window_segments, 0U);
  talk.pass(kSecond);
  EXPECT_EQ(server(), "head(" + std::to_string(kGib + 100) + ")[timeout 49900]later");
}

TEST_F(SkipTest, ABodyOfUnboundedLength) {
  recorder.reaction = skip_after_first_data(UINT64_MAX);
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  talk.send(kServer, 4 + kGib, "xx", {.fin = true, .ack = 0});
  EXPECT_EQ(server(), "head(" + std::to_string(kGib + 2) + ").");
}

// The numbers of a range come round after 4 GiB: it must not be in force then.
TEST_F(SkipTest, AnOldRangeIsVoidedBeforeItsNumbersComeRound) {
  recorder.keep_data = false;
  recorder.reaction = skip_after_first_data(100'000);
  limits.flow_buffer_bytes = 0;
  Conversation talk(table());
  talk.handshake();
  talk.send(kServer, 0, "head", {.ack = 0});
  ASSERT_EQ(source.skips.size(), 1U);
  const std::uint64_t after = 4 + 100'000;
  talk.send(kServer, after - 1, "bnext", {.ack = 0});
  talk.send(kServer, after + kGib, "x", {.ack = 0});  // the bytes before are crowded out: here only arithmetic
  EXPECT_EQ(source.skips.size(), 2U);
  EXPECT_EQ(source.skips[1].from, source.skips[1].until);
}

TEST_F(SkipTest, WhileTheSourceSkipsSilenceIsNotIdle) {
  recorder.reaction = skip_after_first_data(kGib);
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "GET", {.fin = true, .ack = 0});
  talk.send(kServer, 0, "head", {.ack = 4});
  talk.pass(limits.idle_ns);
  EXPECT_FALSE(recorder.only().closed);
  talk.pass(limits.skipping_idle_ns - limits.idle_ns);
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kIdle);
  EXPECT_EQ(source.forgotten, 1);
}

}  // namespace
}  // namespace podwire::tcp
