#include "tap/network_set.h"

#include <gtest/gtest.h>

#include "test/native/wire/example_exchange.h"

namespace podwire::tap {
namespace {

using podwire::testing::ipv4;
using podwire::testing::ipv6;

tcp::Address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return ipv4({a, b, c, d}, 0).address;
}

TEST(NetworkSetTest, EmptyHoldsNothing) {
  NetworkSet set;
  set.seal();
  EXPECT_TRUE(set.empty());
  EXPECT_FALSE(set.contains(v4(198, 18, 0, 1)));
}

TEST(NetworkSetTest, KnowsTheEdgesOfANetwork) {
  NetworkSet set;
  set.add(v4(198, 18, 77, 77), 15);  // 198.18.0.0 to 198.19.255.255
  set.seal();
  EXPECT_FALSE(set.contains(v4(198, 17, 255, 255)));
  EXPECT_TRUE(set.contains(v4(198, 18, 0, 0)));
  EXPECT_TRUE(set.contains(v4(198, 19, 255, 255)));
  EXPECT_FALSE(set.contains(v4(198, 20, 0, 0)));
}

TEST(NetworkSetTest, HoldsPrefixesOfEveryLength) {
  for (unsigned bits = 0; bits <= 32; ++bits) {
    NetworkSet set;
    set.add(v4(170, 170, 170, 170), static_cast<std::uint8_t>(bits));
    set.seal();
    EXPECT_TRUE(set.contains(v4(170, 170, 170, 170)));
    // The address that differs in bit `flipped` (0: the first) is in it when that bit is after the prefix.
    for (unsigned flipped = 0; flipped < 32; ++flipped) {
      tcp::Address other = v4(170, 170, 170, 170);
      other.bytes[flipped / 8] ^= static_cast<std::uint8_t>(0x80U >> (flipped % 8));
      EXPECT_EQ(set.contains(other), flipped >= bits) << bits << " " << flipped;
    }
  }
}

TEST(NetworkSetTest, KeepsVersionsApart) {
  NetworkSet set;
  set.add(v4(0, 0, 0, 0), 0);
  set.add(ipv6({0x20, 1, 0, 2}, 0).address, 48);
  set.seal();
  EXPECT_TRUE(set.contains(v4(198, 18, 0, 1)));
  EXPECT_TRUE(set.contains(ipv6({0x20, 1, 0, 2, 0, 0, 9}, 0).address));
  EXPECT_FALSE(set.contains(ipv6({0x20, 1, 0, 2, 0, 1, 9}, 0).address));
  EXPECT_FALSE(set.contains(ipv6({0, 0, 0, 0}, 0).address));
}

TEST(NetworkSetTest, FindsEachOfMany) {
  NetworkSet set;
  for (unsigned i = 0; i < 3000; ++i) {
    set.add(v4(198, 18, static_cast<std::uint8_t>(i / 100), static_cast<std::uint8_t>(2 * (i % 100))), 32);
  }
  set.seal();
  EXPECT_EQ(set.size(), 3000U);
  for (unsigned i = 0; i < 3000; ++i) {
    EXPECT_TRUE(
        set.contains(v4(198, 18, static_cast<std::uint8_t>(i / 100), static_cast<std::uint8_t>(2 * (i % 100)))));
    EXPECT_FALSE(
        set.contains(v4(198, 18, static_cast<std::uint8_t>(i / 100), static_cast<std::uint8_t>(2 * (i % 100) + 1))));
  }
}

}  // namespace
}  // namespace podwire::tap
