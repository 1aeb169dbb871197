#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>

#include "grpc/message_reader.h"

namespace podwire::grpc {
namespace {

// "Timeout" of PROTOCOL-HTTP2.
TEST(Timeout, InNanoseconds) {
  struct Case {
    std::string_view text;
    std::uint64_t nanos;
  };
  for (const Case& each : {
           Case{"1S", 1'000'000'000}, Case{"10S", 10'000'000'000}, Case{"1H", 3'600'000'000'000},
           Case{"1M", 60'000'000'000}, Case{"250m", 250'000'000}, Case{"7u", 7'000}, Case{"1n", 1}, Case{"0n", 0},
           Case{"00000042m", 42'000'000}, Case{"99999999n", 99'999'999},
           Case{"2501H", 9'003'600'000'000'000},  // 2^53 nanoseconds are 2501.9 hours
       }) {
    EXPECT_EQ(parse_timeout(each.text), each.nanos) << each.text;
  }
}

TEST(Timeout, OtherTextIsNone) {
  for (const std::string_view text : {"", "S", "1", "1s", "1h", "123456789S", "000000001S", "-1S", "+1S", "1.5S", " 1S",
                                      "1S ", "1 S", "1SS", "0x1S", "1ms", "S1", "2502H", "99999999H"}) {
    EXPECT_EQ(parse_timeout(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace podwire::grpc
