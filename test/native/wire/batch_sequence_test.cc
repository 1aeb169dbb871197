#include "wire/batch_sequence.h"

#include <gtest/gtest.h>

#include <atomic>
#include <protozero/pbf_reader.hpp>
#include <set>
#include <thread>
#include <vector>

#include "example_exchange.h"
#include "protoc.h"

namespace podwire::wire {
namespace {

using podwire::testing::decoded;
using podwire::testing::example_get;
using podwire::testing::ExampleExchange;

const BatchIdentity kIdentity{"t-4f2a", PodName{"shop", "frontend-x2x", "node1"}, 0x01020304};

// Keeps what was handed over, or refuses it.
struct Queue {
  std::vector<std::string> batches;
  std::vector<std::uint32_t> exchanges;
  bool full = false;

  auto push() {
    return [this](std::string&& bytes, std::uint32_t count) {
      if (full) return false;
      batches.push_back(std::move(bytes));
      exchanges.push_back(count);
      return true;
    };
  }
};

void add_exchange(ExchangeBuffer& buffer, std::uint64_t id) {
  ExampleExchange example = example_get();
  example.base.id = id;
  buffer.add(example.view(), {});
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(BatchSequenceTest, WritesABatch) {
  BatchSequence sequence(kIdentity);
  ExchangeBuffer buffer;
  Queue queue;
  TapCounters counters;
  counters.seen = 7;
  EXPECT_TRUE(sequence.hand_over(buffer, counters, true, queue.push()));
  ASSERT_EQ(queue.batches.size(), 1U);
  EXPECT_EQ(queue.exchanges, std::vector<std::uint32_t>{0});
  EXPECT_EQ(decoded("TapBatch", queue.batches[0]), R"(tap: "t-4f2a"
pod {
  namespace: "shop"
  name: "frontend-x2x"
  node: "node1"
}
epoch: 16909060
number: 1
counters {
  seen: 7
}
last: true
)");
}

TEST(BatchSequenceTest, OfACaptureFileHasNoPod) {
  BatchSequence sequence({"t-1", std::nullopt, 1});
  ExchangeBuffer buffer;
  Queue queue;
  EXPECT_TRUE(sequence.hand_over(buffer, {}, false, queue.push()));
  EXPECT_FALSE(contains(decoded("TapBatch", queue.batches[0]), "pod"));
}

TEST(BatchSequenceTest, NumbersWithoutGapsAndTellsDistinctAddresses) {
  BatchSequence sequence(kIdentity);
  ExchangeBuffer buffer;
  Queue queue;
  for (std::uint64_t id = 1; id <= 3; ++id) add_exchange(buffer, id);
  EXPECT_EQ(buffer.exchanges(), 3U);
  EXPECT_GT(buffer.bytes(), 3 * 100U);
  EXPECT_TRUE(sequence.hand_over(buffer, {}, false, queue.push()));
  EXPECT_EQ(buffer.exchanges(), 0U);
  EXPECT_EQ(buffer.bytes(), 0U);
  add_exchange(buffer, 4);
  EXPECT_TRUE(sequence.hand_over(buffer, {}, false, queue.push()));
  EXPECT_EQ(queue.exchanges, (std::vector<std::uint32_t>{3, 1}));

  const std::string first = decoded("TapBatch", queue.batches[0]);
  EXPECT_TRUE(contains(first, "number: 1\n"));
  // Protobuf's text leaves out a 0 that is a default.
  EXPECT_FALSE(contains(first, "first_exchange"));
  EXPECT_TRUE(contains(first, "addresses: \"\\306\\022\\013\\003\"\naddresses: \"\\306\\022\\014\\003\"\n")) << first;
  EXPECT_EQ(first.find("addresses", first.rfind("addresses") + 1), std::string::npos);
  const std::string second = decoded("TapBatch", queue.batches[1]);
  EXPECT_TRUE(contains(second, "number: 2\nfirst_exchange: 3\n")) << second;
  EXPECT_TRUE(contains(second, "addresses: \"\\306\\022\\013\\003\"\n")) << "the set begins anew with each batch";
}

TEST(BatchSequenceTest, NamesTheAddressThatWasAskedForToo) {
  BatchSequence sequence(kIdentity);
  ExchangeBuffer buffer;
  Queue queue;
  podwire::testing::ExampleExchange example = podwire::testing::example_get();
  example.base.via = podwire::testing::ipv4({198, 19, 10, 73}, 80);
  buffer.add(example.view(), {});
  EXPECT_TRUE(sequence.hand_over(buffer, {}, false, queue.push()));
  const std::string text = decoded("TapBatch", queue.batches[0]);
  EXPECT_TRUE(contains(text,
                       "addresses: \"\\306\\022\\013\\003\"\naddresses: \"\\306\\022\\014\\003\"\n"
                       "addresses: \"\\306\\023\\nI\"\n"))
      << text;
}

TEST(BatchSequenceTest, GivesTheNumberOfARefusedBatchToTheNextAndCountsItsRecords) {
  BatchSequence sequence(kIdentity);
  ExchangeBuffer buffer;
  Queue queue;
  add_exchange(buffer, 1);
  EXPECT_TRUE(sequence.hand_over(buffer, {}, false, queue.push()));
  queue.full = true;
  add_exchange(buffer, 2);
  add_exchange(buffer, 3);
  TapCounters counters;
  counters.seen = 3;
  counters.published = 3;
  EXPECT_FALSE(sequence.hand_over(buffer, counters, false, queue.push()));
  EXPECT_EQ(buffer.exchanges(), 0U) << "it is gone whole";
  queue.full = false;
  add_exchange(buffer, 4);
  EXPECT_TRUE(sequence.hand_over(buffer, {}, false, queue.push()));
  ASSERT_EQ(queue.batches.size(), 2U);
  const std::string second = decoded("TapBatch", queue.batches[1]);
  EXPECT_TRUE(contains(second, "number: 2\nfirst_exchange: 1\n")) << second;
  EXPECT_TRUE(contains(second, "losses {\n    cause: LOSS_CAUSE_BATCH_QUEUE_FULL\n    count: 2\n  }\n")) << second;
  EXPECT_TRUE(contains(second, "seen: 3\n  published: 3\n")) << "what was counted beside it is not lost";
}

TEST(BatchSequenceTest, SaysLastOnceItWasAccepted) {
  BatchSequence sequence(kIdentity);
  ExchangeBuffer buffer;
  Queue queue;
  queue.full = true;
  EXPECT_FALSE(sequence.hand_over(buffer, {}, true, queue.push()));
  queue.full = false;
  EXPECT_TRUE(sequence.hand_over(buffer, {}, true, queue.push()));
  EXPECT_TRUE(contains(decoded("TapBatch", queue.batches[0]), "number: 1\n"));
  EXPECT_FALSE(sequence.hand_over(buffer, {}, false, queue.push())) << "none follows the last one";
  EXPECT_EQ(queue.batches.size(), 1U);
}

TEST(BatchSequenceTest, CountsWhatTheKernelCountedSinceItBegan) {
  BatchSequence sequence(kIdentity, {.packets = 1000, .ring_full = 50, .unreadable = 2, .ip_fragment = 1});
  sequence.kernel_counts({.packets = 1500, .ring_full = 51, .unreadable = 5, .ip_fragment = 1});
  sequence.kernel_counts({.packets = 1600, .ring_full = 51, .unreadable = 5, .ip_fragment = 3});
  EXPECT_EQ(sequence.totals().packets, 600U);
  EXPECT_EQ(sequence.totals().lost(LossCause::LOSS_CAUSE_KERNEL_RING_FULL), 1U);
  EXPECT_EQ(sequence.totals().lost(LossCause::LOSS_CAUSE_KERNEL_UNREADABLE_PACKET), 3U);
  EXPECT_EQ(sequence.totals().lost(LossCause::LOSS_CAUSE_IP_FRAGMENT), 2U);
  // A new attachment counts from 0 again.
  sequence.kernel_counts({.packets = 10, .ring_full = 4});
  EXPECT_EQ(sequence.totals().packets, 610U);
  EXPECT_EQ(sequence.totals().lost(LossCause::LOSS_CAUSE_KERNEL_RING_FULL), 5U);
}

struct BatchHead {
  std::uint64_t number = 0;
  std::uint64_t first_exchange = 0;
  std::uint64_t seen = 0;
};

BatchHead head_of(const std::string& bytes) {
  BatchHead head;
  protozero::pbf_reader batch(bytes);
  while (batch.next()) {
    switch (static_cast<TapBatchField>(batch.tag())) {
      case TapBatchField::number_:
        head.number = batch.get_uint64();
        break;
      case TapBatchField::first_exchange_:
        head.first_exchange = batch.get_uint64();
        break;
      case TapBatchField::counters_: {
        auto counters = batch.get_message();
        EXPECT_TRUE(counters.next(1));
        head.seen = counters.get_uint64();
        break;
      }
      default:
        batch.skip();
    }
  }
  return head;
}

TEST(BatchSequenceTest, PutsBatchesOfSeveralThreadsInOneOrder) {
  constexpr int kThreads = 4;
  constexpr std::uint64_t kBatchesEach = 50;
  BatchSequence sequence(kIdentity);
  Queue queue;  // pushed to under the lock of the sequence
  std::uint64_t offered = 0;
  const auto push = [&](std::string&& bytes, std::uint32_t count) {
    queue.full = ++offered % 5 == 0;
    return queue.push()(std::move(bytes), count);
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      ExchangeBuffer buffer;
      for (std::uint64_t i = 0; i < kBatchesEach; ++i) {
        add_exchange(buffer, i);
        add_exchange(buffer, i);
        TapCounters counters;
        counters.seen = 2;
        sequence.hand_over(buffer, counters, false, push);
      }
    });
  }
  for (auto& thread : threads) thread.join();

  ASSERT_EQ(queue.batches.size(), kThreads * kBatchesEach * 4 / 5);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < queue.batches.size(); ++i) {
    const BatchHead head = head_of(queue.batches[i]);
    EXPECT_EQ(head.number, i + 1);
    EXPECT_EQ(head.first_exchange, 2 * i);
    EXPECT_GT(head.seen, seen);
    seen = head.seen;
  }
  EXPECT_EQ(sequence.totals().seen, kThreads * kBatchesEach * 2);
  EXPECT_EQ(sequence.totals().lost(LossCause::LOSS_CAUSE_BATCH_QUEUE_FULL), kThreads * kBatchesEach * 2 / 5);
}

}  // namespace
}  // namespace podwire::wire
