#include "wire/plain_copy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace podwire::wire {
namespace {

constexpr std::size_t kLongest = 70;  // several blocks and all rests of one

struct Copied {
  std::string text;
  PlainLook look;
};

// Between bytes that have to stay, and from memory that ends with the text.
Copied copied(const std::string& text) {
  const std::vector<char> exact(text.begin(), text.end());
  std::string to(text.size() + 2, '#');
  const PlainLook look = plain_copy(to.data() + 1, {exact.data(), exact.size()});
  EXPECT_EQ(to.front(), '#');
  EXPECT_EQ(to.back(), '#');
  return {to.substr(1, text.size()), look};
}

std::string letters(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>('a' + i % 26));
  return text;
}

TEST(PlainCopyTest, CopiesEverySize) {
  for (std::size_t size = 0; size <= kLongest; ++size) {
    const auto [text, look] = copied(letters(size));
    EXPECT_EQ(text, letters(size));
    EXPECT_TRUE(look.plain()) << size;
    EXPECT_TRUE(look.ascii()) << size;
    EXPECT_FALSE(look.url_marks()) << size;
  }
}

TEST(PlainCopyTest, SeesAByteThatIsNotAsciiAnywhere) {
  for (std::size_t size = 1; size <= kLongest; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char foreign : {'\x80', '\xFF', '\xBF', '\xAF'}) {
        std::string given = letters(size);
        given[at] = foreign;
        const auto [text, look] = copied(given);
        EXPECT_EQ(text, given);
        EXPECT_FALSE(look.ascii()) << size << " " << at;
        EXPECT_FALSE(look.plain());
      }
    }
  }
}

TEST(PlainCopyTest, SeesAQuestionMarkAndTwoSlashesAnywhere) {
  for (std::size_t size = 1; size <= kLongest; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string question = letters(size);
      question[at] = '?';
      EXPECT_TRUE(copied(question).look.url_marks()) << size << " " << at;
      EXPECT_TRUE(copied(question).look.ascii());
      if (at + 1 == size) continue;
      std::string slashes = letters(size);
      slashes[at] = slashes[at + 1] = '/';
      EXPECT_TRUE(copied(slashes).look.url_marks()) << size << " " << at;
      EXPECT_FALSE(copied(slashes).look.plain());
    }
  }
}

// It may be wrong of short texts, but not where it would make what is usual slow.
TEST(PlainCopyTest, TakesASlashForNoUrl) {
  for (const char* text : {"text/html", "application/json", "application/octet-stream", "nginx/1.22.1", "*/*", "a/b",
                           "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0"}) {
    EXPECT_TRUE(copied(text).look.plain()) << text;
  }
}

}  // namespace
}  // namespace podwire::wire
