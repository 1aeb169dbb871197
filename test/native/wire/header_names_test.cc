#include "wire/header_names.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace podwire::wire {
namespace {

// Tells names apart by their last character; counts how often it is asked.
class CountingRedaction final : public Redaction {
 public:
  NameRule name_rule(std::string_view name) const override {
    ++asked;
    return {NameRule::Values::kJudged, static_cast<std::uint8_t>(name.back())};
  }
  std::optional<std::string_view> value(std::uint8_t, std::string_view value, std::string&) const override {
    return value;
  }
  std::string_view path(std::string_view path, std::string&) const override { return path; }
  std::string_view authority(std::string_view authority, std::string&) const override { return authority; }

  mutable std::size_t asked = 0;
};

std::string encoded(std::string_view name) {
  return std::string("\x0A") + static_cast<char>(name.size()) + std::string(name);
}

void expect_found(const HeaderName* found, std::string_view name) {
  ASSERT_NE(found, nullptr) << name;
  EXPECT_EQ(found->name(), name);
  EXPECT_EQ(std::string(found->encoded.data(), name.size() + 2), encoded(name));
  EXPECT_EQ(found->rule.kind, static_cast<std::uint8_t>(name.back())) << name;
}

TEST(HeaderNamesTest, AsksOnceForEachNameOfAnUsualSet) {
  const CountingRedaction redaction;
  HeaderNames names;
  names.use(&redaction);
  constexpr auto kNames = std::to_array<std::string_view>(
      {"Server", "Date", "ETag", "Age", "Host", "TE", "Via", "Vary", "Content-Type", "Content-Length", "Last-Modified",
       "Connection", "Accept-Ranges", "Strict-Transport-Security", "If-Modified-Since"});
  for (int round = 0; round < 100; ++round) {
    for (const auto name : kNames) expect_found(names.find(name), name);
  }
  EXPECT_EQ(redaction.asked, kNames.size());
}

// Names of all sizes that differ in one character alone, many more than there is room for.
TEST(HeaderNamesTest, TellsAllNamesApart) {
  const CountingRedaction redaction;
  HeaderNames names;
  names.use(&redaction);
  for (std::size_t size = 1; size <= HeaderName::kMaxBytes; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'a', 'A', 'b'}) {
        std::string name(size, 'x');
        name[at] = c;
        expect_found(names.find(name), name);
        expect_found(names.find(std::string(size, 'x')), std::string(size, 'x'));
      }
    }
  }
}

TEST(HeaderNamesTest, KeepsNoneThatIsEmptyTooLongOrNotAscii) {
  HeaderNames names;
  EXPECT_EQ(names.find(""), nullptr);
  EXPECT_EQ(names.find(std::string(HeaderName::kMaxBytes + 1, 'n')), nullptr);
  EXPECT_EQ(names.find("X-\xD6"), nullptr);
  EXPECT_NE(names.find(std::string(HeaderName::kMaxBytes, 'n')), nullptr);
}

TEST(HeaderNamesTest, ForgetsWhatAnotherRedactionSaid) {
  const CountingRedaction redaction;
  HeaderNames names;
  EXPECT_EQ(names.find("Accept")->rule.values, NameRule::Values::kShown);
  names.use(&redaction);
  EXPECT_EQ(names.find("Accept")->rule.values, NameRule::Values::kJudged);
  names.use(nullptr);
  EXPECT_EQ(names.find("Accept")->rule.values, NameRule::Values::kShown);
}

TEST(HeaderNamesTest, KnowsTheHeadersOfGrpcWhateverTheirCase) {
  HeaderNames names;
  EXPECT_EQ(names.find("Content-Type")->role, HeaderRole::kContentType);
  EXPECT_EQ(names.find("content-type")->role, HeaderRole::kContentType);
  EXPECT_EQ(names.find("GRPC-Timeout")->role, HeaderRole::kGrpcTimeout);
  EXPECT_EQ(names.find("content-typo")->role, HeaderRole::kNone);
}

}  // namespace
}  // namespace podwire::wire
