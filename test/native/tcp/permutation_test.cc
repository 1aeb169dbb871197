// Every order of a few segments gives the bytes that were sent.
#include <algorithm>
#include <numeric>
#include <vector>

#include "conversation.h"

namespace podwire::tcp {
namespace {

struct Piece {
  std::uint64_t offset;
  std::string bytes;
  bool fin = false;
};

std::string alphabet(std::size_t size) {
  std::string text;
  for (std::size_t at = 0; at < size; ++at) text += static_cast<char>('a' + at % 26);
  return text;
}

Piece cut(const std::string& text, std::size_t from, std::size_t until, bool fin = false) {
  return {from, text.substr(from, until - from), fin};
}

// First numbers around both wraps of serial arithmetic; the 30 bytes lie across them.
class PermutationTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  void check_every_order(const std::vector<Piece>& pieces, const std::string& expected) {
    std::vector<std::size_t> order(pieces.size());
    std::iota(order.begin(), order.end(), 0U);
    do {
      Recorder recorder;
      RecordedSource source;
      FlowTable table(FlowLimits{}, recorder, source);
      Conversation talk(table, GetParam());
      talk.handshake();
      for (const std::size_t at : order) {
        talk.send(kClient, pieces[at].offset, pieces[at].bytes, {.fin = pieces[at].fin, .ack = 0});
      }
      ASSERT_EQ(recorder.only().story(kClient), expected) << ::testing::PrintToString(order);
      ASSERT_EQ(table.stats().buffered_bytes, 0U) << ::testing::PrintToString(order);
    } while (std::next_permutation(order.begin(), order.end()));
  }
};

TEST_P(PermutationTest, SixSegmentsAndFin) {
  const std::string text = alphabet(30);
  check_every_order({cut(text, 0, 5), cut(text, 5, 10), cut(text, 10, 15), cut(text, 15, 20), cut(text, 20, 25),
                     cut(text, 25, 30, true)},
                    text + ".");
}

TEST_P(PermutationTest, OverlapsAndDuplicates) {
  const std::string text = alphabet(30);
  check_every_order(
      {cut(text, 0, 12), cut(text, 7, 19), cut(text, 7, 19), cut(text, 10, 11), cut(text, 18, 30), cut(text, 2, 28)},
      text);
}

TEST_P(PermutationTest, ABareFinAmongSingleBytes) {
  const std::string text = alphabet(5);
  check_every_order(
      {cut(text, 0, 1), cut(text, 1, 2), cut(text, 2, 3), cut(text, 3, 4), cut(text, 4, 5), cut(text, 5, 5, true)},
      text + ".");
}

INSTANTIATE_TEST_SUITE_P(FirstNumbers, PermutationTest,
                         ::testing::Values(0U, 1U, 0x7ffffff0U, 0x7fffffffU, 0x80000000U, 0xfffffff0U, 0xffffffffU));

// Two copies that differ: whichever comes first is what the sink sees, in order and out of order.
TEST(Overlap, TheFirstCopyOfAByteWins) {
  for (const bool hole : {false, true}) {
    Recorder recorder;
    RecordedSource source;
    FlowTable table(FlowLimits{}, recorder, source);
    Conversation talk(table);
    talk.handshake();
    if (!hole) talk.send(kClient, 0, "0", {.ack = 0});
    talk.send(kClient, 1, "AAAA", {.ack = 0});
    talk.send(kClient, 3, "bbbb", {.ack = 0});
    talk.send(kClient, 1, "cccccccc", {.ack = 0});
    if (hole) talk.send(kClient, 0, "0", {.ack = 0});
    EXPECT_EQ(recorder.only().story(kClient), "0AAAAbbcc") << hole;
  }
}

}  // namespace
}  // namespace podwire::tcp
