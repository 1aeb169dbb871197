// What a connection costs while nothing passes.
#include <gtest/gtest.h>
#include <malloc.h>

#include <memory>
#include <optional>
#include <vector>

#include "exchange/octets.h"
#include "http2_frames.h"
#include "observed.h"
#include "tcp/flow_pool.h"

#if defined(__SANITIZE_ADDRESS__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // of compiler-rt's allocator_interface.h
#endif

namespace podwire::exchange {
namespace {

using namespace test;

struct NoControl final : tcp::ConnectionControl {
  void skip(tcp::Side, std::uint64_t) override {}
  void ignore() override {}
};

// Of the heap.
std::size_t allocated_bytes() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks;
#endif
}

// For each of many connections that passed `client` and `server` and whose exchanges ended.
std::size_t idle_bytes(std::string_view client, std::string_view server, bool rests = false) {
  constexpr std::size_t kConnections = 2'000;
  Observed run;
  NoControl control;
  std::vector<std::unique_ptr<tcp::ConnectionSink>> all;
  all.reserve(kConnections);
  std::size_t before = 0;
  for (std::size_t i = 0; i < kConnections; ++i) {
    if (i == kConnections / 2) before = allocated_bytes();
    all.push_back(run.engine.connection(run.info, control));
    all.back()->data(tcp::Side::kInitiator, octets_of(client), 1, std::nullopt);
    all.back()->data(tcp::Side::kResponder, octets_of(server), 2, std::nullopt);
    if (rests) EXPECT_TRUE(all.back()->rest());
    run.exchanges.clear();
    run.text.clear();
  }
  EXPECT_EQ(run.engine.open_exchanges(), 0U);
  return (allocated_bytes() - before) / (kConnections / 2);
}

TEST(IdleMemory, OfAConnection) {
  const std::size_t http1 = idle_bytes(get("/1"), ok("x"));
  const std::size_t http2 = idle_bytes(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast),
                                       settings() + headers(1, ok_fields(), kWholeAndLast));
  RecordProperty("http1_bytes", static_cast<int>(http1));
  RecordProperty("http2_bytes", static_cast<int>(http2));
  EXPECT_GT(http1, 100U);
  EXPECT_LE(http1, 500U);
  EXPECT_LE(http1, Observed().engine.sink_bytes() + 32) << "what the flow table is told";
  const std::size_t resting = idle_bytes(get("/1"), ok("x"), true);
  RecordProperty("resting_bytes", static_cast<int>(resting));
  EXPECT_GT(resting, 100U);
  EXPECT_LE(resting, Observed().engine.resting_sink_bytes());
  constexpr std::size_t kFlows = 1'000'000;
  EXPECT_LE(resting + tcp::FlowPool::kBytesPerFlow + tcp::FlowIndex::memory_bytes(kFlows) / kFlows, 400U)
      << "with its flow";
  EXPECT_LE(2 * resting, http1) << "or it would not be worth the way there and back";
  EXPECT_GT(http2, 100U);
  EXPECT_LE(http2, 1'000U) << "with empty dynamic tables";
}

}  // namespace
}  // namespace podwire::exchange
