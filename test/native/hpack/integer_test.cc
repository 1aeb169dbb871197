// RFC 7541, section 5.1.
#include "hpack/integer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "block.h"
#include "guarded_bytes.h"

namespace podwire {
namespace {

std::optional<std::uint32_t> read(const std::string& bytes, unsigned prefix_bits) {
  const test::GuardedBytes guarded(bytes);
  std::string_view rest = guarded.bytes();
  std::uint32_t value = 0;
  if (!hpack::read_integer(rest, prefix_bits, value)) return std::nullopt;
  EXPECT_TRUE(rest.empty());
  return value;
}

TEST(Integer, EveryPrefixAndWidth) {
  for (unsigned prefix_bits = 1; prefix_bits <= 8; ++prefix_bits) {
    for (unsigned bits = 0; bits <= 32; ++bits) {
      const std::uint64_t power = std::uint64_t{1} << bits;
      for (const std::uint64_t value : {power - 1, power, power + 1}) {
        const std::optional<std::uint32_t> got = read(test::integer(0, prefix_bits, value), prefix_bits);
        if (value <= 0xffffffff) {
          EXPECT_EQ(got, value);
        } else {
          EXPECT_EQ(got, std::nullopt);
        }
      }
    }
  }
}

TEST(Integer, BitsBeforeThePrefixAreNotPartOfIt) { EXPECT_EQ(read("\xea", 5), 10U); }

TEST(Integer, CutShort) {
  const std::string bytes = test::integer(0, 5, 0xffffffff);
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    EXPECT_EQ(read(bytes.substr(0, length), 5), std::nullopt);
  }
}

TEST(Integer, ZerosBehindAreReadUpToFiveBytes) {
  EXPECT_EQ(read(test::from_hex("1f 00"), 5), 31U);
  EXPECT_EQ(read(test::from_hex("1f 8080808000"), 5), 31U);
  EXPECT_EQ(read(test::from_hex("1f 808080808000"), 5), std::nullopt);
}

TEST(Integer, NeverEnds) { EXPECT_EQ(read(std::string(100'000, '\xff'), 7), std::nullopt); }

}  // namespace
}  // namespace podwire
