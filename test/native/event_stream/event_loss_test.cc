// After a loss, counting goes on behind the next empty line.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "event_stream/event_reader.h"

namespace podwire::event_stream {
namespace {

TEST(EventLoss, TheEventInProgressIsGivenUp) {
  EventReader reader;
  reader.data("data: one\n\ndata: tw");
  reader.lose();
  reader.data("o\ndata: and more\n\ndata: three\n\n");
  EXPECT_EQ(reader.events(), 2U);
  EXPECT_EQ(reader.event_bytes(), 8U);
  EXPECT_FALSE(reader.exact());
}

TEST(EventLoss, OneLineEndAfterItIsNoEmptyLine) {
  for (const std::string line_end : {"\n", "\r\n", "\r"}) {
    EventReader reader;
    reader.lose();
    reader.data(line_end + "data: half of an event" + line_end + line_end + "data:a" + line_end + line_end);
    EXPECT_EQ(reader.events(), 1U);
    EXPECT_EQ(reader.event_bytes(), 1U);
    EXPECT_FALSE(reader.exact());
  }
}

TEST(EventLoss, WhoJoinsLateMissesTheBeginning) {
  EventReader reader;
  reader.lose();
  reader.data(
      "data: of which the beginning is not known\n\n\xEF\xBB\xBF"
      "data: a\n\ndata: b\n\n");
  EXPECT_EQ(reader.events(), 1U);
  EXPECT_EQ(reader.event_bytes(), 1U);
}

TEST(EventLoss, AnywhereItLeavesLowerBounds) {
  constexpr std::uint32_t kSeeds = 500;
  const std::vector<std::string> parts = {"data: a", "data", "data:longer value", ": comment", "id: 1", "", "", "x"};
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string stream;
    for (std::uint32_t i = 0; i < 30; ++i) {
      stream += parts[random() % parts.size()];
      stream += std::vector<std::string>{"\n", "\r\n", "\r"}[random() % 3];
    }
    EventReader whole;
    whole.data(stream);
    const std::size_t begin = random() % stream.size();
    const std::size_t end = begin + 1 + random() % (stream.size() - begin);
    EventReader reader;
    reader.data(std::string_view(stream).substr(0, begin));
    reader.lose();
    reader.data(std::string_view(stream).substr(end));
    ASSERT_LE(reader.events(), whole.events());
    ASSERT_LE(reader.event_bytes(), whole.event_bytes());
    ASSERT_FALSE(reader.exact());
  }
}

}  // namespace
}  // namespace podwire::event_stream
