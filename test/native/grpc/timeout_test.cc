#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>

#include "grpc/message_reader.h"

namespace podwire::grpc {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

// "Timeout" of PROTOCOL-HTTP2.
TEST(Timeout, InNanoseconds) {
  struct Case {
    std::string_view text;
    std::uint64_t nanos;
  };
  for (const Case& each : {
           Case{"1S", 1'000'000'000},
           Case{"10S", 10'000'000'000},
           Case{"1H", 3'600'000'000'000},
           Case{"1M", 60'000'000'000},
           Case{"250m", 250'000'000},
           Case{"7u", 7'000},
           Case{"1n", 1},
           Case{"0n", 0},
           Case{"00000042m", 42'000'000},
           Case{"99999999n", 99'999'999},
           Case{"99999999S", 99'999'999'000'000'000},
           Case{"99999999M", 5'999'999'940'000'000'000},
           Case{"5124095H", 18'446'742'000'000'000'000U},  // 2^64 - 1 nanoseconds are 5124095.5 hours
           Case{"5124096H", kLargest},
           Case{"99999999H", kLargest},
       }) {
    EXPECT_EQ(parse_timeout(each.text), each.nanos) << each.text;
  }
}

TEST(Timeout, OtherTextIsNone) {
  for (const std::string_view text : {"", "S", "1", "1s", "1h", "123456789S", "000000001S", "-1S", "+1S", "1.5S", " 1S",
                                      "1S ", "1 S", "1SS", "0x1S", "1ms", "S1"}) {
    EXPECT_EQ(parse_timeout(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace podwire::grpc
