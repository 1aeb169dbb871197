#include "wire/address_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "example_exchange.h"

namespace podwire::wire {
namespace {

using podwire::testing::ipv4;
using podwire::testing::ipv6;

TEST(AddressSetTest, HoldsEachAddressOnceInOrder) {
  AddressSet set;
  for (unsigned round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < 5000; ++i) {
      set.insert(ipv4({198, 18, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)}, 1).address);
    }
  }
  ASSERT_EQ(set.addresses().size(), 5000U);
  for (unsigned i = 0; i < 5000; ++i) {
    EXPECT_EQ(set.addresses()[i].bytes[2], i >> 8U);
    EXPECT_EQ(set.addresses()[i].bytes[3], i & 0xFFU);
  }
}

TEST(AddressSetTest, TellsVersionsApart) {
  AddressSet set;
  set.insert(ipv4({198, 18, 0, 1}, 1).address);
  set.insert(ipv6({198, 18, 0, 1}, 1).address);
  set.insert(ipv4({198, 18, 0, 1}, 2).address);
  ASSERT_EQ(set.addresses().size(), 2U);
  EXPECT_EQ(set.addresses()[0].octets().size(), 4U);
  EXPECT_EQ(set.addresses()[1].octets().size(), 16U);
}

TEST(AddressSetTest, IsEmptyAfterClear) {
  AddressSet set;
  set.clear();
  set.insert(ipv4({198, 18, 0, 1}, 1).address);
  set.clear();
  EXPECT_TRUE(set.addresses().empty());
  set.insert(ipv4({198, 18, 0, 1}, 1).address);
  EXPECT_EQ(set.addresses().size(), 1U);
}

}  // namespace
}  // namespace podwire::wire
