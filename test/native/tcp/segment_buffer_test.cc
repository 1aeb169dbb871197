#include "tcp/segment_buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace podwire::tcp {
namespace {

constexpr std::uint64_t kOverhead = SegmentBuffer::kPieceOverheadBytes;

struct Fixture : ::testing::Test {
  MemoryBudget budget{1'000'000, 100'000};
  BufferAccount account{budget};
  SegmentBuffer buffer{account};

  bool insert(Position position, std::string_view bytes, std::uint64_t at_ns = 0) {
    return insert_until(position, bytes, at_ns) == position + bytes.size();
  }
  Position insert_until(Position position, std::string_view bytes, std::uint64_t at_ns = 0) {
    return buffer.insert(position, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                         static_cast<std::uint32_t>(bytes.size()), {.monotime_ns = at_ns});
  }
  // "position:bytes " for each piece, in order; '?' for what was not captured.
  std::string take_all() {
    std::string all;
    while (!buffer.empty()) {
      const BufferedPiece piece = buffer.take_front();
      all += std::to_string(piece.position) + ":";
      all += piece.bytes ? std::string(piece.captured().begin(), piece.captured().end()) : std::string(piece.size, '?');
      all += " ";
    }
    return all;
  }
};
using SegmentBufferTest = Fixture;
using FinOutcome = SegmentBuffer::FinOutcome;

TEST_F(SegmentBufferTest, SortsPieces) {
  EXPECT_TRUE(insert(30, "cc"));
  EXPECT_TRUE(insert(10, "aa"));
  EXPECT_TRUE(insert(20, "bb"));
  EXPECT_EQ(take_all(), "10:aa 20:bb 30:cc ");
}

TEST_F(SegmentBufferTest, FirstByteWinsAtTheTail) {
  EXPECT_TRUE(insert(10, "aaaa"));
  EXPECT_TRUE(insert(12, "bbbb"));
  EXPECT_EQ(take_all(), "10:aaaa 14:bb ");
}

TEST_F(SegmentBufferTest, FirstByteWinsAtTheHead) {
  EXPECT_TRUE(insert(12, "aaaa"));
  EXPECT_TRUE(insert(10, "bbbb"));
  EXPECT_EQ(take_all(), "10:bb 12:aaaa ");
}

TEST_F(SegmentBufferTest, FirstBytesWinInsideALongerSegment) {
  EXPECT_TRUE(insert(12, "a"));
  EXPECT_TRUE(insert(14, "a"));
  EXPECT_TRUE(insert(10, "bbbbbbbb"));
  EXPECT_EQ(take_all(), "10:bb 12:a 13:b 14:a 15:bbb ");
}

TEST_F(SegmentBufferTest, ADuplicateCostsNothing) {
  EXPECT_TRUE(insert(10, "aaaa"));
  const std::uint64_t used = account.used_bytes();
  EXPECT_TRUE(insert(10, "bbbb"));
  EXPECT_TRUE(insert(11, "bb"));
  EXPECT_EQ(account.used_bytes(), used);
}

TEST_F(SegmentBufferTest, WhatWasNotCapturedIsAPieceWithoutBytes) {
  const std::string_view captured = "ab";
  EXPECT_EQ(buffer.insert(10, {reinterpret_cast<const std::uint8_t*>(captured.data()), 2}, 5, {}), 15U);
  EXPECT_EQ(account.used_bytes(), 2 * kOverhead + 2);
  EXPECT_EQ(take_all(), "10:ab 12:??? ");
}

TEST_F(SegmentBufferTest, ChargesAndGivesBackAllOfIt) {
  EXPECT_TRUE(insert(10, "aaaa"));
  EXPECT_EQ(budget.used_bytes(), kOverhead + 4);
  take_all();
  EXPECT_EQ(budget.used_bytes(), 0U);
  {
    SegmentBuffer other(account);
    EXPECT_EQ(other.insert(1, {}, 7, {}), 8U);
    EXPECT_EQ(budget.used_bytes(), kOverhead);
    EXPECT_EQ(other.set_fin(8, 0), FinOutcome::kKept);
    EXPECT_EQ(budget.used_bytes(), kOverhead + kOverhead);
  }
  EXPECT_EQ(budget.used_bytes(), 0U);
}

TEST_F(SegmentBufferTest, RefusesBeyondTheAccountAndTheBudget) {
  EXPECT_FALSE(insert(10, std::string(100'000, 'x')));
  EXPECT_TRUE(buffer.empty());
  EXPECT_TRUE(budget.take(999'900));
  EXPECT_FALSE(insert(10, "a"));
  budget.give_back(999'900);
  EXPECT_TRUE(insert(10, "a"));
}

TEST_F(SegmentBufferTest, GoesOnWhereItStopped) {
  EXPECT_TRUE(insert(12, "a"));
  EXPECT_TRUE(budget.take(1'000'000 - 2 * kOverhead - 3));  // room for one more piece of two bytes
  EXPECT_EQ(insert_until(10, "bbbbb"), 13U);
  budget.give_back(kOverhead + 2);
  EXPECT_EQ(insert_until(13, "bb"), 15U);
  EXPECT_EQ(take_all(), "10:bb 12:a 13:bb ");
}

TEST_F(SegmentBufferTest, AFinWithoutRoomIsRefused) {
  EXPECT_TRUE(budget.take(1'000'000 - kOverhead + 1));
  EXPECT_EQ(buffer.set_fin(12, 7), FinOutcome::kNoRoom);
  EXPECT_TRUE(buffer.empty());
  budget.give_back(1);
  EXPECT_EQ(buffer.set_fin(12, 7), FinOutcome::kKept);
}

TEST_F(SegmentBufferTest, FinIsFirstAtItsPosition) {
  EXPECT_TRUE(insert(10, "aa"));
  EXPECT_TRUE(insert(12, "late"));
  EXPECT_EQ(buffer.set_fin(12, 7), FinOutcome::kKept);
  EXPECT_EQ(buffer.set_fin(12, 8), FinOutcome::kKept);
  EXPECT_EQ(buffer.set_fin(13, 9), FinOutcome::kElsewhere);
  EXPECT_FALSE(buffer.front().fin);
  (void)buffer.take_front();
  EXPECT_TRUE(buffer.front().fin);
  EXPECT_EQ(buffer.front().seen_monotime_ns, 7U);
}

}  // namespace
}  // namespace podwire::tcp
