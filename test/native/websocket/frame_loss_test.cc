// Bytes that pass unseen: as skipped, as lost within a payload, as lost beyond.
#include <algorithm>
#include <random>

#include "expect_frames.h"

namespace podwire::websocket {
namespace {

using std::string_literals::operator""s;

TEST(FrameLoss, WhatIsSkippable) {
  FrameReader reader(false);
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("\x01\xfe\1\0"s);
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("keyx");
  EXPECT_EQ(reader.skippable_bytes(), 256U);
  reader.unseen(256);
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("\x80\x82keyxhi"s);
  EXPECT_EQ(described(told_by(reader)), described({.text = {1, 258}, .masked = true}));
}

TEST(FrameLoss, WithinAPayloadCountsStayExact) {
  FrameReader reader(false);
  reader.data("\x81\5He");
  reader.unseen(2);
  reader.data("o\x82\0"s);
  EXPECT_EQ(described(told_by(reader)), described({.text = {1, 5}, .binary = {1, 0}}));
}

// The message in progress passed whole.
TEST(FrameLoss, BeyondThePayloadEndsCounting) {
  FrameReader reader(false);
  reader.data("\x81\5He");
  reader.unseen(4);
  EXPECT_TRUE(reader.data("\x81\2hi\xff\xff"));
  EXPECT_EQ(described(told_by(reader)), described({.text = {1, 5}, .exact = false}));
}

TEST(FrameLoss, BeyondAFragmentEndsCounting) {
  FrameReader reader(false);
  reader.data("\x01\5He");
  reader.unseen(4);
  reader.data("\x80\2hi");
  EXPECT_EQ(described(told_by(reader)), described({.exact = false}));
}

TEST(FrameLoss, WithinAHeaderEndsCounting) {
  FrameReader reader(false);
  reader.data("\x82\x7e\0"s);
  reader.unseen(1);
  reader.data("\x81\2hi");
  EXPECT_EQ(described(told_by(reader)), described({.exact = false}));
}

TEST(FrameLoss, BetweenFramesEndsCounting) {
  FrameReader reader(false);
  reader.data("\x81\2hi");
  reader.unseen(1);
  reader.data("\x81\2hi");
  EXPECT_EQ(described(told_by(reader)), described({.text = {1, 2}, .exact = false}));
}

TEST(FrameLoss, OfAnUnknownNumberEndsCounting) {
  FrameReader reader(false);
  reader.data("\x81\2hi\x81\5He");
  reader.lose();
  reader.data("llo\x81\2hi");
  EXPECT_EQ(described(told_by(reader)), described({.text = {1, 2}, .exact = false}));
  EXPECT_EQ(reader.skippable_bytes(), 0U);
}

TEST(FrameLoss, NothingLostIsNoLoss) {
  FrameReader reader(false);
  reader.unseen(0);
  EXPECT_TRUE(reader.exact());
}

// Frames of one end, and what they are.
struct Sent {
  std::string bytes;
  Told told;
};

class Sender {
 public:
  explicit Sender(std::uint32_t seed) : random_(seed) { sent_.told.masked = below(2) == 0; }

  Sent send() {
    const std::uint32_t messages = 1 + below(10);
    for (std::uint32_t i = 0; i < messages; ++i) below(3) == 0 ? control() : message();
    if (below(2) == 0) close();
    return sent_;
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

  void frame(unsigned first, const std::string& payload) {
    std::string& out = sent_.bytes;
    const unsigned mask = *sent_.told.masked ? 0x80 : 0;
    out += static_cast<char>(first);
    if (payload.size() < 126) {
      out += static_cast<char>(mask | payload.size());
    } else {
      out += static_cast<char>(mask | 126);
      out += static_cast<char>(payload.size() >> 8U);
      out += static_cast<char>(payload.size());
    }
    std::string key(mask != 0 ? 4 : 0, '\0');
    for (char& c : key) c = static_cast<char>(below(256));
    out += key;
    for (std::size_t i = 0; i < payload.size(); ++i) {
      out += key.empty() ? payload[i] : static_cast<char>(payload[i] ^ key[i % 4]);
    }
  }

  std::string payload() { return std::string(below(4) == 0 ? below(700) : below(10), static_cast<char>(below(256))); }

  void message() {
    const bool text = below(2) == 0;
    const bool compressed = below(2) == 0;
    const std::uint32_t fragments = 1 + (below(2) == 0 ? below(4) : 0);
    Count& count = text ? sent_.told.text : sent_.told.binary;
    for (std::uint32_t i = 0; i < fragments; ++i) {
      const unsigned opcode = i > 0 ? 0 : (text ? 1 : 2);
      const unsigned rsv1 = i == 0 && compressed ? 0x40 : 0;
      const unsigned fin = i + 1 == fragments ? 0x80 : 0;
      const std::string part = payload();
      frame(fin | rsv1 | opcode, part);
      count.bytes += part.size();
      if (fin == 0 && below(3) == 0) control();
    }
    ++count.messages;
    count.compressed += compressed ? 1 : 0;
  }

  void control() {
    const bool ping = below(2) == 0;
    const std::string part(below(126), 'p');
    frame(ping ? 0x89 : 0x8a, part);
    Count& count = ping ? sent_.told.ping : sent_.told.pong;
    ++count.messages;
    count.bytes += part.size();
  }

  void close() {
    const std::string part = "\x03\xe8" + std::string(below(124), 'r');
    frame(0x88, part);
    sent_.told.close = {1, part.size()};
    sent_.told.close_code = 1000;
  }

  std::mt19937 random_;
  Sent sent_;
};

constexpr std::uint32_t kSeeds = 500;

TEST(FrameLoss, SkippingWhatIsSkippableChangesNothing) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    const Sent sent = Sender(seed).send();
    std::mt19937 random(seed);
    FrameReader reader(true);
    for (std::string_view rest = sent.bytes; !rest.empty();) {
      const std::size_t skippable = std::min<std::size_t>(reader.skippable_bytes(), rest.size());
      const bool skips = skippable > 0 && random() % 2 == 0;
      const std::size_t step = 1 + random() % (skips ? skippable : std::min<std::size_t>(rest.size(), 20));
      if (skips) {
        reader.unseen(step);
      } else {
        ASSERT_TRUE(reader.data(rest.substr(0, step)));
      }
      rest.remove_prefix(step);
    }
    ASSERT_EQ(described(told_by(reader)), described(sent.told));
  }
}

void expect_at_most(const Told& told, const Told& sent) {
  const auto compare = [](const Count& at_most, const Count& count) {
    EXPECT_LE(at_most.messages, count.messages);
    EXPECT_LE(at_most.bytes, count.bytes);
    EXPECT_LE(at_most.compressed, count.compressed);
  };
  compare(told.text, sent.text);
  compare(told.binary, sent.binary);
  compare(told.ping, sent.ping);
  compare(told.pong, sent.pong);
  compare(told.close, sent.close);
  EXPECT_TRUE(!told.close_code || told.close_code == sent.close_code);
  EXPECT_TRUE(!told.masked || told.masked == sent.masked);
  EXPECT_FALSE(told.malformed);
}

TEST(FrameLoss, AfterALossCountsAreLowerBounds) {
  std::uint32_t inexact = 0;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    const Sent sent = Sender(seed).send();
    const std::string_view bytes = sent.bytes;
    std::mt19937 random(seed);
    const std::size_t begin = random() % bytes.size();
    const std::size_t lost = 1 + random() % (bytes.size() - begin);
    FrameReader reader(true);
    reader.data(bytes.substr(0, begin));
    if (seed % 2 == 0) {
      reader.lose();
    } else {
      reader.unseen(lost);
    }
    reader.data(bytes.substr(begin + lost));
    Told told = told_by(reader);
    expect_at_most(told, sent.told);
    inexact += told.exact ? 0 : 1;
    if (!told.exact) continue;  // else it was within one payload, of a Close frame its code perhaps
    ASSERT_EQ(seed % 2, 1U);
    if (told.close.messages > 0 && !told.close_code) told.close_code = sent.told.close_code;
    ASSERT_EQ(described(told), described(sent.told));
  }
  EXPECT_GT(inexact, kSeeds / 2);
}

}  // namespace
}  // namespace podwire::websocket
