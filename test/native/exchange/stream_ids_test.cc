#include "exchange/stream_ids.h"

#include <gtest/gtest.h>

namespace podwire::exchange {
namespace {

TEST(StreamIds, FromTheBeginningAllLowerOnesAreUsed) {
  StreamIds ids(true);
  EXPECT_FALSE(ids.used(1));
  EXPECT_TRUE(ids.next_is(1));
  ids.opened(7);
  EXPECT_TRUE(ids.used(1)) << "RFC 9113, section 5.1.1: closed by that";
  EXPECT_TRUE(ids.used(7));
  EXPECT_FALSE(ids.used(9));
  EXPECT_FALSE(ids.next_is(5));
  EXPECT_TRUE(ids.next_is(9));
}

TEST(StreamIds, WhatMayHavePassedUnseenIsNotKnownToBeUsed) {
  StreamIds ids(false);
  EXPECT_FALSE(ids.next_is(1));
  ids.opened(11);
  ids.opened(15);
  EXPECT_FALSE(ids.used(9));
  EXPECT_TRUE(ids.used(13));
  ids.lost();
  EXPECT_FALSE(ids.next_is(17));
  ids.opened(21);
  EXPECT_FALSE(ids.used(19));
  EXPECT_TRUE(ids.used(13));
}

TEST(StreamIds, WhatIsRefutedIsForgotten) {
  StreamIds ids(true);
  ids.opened(3);
  ids.lost();
  ids.opened(0x7fff'ffff);
  ids.refuted();
  EXPECT_TRUE(ids.used(3));
  EXPECT_FALSE(ids.used(0x7fff'ffff));
  ids.opened(5);
  EXPECT_TRUE(ids.used(5));
}

TEST(StreamIds, RangesAreBounded) {
  StreamIds ids(true);
  for (std::uint32_t id = 1; id <= 100; id += 2) {
    ids.opened(id);
    ids.lost();
  }
  EXPECT_FALSE(ids.used(1)) << "forgotten";
  EXPECT_TRUE(ids.used(99));
}

}  // namespace
}  // namespace podwire::exchange
