#include "http1/find_byte.h"

#include <gtest/gtest.h>

#include <string>

#include "guarded_text.h"

namespace podwire::http1 {
namespace {

// Each byte value at each place of texts around the vector width, behind bytes that need no judging.
TEST(FindByte, VectorAndScalarFindTheSameByte) {
  for (std::size_t size = 0; size <= 49; ++size) {
    const test::GuardedText guarded(std::string(size, 'x'));
    char* const begin = const_cast<char*>(guarded.text().data());
    const char* const end = begin + size;
    EXPECT_EQ(find_control(begin, end), end);
    EXPECT_EQ(find_control_scalar(begin, end), end);
    for (std::size_t at = 0; at < size; ++at) {
      for (int value = 0; value < 256; ++value) {
        begin[at] = static_cast<char>(value);
        const char* const expected_control = value < 0x20 ? begin + at : end;
        const char* const expected_colon = value == ':' ? begin + at : end;
        ASSERT_EQ(find_control(begin, end), expected_control) << size << ' ' << at << ' ' << value;
        ASSERT_EQ(find_control_scalar(begin, end), expected_control);
        ASSERT_EQ(find_byte(begin, end, ':'), expected_colon);
        ASSERT_EQ(find_byte_scalar(begin, end, ':'), expected_colon);
#if defined(__SSE2__)
        ASSERT_EQ(find_control_sse2(begin, end), expected_control);
        ASSERT_EQ(find_byte_sse2(begin, end, ':'), expected_colon);
#endif
      }
      begin[at] = 'x';
    }
  }
}

TEST(FindByte, TheFirstOfSeveralIsFound) {
  const std::string text = "0123456789abcdefgh\nij\rk";
  EXPECT_EQ(find_control(text.data(), text.data() + text.size()) - text.data(), 18);
}

}  // namespace
}  // namespace podwire::http1
