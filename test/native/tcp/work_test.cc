// No input makes the work per byte grow: the pieces that reordering meets on its way are counted.
#include <algorithm>

#include "conversation.h"
#include "tcp/segment_buffer.h"

namespace podwire::tcp {
namespace {

using WorkTest = ReassemblyTest;
constexpr std::uint64_t kOverhead = SegmentBuffer::kPieceOverheadBytes;

TEST_F(WorkTest, InOrderThereIsNone) {
  Conversation talk(table());
  talk.handshake();
  for (std::uint64_t at = 0; at < 100'000; ++at) talk.send(kClient, at, "x", {.ack = 0});
  EXPECT_EQ(table().stats().reorder_steps, 0U);
}

// Single bytes, each in a hole of its own, spread over the window; then all of it at once.
TEST_F(WorkTest, ManyHoles) {
  limits.flow_buffer_bytes = 1ULL << 30U;
  limits.total_buffer_bytes = 1ULL << 30U;
  recorder.keep_data = false;
  constexpr std::uint64_t kHoles = 20'000;
  Conversation talk(table());
  talk.handshake();
  for (std::uint64_t hole = 0; hole < kHoles; ++hole) {
    talk.now_ns -= kMs;
    talk.send(kClient, 1 + 2 * hole, "x", {.ack = 0});
  }
  EXPECT_LE(table().stats().reorder_steps, kHoles);
  talk.send(kClient, 0, std::string(2 * kHoles + 1, 'y'), {.ack = 0});
  EXPECT_EQ(recorder.only().total(kClient, Told::kData), 2 * kHoles + 1);
  EXPECT_LE(table().stats().reorder_steps, 3 * kHoles + 1);
}

// The same bytes over and over, out of order: a step for each piece under them, of which a byte makes one at most.
TEST_F(WorkTest, LongSegmentsOverTinyOnes) {
  constexpr std::uint64_t kPieces = 1'000;
  constexpr std::uint64_t kTimes = 100;
  Conversation talk(table());
  talk.handshake();
  for (std::uint64_t at = 0; at < kPieces; ++at) talk.send(kClient, 10 + 2 * at, "x", {.ack = 0});
  const std::string cover(2 * kPieces, 'y');
  const std::uint64_t before = table().stats().reorder_steps;
  for (std::uint64_t time = 0; time < kTimes; ++time) talk.send(kClient, 10, cover, {.ack = 0});
  EXPECT_LE(table().stats().reorder_steps - before, kTimes * cover.size());
}

// A full buffer of tiny pieces, half of them before a long segment that needs room for as many holes: each round gives
// up one piece, and none begins again.
TEST_F(WorkTest, ALongSegmentIntoAFullBuffer) {
  const auto steps = [](std::uint64_t pieces) {
    FlowLimits full;
    full.flow_buffer_bytes = 2 * pieces * (kOverhead + 1);
    Recorder recorder;
    RecordedSource source;
    FlowTable table(full, recorder, source);
    Conversation talk(table);
    talk.handshake();
    for (std::uint64_t at = 0; at < 2 * pieces; ++at) {
      talk.now_ns -= kMs;
      talk.send(kClient, 1 + 2 * at, "x", {.ack = 0});
    }
    talk.send(kClient, 2 * pieces, std::string(2 * pieces, 'y'), {.ack = 0});
    EXPECT_EQ(table.stats().gaps[static_cast<std::size_t>(GapCause::kReorderBufferFull)].gaps, pieces);
    return table.stats().reorder_steps;
  };
  for (const std::uint64_t pieces : {100U, 1'000U, 4'000U}) EXPECT_LE(steps(pieces), 10 * pieces) << pieces;
}

// In reverse, into a buffer that is always full.
TEST_F(WorkTest, ReversedBytes) {
  limits.flow_buffer_bytes = 1'000 * (kOverhead + 1);
  constexpr std::uint64_t kBytes = 20'000;
  Conversation talk(table());
  talk.handshake();
  for (std::uint64_t offset = kBytes; offset > 0; --offset) {
    talk.now_ns -= kMs;
    talk.send(kClient, offset, "x", {.ack = 0});
  }
  EXPECT_LE(table().stats().reorder_steps, 2 * kBytes);
}

// Numbers that jump from one end of the window to the other.
TEST_F(WorkTest, SequenceGames) {
  constexpr std::uint64_t kSegments = 20'000;
  Conversation talk(table());
  talk.handshake();
  std::uint64_t state = 1;
  for (std::uint64_t at = 0; at < kSegments; ++at) {
    state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    talk.send(kClient, (state >> 33U) % (1ULL << 32U), "xyz", {.ack = (state >> 20U) % (1ULL << 32U)});
    ASSERT_LE(table().stats().buffered_bytes, limits.flow_buffer_bytes);
  }
  EXPECT_LE(table().stats().reorder_steps, 4 * kSegments);
}

}  // namespace
}  // namespace podwire::tcp
