#include "tap/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace podwire::tap {
namespace {

TEST(GlobTest, MatchesTheWholeText) {
  struct Case {
    std::string_view pattern;
    std::string_view text;
    bool matches;
  };
  for (const auto& [pattern, text, matches] : {
           Case{"/api", "/api", true},
           Case{"/api", "/api/", false},
           Case{"/api", "/ap", false},
           Case{"*", "", true},
           Case{"*", "/any", true},
           Case{"**", "/any", true},
           Case{"", "", true},
           Case{"", "x", false},
           Case{"/api/*", "/api/", true},
           Case{"/api/*", "/api/cart/7", true},
           Case{"/api/*", "/api", false},
           Case{"*/cart", "/api/cart", true},
           Case{"*/cart", "/api/carts", false},
           Case{"/api/*/items", "/api/7/items", true},
           Case{"/api/*/items", "/api/items", false},
           Case{"/api/*/items", "/api//items", true},
           Case{"*a*b*", "xxaxxbxx", true},
           Case{"*a*b*", "xxbxxaxx", false},
           Case{"a*a", "a", false},
           Case{"a*a", "aa", true},
           Case{"ab*ba", "aba", false},
           Case{"ab*ba", "abba", true},
           Case{"*aab*", "aaaab", true},
           Case{"*abab*abab*", "abababab", true},
           Case{"*abab*abab*", "ababab", false},
           Case{"*aabaaf*", "aabaabaaf", true},
           Case{"/a.c", "/abc", false},
           Case{"/a?c*", "/abc", false},
           Case{"/[a]*", "/a", false},
           Case{"/A*", "/a", false},
       }) {
    EXPECT_EQ(Glob(pattern).matches(text), matches) << pattern << " " << text;
  }
}

// All texts over {a, b} against all patterns over {a, b, *}, judged by the definition itself.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] != '*') {
    return !text.empty() && text[0] == pattern[0] && matches_by_definition(pattern.substr(1), text.substr(1));
  }
  for (std::size_t taken = 0; taken <= text.size(); ++taken) {
    if (matches_by_definition(pattern.substr(1), text.substr(taken))) return true;
  }
  return false;
}

std::string word(unsigned number, std::string_view letters) {
  std::string word;
  for (; number > 0; number = (number - 1) / static_cast<unsigned>(letters.size())) {
    word.push_back(letters[(number - 1) % letters.size()]);
  }
  return word;
}

TEST(GlobTest, AgreesWithItsDefinition) {
  for (unsigned p = 0; p < 364; ++p) {  // all of up to five letters
    const std::string pattern = word(p, "ab*");
    for (unsigned t = 0; t < 127; ++t) {  // all of up to six
      const std::string text = word(t, "ab");
      ASSERT_EQ(Glob(pattern).matches(text), matches_by_definition(pattern, text)) << pattern << " " << text;
    }
  }
}

// Counts how often a byte is looked at.
struct CountingText {
  std::string_view text;
  std::size_t* looks;
  [[nodiscard]] std::size_t size() const { return text.size(); }
  char operator[](std::size_t i) const {
    ++*looks;
    return text[i];
  }
};

TEST(GlobTest, LooksAtEachByteABoundedNumberOfTimes) {
  const std::string text(100'000, 'a');
  for (const std::string& pattern : {"*" + std::string(500, 'a') + "b*", std::string("*a*a*a*a*a*a*a*a*a*ab*"),
                                     std::string("a*a*a*a*a*a*a*a*b"), "*" + std::string(500, 'a') + "*"}) {
    std::size_t looks = 0;
    (void)Glob(pattern).matches(CountingText{text, &looks});
    // Beginning, end, and one search over what is between.
    EXPECT_LE(looks, 3 * text.size()) << pattern;
  }
}

}  // namespace
}  // namespace podwire::tap
