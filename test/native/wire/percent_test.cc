#include "wire/percent.h"

#include <gtest/gtest.h>

namespace podwire::wire {
namespace {

std::string decode(std::string_view text) {
  std::string out;
  append_percent_decoded(out, text);
  return out;
}

TEST(PercentTest, DecodesTriplets) {
  EXPECT_EQ(decode("not%20found%2C%0a"), "not found,\n");
  EXPECT_EQ(decode("%41%5a%E2%82%aC"), "AZ\xE2\x82\xAC");
}

TEST(PercentTest, LeavesWhatIsNoTriplet) {
  for (const auto* text : {"", "%", "%4", "100%", "%zz", "%4g", "%%"}) EXPECT_EQ(decode(text), text);
  EXPECT_EQ(decode("%%41"), "%A");
}

}  // namespace
}  // namespace podwire::wire
