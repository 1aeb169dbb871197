#include "http1/find_byte.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "guarded_text.h"

namespace podwire::http1 {
namespace {

// Each byte value at each place of texts around the vector width, behind bytes that are not looked for. `floor`: so
// many bytes before the place where the search begins.
template <typename Kind>
void expect_found(char passed, const bool (&wanted)[256]) {
  for (std::size_t size = 0; size <= 49; ++size) {
    const test::GuardedText guarded(std::string(size, passed));
    char* const floor = const_cast<char*>(guarded.text().data());
    const char* const end = floor + size;
    for (std::size_t at = 0; at <= size; ++at) {
      for (int value = 0; value < 256 && at < size; ++value) {
        floor[at] = static_cast<char>(value);
        for (const std::size_t begin : {std::size_t{0}, at / 2, at}) {
          const char* const expected = wanted[value] ? floor + at : end;
          ASSERT_EQ(find<Kind>(floor, floor + begin, end), expected) << size << ' ' << at << ' ' << value;
          ASSERT_EQ(find<Kind>(floor + begin, floor + begin, end), expected) << size << ' ' << at << ' ' << value;
          ASSERT_EQ(find_scalar<Kind>(floor + begin, end), expected) << size << ' ' << at << ' ' << value;
        }
        // What stands before the place where the search begins is not found.
        ASSERT_EQ(find<Kind>(floor, floor + at + 1, end), end) << size << ' ' << at << ' ' << value;
      }
      if (at < size) floor[at] = passed;
    }
    EXPECT_EQ(find<Kind>(floor, floor, end), end);
  }
}

TEST(FindByte, Control) {
  bool wanted[256] = {};
  std::fill_n(wanted, 0x20, true);
  expect_found<ControlByte>('x', wanted);
}

TEST(FindByte, AColon) {
  bool wanted[256] = {};
  wanted[0x3a] = true;
  expect_found<Colon>('x', wanted);
}

TEST(FindByte, WhatEndsATarget) {
  bool wanted[256] = {};
  std::fill_n(wanted, 0x21, true);
  wanted[0x7f] = true;
  expect_found<BeyondTarget>('/', wanted);
}

TEST(FindByte, WhatEndsAPlainName) {
  bool wanted[256];
  std::fill_n(wanted, 256, true);
  for (const unsigned char c : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")) {
    wanted[c] = false;
  }
  expect_found<BeyondPlainName>('x', wanted);
}

TEST(FindByte, TheFirstOfSeveralIsFound) {
  const std::string text = "0123456789abcdefgh\nij\rk";
  EXPECT_EQ(find<ControlByte>(text.data(), text.data(), text.data() + text.size()) - text.data(), 18);
}

}  // namespace
}  // namespace podwire::http1
