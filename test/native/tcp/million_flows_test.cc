// A million flows at once, and the bounds on their number and their bytes.
#include <gtest/gtest.h>

#include <vector>

#include "conversation.h"
#include "tcp/flow_pool.h"

namespace podwire::tcp {
namespace {

// Counts what is closed; a million records would be the test's own memory.
class ClosedFlows final : public ConnectionSinkFactory {
 public:
  std::unique_ptr<ConnectionSink> connection(const ConnectionInfo& info, ConnectionControl& /*control*/) override {
    ++opened;
    return std::make_unique<Sink>(*this, info.flow_id);
  }
  [[nodiscard]] std::size_t sink_bytes() const override { return claimed_sink_bytes; }

  std::size_t claimed_sink_bytes = sizeof(Sink);
  std::uint64_t opened = 0;
  std::vector<std::uint64_t> evicted;  // flow ids, in the order of their closing
  std::uint64_t data_bytes = 0;

 private:
  class Sink final : public ConnectionSink {
   public:
    Sink(ClosedFlows& flows, std::uint64_t id) : flows_(flows), id_(id) {}
    void data(Side, std::span<const std::uint8_t> bytes, std::uint64_t, std::optional<std::uint32_t>) override {
      flows_.data_bytes += bytes.size();
    }
    void gap(Side, std::uint64_t, GapCause, std::uint64_t) override {}
    void skipped(Side, std::uint64_t, std::uint64_t) override {}
    void end(Side, StreamEnd, std::uint64_t) override {}
    void close(CloseCause cause, std::uint64_t) override {
      if (cause == CloseCause::kEvicted) flows_.evicted.push_back(id_);
    }

   private:
    ClosedFlows& flows_;
    std::uint64_t id_;
  };
};

void send_one(FlowTable& table, std::uint32_t flow) {
  Conversation talk(table);
  talk.client_port = static_cast<std::uint16_t>(flow);
  talk.attachment_id = flow >> 16U;
  talk.now_ns += flow;
  talk.send(kClient, 0, "x", {.ack = 0});
}

TEST(MillionFlows, AreThereAtOnceAndTheOldestGoesFirst) {
  const FlowLimits limits;
  ASSERT_EQ(limits.max_flows, 1'000'000U);
  constexpr std::uint32_t kFlows = 1'000'000;
  constexpr std::uint32_t kMore = 1'000;
  ClosedFlows flows;
  RecordedSource source;
  FlowTable table(limits, flows, source);
  for (std::uint32_t flow = 0; flow < kFlows; ++flow) send_one(table, flow);
  EXPECT_EQ(table.stats().flows, kFlows);
  EXPECT_TRUE(flows.evicted.empty());
  EXPECT_LE(table.stats().flow_bytes, limits.total_flow_bytes);

  send_one(table, 0);  // heard of again
  for (std::uint32_t flow = kFlows; flow < kFlows + kMore; ++flow) send_one(table, flow);
  EXPECT_EQ(table.stats().flows, kFlows);
  EXPECT_EQ(table.stats().closed[static_cast<std::size_t>(CloseCause::kEvicted)], kMore);
  EXPECT_EQ(flows.opened, kFlows + kMore);
  EXPECT_EQ(flows.data_bytes, kFlows + kMore);
  ASSERT_EQ(flows.evicted.size(), kMore);
  for (std::uint32_t at = 0; at < kMore; ++at)
    ASSERT_EQ(flows.evicted[at], at + 2) << "the first flow has spoken since";
}

// The sum that the bound is on, reckoned by hand: entries, index cells of eight bytes, sinks.
TEST(MillionFlows, TheirBytesAreBounded) {
  FlowLimits limits;
  ClosedFlows flows;
  flows.claimed_sink_bytes = 500;
  constexpr std::size_t kFit = 1'000;
  const std::size_t cells = 2'048;  // the power of two of which 1000 are no more than 3/4
  limits.total_flow_bytes = kFit * (FlowPool::kBytesPerFlow + 500) + cells * 8;
  RecordedSource source;
  FlowTable table(limits, flows, source);
  for (std::uint32_t flow = 0; flow < 3 * kFit; ++flow) {
    send_one(table, flow);
    ASSERT_LE(table.stats().flow_bytes, limits.total_flow_bytes);
  }
  EXPECT_EQ(table.stats().flows, kFit);
  EXPECT_EQ(flows.evicted.size(), 2 * kFit);
}

TEST(MillionFlows, ABoundTooSmallForAnyHoldsOne) {
  FlowLimits limits;
  limits.total_flow_bytes = 0;
  ClosedFlows flows;
  RecordedSource source;
  FlowTable table(limits, flows, source);
  for (std::uint32_t flow = 0; flow < 10; ++flow) send_one(table, flow);
  EXPECT_EQ(table.stats().flows, 1U);
  EXPECT_EQ(flows.data_bytes, 10U);
}

}  // namespace
}  // namespace podwire::tcp
