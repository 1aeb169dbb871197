#include "tcp/sequence.h"

#include <gtest/gtest.h>

namespace podwire::tcp {
namespace {

TEST(Sequence, DistanceIsSerialArithmetic) {
  EXPECT_EQ(sequence_distance(0, 1), 1);
  EXPECT_EQ(sequence_distance(1, 0), -1);
  EXPECT_EQ(sequence_distance(0xffffffff, 0), 1);
  EXPECT_EQ(sequence_distance(0, 0xffffffff), -1);
  EXPECT_EQ(sequence_distance(0x7fffffff, 0x80000000), 1);
  EXPECT_EQ(sequence_distance(0xc0000000, 0x3fffffff), 0x7fffffff);
}

TEST(Sequence, UnwrapsToTheNearestLap) {
  const Position before_wrap = (5ULL << 32U) | 0xfffffff0;
  EXPECT_EQ(unwrap(before_wrap, 0x10), (6ULL << 32U) | 0x10);
  EXPECT_EQ(unwrap((6ULL << 32U) | 0x10, 0xfffffff0), before_wrap);
  EXPECT_EQ(unwrap(before_wrap, 0xfffffff0), before_wrap);
}

TEST(Sequence, WhatLiesBeforeTheFirstNumberHasAPosition) {
  EXPECT_EQ(unwrap(first_position(0), 0xffffffff), first_position(0) - 1);
}

TEST(Sequence, UnwrapsForwardByUpToALap) {
  EXPECT_EQ(unwrap_forward(first_position(100), 99), first_position(100) + 0xffffffff);
  EXPECT_EQ(unwrap_forward(first_position(100), 100), first_position(100));
}

TEST(Sequence, PositionsKeepTheNumberOnTheWire) { EXPECT_EQ(wire_sequence(first_position(0xfffffffe) + 3), 1U); }

}  // namespace
}  // namespace podwire::tcp
