// Every order of a few segments gives the bytes that were sent.
#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "conversation.h"

namespace podwire::tcp {
namespace {

struct Piece {
  std::uint64_t offset;
  std::string bytes;
  bool fin = false;
  bool syn = false;
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
  using Order = std::vector<std::size_t>;

  // After the handshake, or after the client's SYN alone.
  void check_every_order(const std::vector<Piece>& pieces, const std::function<std::string(const Order&)>& expected,
                         bool handshake = true) {
    Order order(pieces.size());
    std::iota(order.begin(), order.end(), 0U);
    do {
      Recorder recorder;
      RecordedSource source;
      FlowTable table(FlowLimits{}, recorder, source);
      Conversation talk(table, GetParam());
      talk.send(kClient, 0, "", {.syn = true});
      if (handshake) talk.send(kServer, 0, "", {.syn = true, .ack = 0});
      for (const std::size_t at : order) {
        const Piece& piece = pieces[at];
        Extra extra{.fin = piece.fin, .syn = piece.syn};
        if (!piece.syn) extra.ack = 0;
        talk.send(kClient, piece.offset, piece.bytes, extra);
      }
      ASSERT_EQ(recorder.only().story(kClient), expected(order)) << ::testing::PrintToString(order);
      ASSERT_EQ(table.stats().buffered_bytes, 0U) << ::testing::PrintToString(order);
    } while (std::next_permutation(order.begin(), order.end()));
  }
  void check_every_order(const std::vector<Piece>& pieces, const std::string& expected, bool handshake = true) {
    check_every_order(
        pieces, [&](const Order&) { return expected; }, handshake);
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

TEST_P(PermutationTest, SynSentAgainWithPayloadAndFin) {
  const std::string text = alphabet(20);
  check_every_order({{0, text.substr(0, 6), false, true},
                     cut(text, 0, 3),
                     cut(text, 3, 11),
                     cut(text, 6, 6),
                     cut(text, 9, 20, true),
                     cut(text, 11, 20)},
                    text + ".", false);
}

TEST_P(PermutationTest, TwoFinsOfWhichOneIsSentAgainWithData) {
  const std::string text = alphabet(16);
  check_every_order({cut(text, 0, 4), cut(text, 4, 8), cut(text, 8, 12), cut(text, 12, 16), cut(text, 16, 16, true),
                     cut(text, 10, 16, true)},
                    text + ".");
}

// Copies that differ: each byte is that of the first segment to hold it, whatever came before or after.
TEST_P(PermutationTest, OfCopiesThatDifferTheFirstWins) {
  const std::vector<Piece> pieces{{0, "AAAA"}, {2, "BBBBBB"}, {6, "CCCC"}, {1, "DDDDDDDDD"}, {4, "EE"}, {8, "FFFF"}};
  check_every_order(pieces, [&](const Order& order) {
    std::string stream(12, '?');
    for (const std::size_t at : order) {
      for (std::size_t i = 0; i < pieces[at].bytes.size(); ++i) {
        char& byte = stream[pieces[at].offset + i];
        if (byte == '?') byte = pieces[at].bytes[i];
      }
    }
    return stream;
  });
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
