// What an idle flow costs, at a million of them; a sanitizer, which pads every allocation, gets by with fewer.
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "conversation.h"
#include "tcp/flow_pool.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

namespace podwire::tcp {
namespace {

constexpr std::size_t kFlows = kSanitized ? 50'000 : 1'000'000;
constexpr double kGoalBytesPerFlow = 400;

class SilentSink final : public ConnectionSink {
 public:
  void data(Side, std::span<const std::uint8_t>, std::uint64_t, std::optional<std::uint32_t>) override {}
  void gap(Side, std::uint64_t, GapCause, std::uint64_t) override {}
  void skipped(Side, std::uint64_t, std::uint64_t) override {}
  void end(Side, StreamEnd, std::uint64_t) override {}
  void close(CloseCause, std::uint64_t) override {}
};

class SilentFactory final : public ConnectionSinkFactory {
 public:
  std::unique_ptr<ConnectionSink> connection(const ConnectionInfo&, ConnectionControl&) override {
    return std::make_unique<SilentSink>();
  }
};

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  long pages = 0;
  long resident = 0;
  statm >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Each has spoken once in both directions, one byte of it out of order.
TEST(IdleMemory, StaysUnderTheGoal) {
  malloc_trim(0);
  const double before = resident_bytes();
  FlowLimits limits;
  limits.max_flows = kFlows;
  SilentFactory factory;
  RecordedSource source;
  FlowTable table(limits, factory, source);
  for (std::size_t flow = 0; flow < kFlows; ++flow) {
    Conversation talk(table);
    talk.client_port = static_cast<std::uint16_t>(flow);
    talk.attachment_id = static_cast<std::uint32_t>(flow >> 16U);
    talk.handshake();
    talk.send(kClient, 1, "b", {.ack = 0});
    talk.send(kClient, 0, "a", {.ack = 0});
    talk.send(kServer, 0, "c", {.ack = 2});
  }
  EXPECT_EQ(table.stats().flows, kFlows);
  EXPECT_EQ(table.stats().buffered_bytes, 0U);
  const double per_flow = (resident_bytes() - before) / static_cast<double>(kFlows);
  std::printf("sizeof(FlowEntry) %zu, sizeof(Connection) %zu, sizeof(Stream) %zu\n", sizeof(FlowEntry),
              sizeof(Connection), sizeof(Stream));
  std::printf("resident bytes per idle flow, with the table and an empty sink: %.0f%s\n", per_flow,
              kSanitized ? " (with a sanitizer)" : "");
  EXPECT_LE(static_cast<double>(sizeof(FlowEntry)), kGoalBytesPerFlow);
  if (!kSanitized) {
    EXPECT_LE(per_flow, kGoalBytesPerFlow);
  }
}

}  // namespace
}  // namespace podwire::tcp
