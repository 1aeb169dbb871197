// Random loss, duplication, reordering and overlap against an oracle that knows which bytes came.
#include <algorithm>
#include <random>
#include <vector>

#include "conversation.h"

namespace podwire::tcp {
namespace {

constexpr std::size_t kStreamBytes = 60'000;

struct Sent {
  std::size_t offset = 0;
  std::size_t size = 0;
  double order = 0;  // segments are sent by this
};

struct Delivery {
  std::string bytes;      // what was told at each offset; '?' for a gap
  std::size_t until = 0;  // offset right after the last byte told
};

// Fails when a byte is told twice or out of its place; that it is the right byte is for the caller.
Delivery replay(const std::vector<Event>& events) {
  Delivery told;
  for (const Event& event : events) {
    if (event.what == Told::kData) told.bytes += event.data;
    if (event.what == Told::kGap) told.bytes += std::string(event.bytes, '?');
  }
  told.until = told.bytes.size();
  return told;
}

class RandomLossTest : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomLossTest, NoWrongByteAndGapsExactlyWhereNothingCame) {
  std::mt19937 random(GetParam());
  const auto chance = [&](double probability) { return std::uniform_real_distribution<>(0, 1)(random) < probability; };
  std::string text(kStreamBytes, ' ');
  for (char& letter : text) letter = static_cast<char>('a' + random() % 26);

  const double loss = (GetParam() % 4) * 0.08;
  const double spread = (GetParam() % 3) * 4.0;  // in segments
  const std::size_t largest = GetParam() % 2 ? 40 : 1500;
  std::vector<Sent> sent;
  std::string expected(kStreamBytes, '?');
  for (std::size_t offset = 0; offset < kStreamBytes;) {
    const std::size_t size = std::min<std::size_t>(1 + random() % largest, kStreamBytes - offset);
    const double base = static_cast<double>(sent.size());
    const std::size_t copies = chance(loss) ? 0 : 1 + (chance(0.1) ? 1 : 0);
    for (std::size_t copy = 0; copy < copies; ++copy) {
      const std::size_t before = chance(0.2) ? std::min<std::size_t>(offset, random() % 50) : 0;
      sent.push_back({offset - before, size + before, base + std::uniform_real_distribution<>(0, 1 + spread)(random)});
      std::copy_n(text.begin() + offset - before, size + before, expected.begin() + offset - before);
    }
    offset += size;
  }
  std::stable_sort(sent.begin(), sent.end(), [](const Sent& a, const Sent& b) { return a.order < b.order; });

  Recorder recorder;
  RecordedSource source;
  FlowTable table(FlowLimits{}, recorder, source);
  Conversation talk(table, static_cast<std::uint32_t>(random()));  // any first number, so wraps are met too
  talk.handshake();
  std::size_t answered = 0;
  for (std::size_t at = 0; at < sent.size(); ++at) {
    talk.now_ns -= kMs * 99 / 100;  // 10 µs apart: nothing waits for the timeout while segments come
    talk.send(kClient, sent[at].offset, std::string_view(text).substr(sent[at].offset, sent[at].size),
              {.ack = answered});
    if (!chance(0.02)) continue;
    // The receiver has all before the lowest byte that is still to come.
    std::size_t acknowledged = kStreamBytes;
    for (std::size_t later = at + 1; later < sent.size(); ++later) {
      acknowledged = std::min(acknowledged, sent[later].offset);
    }
    talk.now_ns -= kMs * 99 / 100;
    talk.send(kServer, answered++, "r", {.ack = acknowledged});
  }
  talk.send(kClient, kStreamBytes, "", {.fin = true, .ack = answered});
  talk.pass(kSecond);

  const Delivery told = replay(recorder.only().of(kClient));
  ASSERT_EQ(told.until, kStreamBytes);
  ASSERT_EQ(told.bytes, expected);
  EXPECT_EQ(recorder.only().data(kServer), std::string(answered, 'r'));
  EXPECT_EQ(recorder.only().of(kClient).back().what, Told::kEnd);
  EXPECT_EQ(table.stats().buffered_bytes, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLossTest, ::testing::Range(0U, 120U));

// Garbage of every kind: nothing to compare with, but the order of calls and the bounds hold, and it ends.
class GarbageTest : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(GarbageTest, TheBoundsHold) {
  std::mt19937 random(GetParam());
  FlowLimits limits;
  limits.max_flows = 8;
  limits.flow_buffer_bytes = 8'000;
  limits.total_buffer_bytes = 20'000;
  Recorder recorder;
  RecordedSource source;
  recorder.reaction = [&](RecordedConnection& connection, Side side, const Event& event) {
    if (random() % 16 == 0) connection.control->skip(random() % 2 ? side : opposite(side), random() % 300'000);
    if (random() % 400 == 0 && event.what != Told::kEnd) connection.control->ignore();
  };
  FlowTable table(limits, recorder, source);
  std::uint64_t now_ns = kSecond;
  const std::string bytes(3'000, 'g');
  for (int step = 0; step < 20'000; ++step) {
    Conversation talk(table, 0xfffff000U, 0x7ffff000U);
    talk.client_port = static_cast<std::uint16_t>(1 + random() % 12);
    talk.now_ns = now_ns += random() % (random() % 100 == 0 ? 3 * kSecond : kMs);
    const auto offset = [&]() -> std::uint64_t {
      return random() % 20 == 0 ? random() : random() % (random() % 2 ? 20'000 : 2'000'000);
    };
    Segment segment = talk.make(random() % 2 ? kClient : kServer, offset(),
                                std::string_view(bytes).substr(0, random() % 4 ? random() % 3'000 : 0),
                                {.fin = random() % 50 == 0, .syn = random() % 80 == 0, .rst = random() % 150 == 0});
    if (random() % 10 == 0) segment.payload_bytes += static_cast<std::uint32_t>(random() % 5'000);
    if (random() % 300 == 0) segment.payload_bytes = static_cast<std::uint32_t>(random());
    segment.flags.ack = random() % 3 != 0;
    segment.acknowledgment = (random() % 2 ? 0xfffff000U : 0x7ffff000U) + static_cast<std::uint32_t>(offset());
    table.segment(segment);
    const FlowTableStats stats = table.stats();
    ASSERT_LE(stats.buffered_bytes, limits.total_buffer_bytes);
    ASSERT_LE(stats.flows + stats.lingering, limits.max_flows);
  }
  table.close_all(now_ns);
  EXPECT_EQ(table.stats().buffered_bytes, 0U);
  EXPECT_EQ(table.stats().flows, 0U);
  for (std::size_t at = 0; at < recorder.count(); ++at) ASSERT_TRUE(recorder.at(at).destroyed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, GarbageTest, ::testing::Range(0U, 12U));

}  // namespace
}  // namespace podwire::tcp
