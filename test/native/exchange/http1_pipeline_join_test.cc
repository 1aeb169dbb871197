// A simulated client, network and server through the flow table and the engine, joined late at every segment. Who was
// answered by what is known: the n-th response has n body bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "observed.h"
#include "tcp/flow_table.h"

namespace podwire::exchange {
namespace {

using test::get;
using test::Observed;
using test::ok;

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint32_t kFirst = 0xffff'ff00U;  // of either side: wraps soon

struct Timing {
  std::size_t depth = 1;         // requests that the client keeps under way
  std::uint64_t one_way_ns = 0;  // between client and server
  std::uint64_t service_ns = 0;  // of one request after the other
  std::uint64_t tap_ns = 0;      // between client and tap
};

struct Passing {
  std::uint64_t at_ns = 0;  // at the tap
  bool from_server = false;
  std::string bytes;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
};

// What passes the tap, by time. Each side acknowledges with its data what it has received by then.
std::vector<Passing> passings(const Timing& timing, std::size_t exchanges) {
  std::vector<Passing> all;
  std::vector<std::uint64_t> asked_ns(exchanges + 1);
  std::vector<std::uint64_t> answered_ns(exchanges + 1);
  std::vector<std::uint32_t> request_end(exchanges + 1, kFirst);
  std::vector<std::uint32_t> response_end(exchanges + 1, kFirst);
  for (std::size_t n = 1; n <= exchanges; ++n) {
    asked_ns[n] = n <= timing.depth ? n : answered_ns[n - timing.depth] + timing.one_way_ns;
    answered_ns[n] = std::max(answered_ns[n - 1], asked_ns[n] + timing.one_way_ns) + timing.service_ns;
    request_end[n] = request_end[n - 1] + static_cast<std::uint32_t>(get("/" + std::to_string(n)).size());
    response_end[n] = response_end[n - 1] + static_cast<std::uint32_t>(ok(std::string(n, 'x')).size());
  }
  for (std::size_t n = 1; n <= exchanges; ++n) {
    std::size_t answers = 0;  // that the client has
    while (answers < n - 1 && answered_ns[answers + 1] + timing.one_way_ns <= asked_ns[n]) ++answers;
    std::size_t asked = n;  // what the server has
    while (asked < exchanges && asked_ns[asked + 1] + timing.one_way_ns <= answered_ns[n]) ++asked;
    all.push_back(
        {asked_ns[n] + timing.tap_ns, false, get("/" + std::to_string(n)), request_end[n - 1], response_end[answers]});
    all.push_back({answered_ns[n] + timing.one_way_ns - timing.tap_ns, true, ok(std::string(n, 'x')),
                   response_end[n - 1], request_end[asked]});
  }
  // An answer is there before what it makes the client ask.
  std::stable_sort(all.begin(), all.end(), [](const Passing& one, const Passing& other) {
    return one.at_ns != other.at_ns ? one.at_ns < other.at_ns : one.from_server && !other.from_server;
  });
  return all;
}

// The engine as the factory of a flow table, and what it tells.
class Joined final : public tcp::SourceControl {
 public:
  Joined(const std::vector<Passing>& all, std::size_t from) : table_(tcp::FlowLimits(), seen_.engine, *this) {
    for (std::size_t i = from; i < all.size(); ++i) pass(all[i]);
    table_.close_all(all.back().at_ns + 1);
  }

  void skip(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&, std::uint32_t, std::uint32_t) override {}
  void ignore(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  void forget(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}

  [[nodiscard]] const std::vector<test::SeenExchange>& exchanges() const { return seen_.exchanges; }
  // Those that claim to be whole.
  [[nodiscard]] std::size_t whole() const {
    return static_cast<std::size_t>(
        std::count_if(exchanges().begin(), exchanges().end(), [](const auto& one) { return one.missing.empty(); }));
  }

 private:
  void pass(const Passing& passing) {
    tcp::Segment segment;
    segment.seen_monotime_ns = passing.at_ns;
    segment.attachment_id = 1;
    segment.source.port = passing.from_server ? 80 : 40'000;
    segment.destination.port = passing.from_server ? 40'000 : 80;
    segment.sequence = passing.sequence;
    segment.acknowledgment = passing.acknowledgment;
    segment.flags.ack = true;
    segment.payload = octets_of(passing.bytes);
    segment.payload_bytes = static_cast<std::uint32_t>(passing.bytes.size());
    table_.segment(segment);
  }

  Observed seen_;
  tcp::FlowTable table_;
};

void expect_nothing_wrong(const Joined& joined, std::size_t from) {
  for (const test::SeenExchange& one : joined.exchanges()) {
    if (!one.missing.empty()) continue;
    ASSERT_TRUE(one.path && one.response_bytes) << one.line;
    EXPECT_EQ(*one.path, "/" + std::to_string(*one.response_bytes)) << "joined at " << from << ": " << one.line;
  }
}

constexpr std::size_t kExchanges = 30;

TEST(Http1PipelineJoin, AConstantPipelineAcrossADelay) {
  constexpr std::uint64_t kOneWayNs = 5 * kMs + 1;
  for (const std::size_t depth : {3U, 4U, 8U}) {
    for (const std::uint64_t service_ms : {4U, 5U, 9U}) {  // less than a round trip, and the server is never idle
      for (const std::uint64_t tap_ns : {std::uint64_t{0}, kOneWayNs / 2, kOneWayNs}) {
        SCOPED_TRACE("depth " + std::to_string(depth) + ", service " + std::to_string(service_ms) + " ms, tap " +
                     std::to_string(tap_ns) + " ns from the client");
        const Timing timing{.depth = depth, .one_way_ns = kOneWayNs, .service_ns = service_ms * kMs, .tap_ns = tap_ns};
        const std::vector<Passing> all = passings(timing, kExchanges);
        for (std::size_t from = 0; from < all.size(); ++from) expect_nothing_wrong(Joined(all, from), from);
      }
    }
  }
}

TEST(Http1PipelineJoin, WhoTakesTurnsLosesOneAtMost) {
  for (const std::uint64_t one_way_ns : {kMs / 100, 5 * kMs}) {
    for (const std::uint64_t service_ns : {kMs / 100, 20 * kMs}) {
      for (const std::uint64_t tap_ns : {std::uint64_t{0}, one_way_ns / 2, one_way_ns}) {
        const Timing timing{.depth = 1, .one_way_ns = one_way_ns, .service_ns = service_ns, .tap_ns = tap_ns};
        const std::vector<Passing> all = passings(timing, kExchanges);
        for (std::size_t from = 0; from < all.size(); ++from) {
          const Joined joined(all, from);
          expect_nothing_wrong(joined, from);
          // Joined at a request, its exchange is marked; at an answer, that is what is lost.
          EXPECT_EQ(joined.whole(), kExchanges - from / 2 - 1) << from;
        }
      }
    }
  }
}

}  // namespace
}  // namespace podwire::exchange
