#include "tap/value_pattern.h"

#include <gtest/gtest.h>

namespace podwire::tap {
namespace {

ValuePattern compiled(std::string_view pattern) { return std::get<ValuePattern>(ValuePattern::compile(pattern)); }

TEST(ValuePatternTest, MatchesAnywhere) {
  EXPECT_TRUE(compiled("curl/[0-9]+").matches("agent curl/8.1"));
  EXPECT_FALSE(compiled("^curl").matches("agent curl/8.1"));
  EXPECT_TRUE(compiled("(?i)CURL").matches("curl"));
  EXPECT_TRUE(compiled("^$").matches(""));
  EXPECT_TRUE(compiled("\xC3\xBC").matches("gr\xC3\xBCn"));
}

TEST(ValuePatternTest, TakesAnyBytes) {
  EXPECT_FALSE(compiled("^.*$").matches("\xFF\xFE"));
  EXPECT_TRUE(compiled("b$").matches(std::string_view("a\0b", 3)));
}

TEST(ValuePatternTest, RefusesWhatCannotBeMatchedInLinearTimeAndBoundedMemory) {
  for (const auto* pattern : {"(", "[", "a**", "(a)\\1", "(?=a)", "(?!a)", "(?<=a)b", "\xFF", "((a{1000}){1000}){1000}",
                              "((((a{100}){100}){100}))"}) {
    const auto result = ValuePattern::compile(pattern);
    ASSERT_TRUE(std::holds_alternative<PatternError>(result)) << pattern;
    EXPECT_NE(std::get<PatternError>(result).reason, "");
  }
}

// A backtracking matcher would need some 2^100000 steps, or as much stack, for each of these.
TEST(ValuePatternTest, ComesToAnEndOnPathologicalInput) {
  const std::string value(100'000, 'a');
  EXPECT_FALSE(compiled("^(a+)+$").matches(value + "b"));
  EXPECT_FALSE(compiled("^(a|aa)+$").matches(value + "b"));
  EXPECT_FALSE(compiled("^(a*)*b$").matches(value));
  EXPECT_TRUE(compiled("(.*)(.*)(.*)(.*)(.*)a$").matches(value));
  // More states than its memory holds: it goes on without remembering them.
  EXPECT_FALSE(compiled("a[ab]{200}c").matches(value));
}

}  // namespace
}  // namespace podwire::tap
