#include "wire/tap_counters.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "example_exchange.h"
#include "protoc.h"

namespace podwire::wire {
namespace {

using podwire::testing::decoded;
using podwire::testing::ipv4;
using podwire::testing::ipv6;

TEST(TapCountersTest, WritesEveryCounter) {
  TapCounters counters;
  counters.seen = 10;
  counters.published = 4;
  counters.filter(Filter::FILTER_PATH);
  counters.filter(Filter::FILTER_PATH);
  counters.filter(Filter::FILTER_METHOD);
  counters.leave_unjudged(Filter::FILTER_HEADER);
  counters.leave_unjudged(Filter::FILTER_PATH);
  counters.skipped = 1;
  counters.reopened = 5;
  counters.packets = 1'000'000'000'000;
  counters.lose(LossCause::LOSS_CAUSE_TLS, 14);
  counters.lose(LossCause::LOSS_CAUSE_TRUNCATED);
  counters.lose(LossCause::LOSS_CAUSE_MALFORMED_STREAM, 3);
  const std::vector<std::string> protocols = {"h2", "http/1.1", "\xE4"};
  counters.unreadable.add(ipv4({198, 18, 0, 1}, 8443), LossCause::LOSS_CAUSE_TLS, 13, {"shop.example", protocols});
  counters.unreadable.add(ipv4({198, 18, 0, 1}, 8443), LossCause::LOSS_CAUSE_TLS, 1, {"pay.example", {}});
  std::string bytes;
  append_tap_counters(counters, bytes);
  EXPECT_EQ(decoded("TapBatch", bytes), R"(counters {
  seen: 10
  published: 4
  filtered: 3
  unjudged: 2
  skipped: 1
  losses {
    cause: LOSS_CAUSE_TLS
    count: 14
  }
  losses {
    cause: LOSS_CAUSE_TRUNCATED
    count: 1
  }
  losses {
    cause: LOSS_CAUSE_MALFORMED_STREAM
    count: 3
  }
  unreadable {
    ip: "\306\022\000\001"
    port: 8443
    cause: LOSS_CAUSE_TLS
    connections: 14
    server_names: "shop.example"
    server_names: "pay.example"
    application_protocols: "h2"
    application_protocols: "http/1.1"
    application_protocols: "\303\244"
  }
  packets: 1000000000000
  reopened: 5
  by_filter {
    filter: FILTER_METHOD
    filtered: 1
  }
  by_filter {
    filter: FILTER_PATH
    filtered: 2
    unjudged: 1
  }
  by_filter {
    filter: FILTER_HEADER
    unjudged: 1
  }
}
)");
}

TEST(TapCountersTest, NamesEveryCauseOfTheEngine) {
  EXPECT_EQ(loss_cause(exchange::LossCause::kReorderTimeout), LossCause::LOSS_CAUSE_REORDER_TIMEOUT);
  EXPECT_EQ(loss_cause(exchange::LossCause::kReorderBufferFull), LossCause::LOSS_CAUSE_REORDER_BUFFER_FULL);
  EXPECT_EQ(loss_cause(exchange::LossCause::kSegmentNotCaptured), LossCause::LOSS_CAUSE_SEGMENT_NOT_CAPTURED);
  EXPECT_EQ(loss_cause(exchange::LossCause::kFlowEvicted), LossCause::LOSS_CAUSE_FLOW_EVICTED);
  EXPECT_EQ(loss_cause(exchange::LossCause::kMalformed), LossCause::LOSS_CAUSE_MALFORMED);
  EXPECT_EQ(loss_cause(exchange::LossCause::kTls), LossCause::LOSS_CAUSE_TLS);
  EXPECT_EQ(loss_cause(exchange::LossCause::kNotHttp), LossCause::LOSS_CAUSE_NOT_HTTP);
  EXPECT_EQ(loss_cause(exchange::LossCause::kUnrecognised), LossCause::LOSS_CAUSE_UNRECOGNISED);
  EXPECT_EQ(loss_cause(exchange::LossCause::kMalformedStream), LossCause::LOSS_CAUSE_MALFORMED_STREAM);
}

TEST(TapCountersTest, HasRoomForEveryCause) {
  for (std::uint8_t cause = 0; cause < static_cast<std::uint8_t>(exchange::LossCause::kCount); ++cause) {
    EXPECT_LT(static_cast<std::size_t>(loss_cause(static_cast<exchange::LossCause>(cause))), kLossCauses);
  }
}

TEST(TapCountersTest, TellsWhichConnectionsAreUnreadable) {
  EXPECT_TRUE(makes_unreadable(LossCause::LOSS_CAUSE_TLS));
  EXPECT_TRUE(makes_unreadable(LossCause::LOSS_CAUSE_NOT_HTTP));
  EXPECT_TRUE(makes_unreadable(LossCause::LOSS_CAUSE_UNRECOGNISED));
  EXPECT_FALSE(makes_unreadable(LossCause::LOSS_CAUSE_MALFORMED_STREAM));
}

TEST(TapCountersTest, MergesSums) {
  TapCounters sum;
  TapCounters more;
  more.seen = 2;
  more.published = 1;
  more.filter(Filter::FILTER_PATH);
  more.leave_unjudged(Filter::FILTER_STATUS);
  more.reopened = 3;
  more.packets = 9;
  more.lose(LossCause::LOSS_CAUSE_NOT_HTTP, 2);
  more.unreadable.add(ipv6({1}, 5432), LossCause::LOSS_CAUSE_NOT_HTTP, 2);
  sum.merge(more);
  sum.merge(more);
  EXPECT_EQ(sum.seen, 4U);
  EXPECT_EQ(sum.published, 2U);
  EXPECT_EQ(sum.filtered, 2U);
  EXPECT_EQ(sum.unjudged, 2U);
  EXPECT_EQ(sum.by_filter[static_cast<std::size_t>(Filter::FILTER_PATH)].filtered, 2U);
  EXPECT_EQ(sum.by_filter[static_cast<std::size_t>(Filter::FILTER_STATUS)].unjudged, 2U);
  EXPECT_EQ(sum.reopened, 6U);
  EXPECT_EQ(sum.packets, 18U);
  EXPECT_EQ(sum.lost(LossCause::LOSS_CAUSE_NOT_HTTP), 4U);
  ASSERT_EQ(sum.unreadable.entries().size(), 1U);
  EXPECT_EQ(sum.unreadable.entries()[0].connections, 4U);
}

TEST(TapCountersTest, BoundsTheUnreadableEndpoints) {
  UnreadableEndpoints endpoints;
  for (std::uint16_t port = 1; port <= kMaxUnreadableEndpoints; ++port) {
    EXPECT_TRUE(endpoints.add(ipv4({198, 18, 0, 1}, port), LossCause::LOSS_CAUSE_TLS));
  }
  EXPECT_FALSE(endpoints.add(ipv4({198, 18, 0, 1}, 9999), LossCause::LOSS_CAUSE_TLS));
  // The same end for another cause is another entry.
  EXPECT_FALSE(endpoints.add(ipv4({198, 18, 0, 1}, 1), LossCause::LOSS_CAUSE_NOT_HTTP));
  EXPECT_TRUE(endpoints.add(ipv4({198, 18, 0, 1}, 1), LossCause::LOSS_CAUSE_TLS));
  ASSERT_EQ(endpoints.entries().size(), kMaxUnreadableEndpoints);
  EXPECT_EQ(endpoints.entries()[0].connections, 2U);
  EXPECT_EQ(endpoints.entries()[1].connections, 1U);
}

TEST(TapCountersTest, NamesEachServerAndProtocolOnceAndSoManyOfThem) {
  const auto server = ipv4({198, 18, 0, 1}, 443);
  const std::vector<std::string> few = {"h2", "http/1.1", "h2"};
  const std::vector<std::string> many = {"a", "b", "c", "h2", "d"};
  TapCounters sum;
  TapCounters more;
  more.unreadable.add(server, LossCause::LOSS_CAUSE_TLS, 1, {"one.example", few});
  more.unreadable.add(server, LossCause::LOSS_CAUSE_TLS, 1, {"", {}});
  more.unreadable.add(server, LossCause::LOSS_CAUSE_TLS, 1, {"one.example", few});
  sum.merge(more);
  sum.merge(more);
  ASSERT_EQ(sum.unreadable.entries().size(), 1U);
  const UnreadableEndpoint& entry = sum.unreadable.entries()[0];
  EXPECT_EQ(entry.connections, 6U);
  EXPECT_EQ(entry.server_names, (std::vector<std::string>{"one.example"}));
  EXPECT_EQ(entry.application_protocols, (std::vector<std::string>{"h2", "http/1.1"}));

  for (const auto* name : {"2", "3", "one.example", "4", "5", "6"}) {
    sum.unreadable.add(server, LossCause::LOSS_CAUSE_TLS, 1, {name, many});
  }
  const UnreadableEndpoint& full = sum.unreadable.entries()[0];
  EXPECT_EQ(full.connections, 12U);
  EXPECT_EQ(full.server_names, (std::vector<std::string>{"one.example", "2", "3", "4"}));
  EXPECT_EQ(full.application_protocols, (std::vector<std::string>{"h2", "http/1.1", "a", "b"}));
  TapCounters other;
  other.unreadable.add(server, LossCause::LOSS_CAUSE_TLS, 1, {"7", few});
  sum.merge(other);
  EXPECT_EQ(sum.unreadable.entries()[0].server_names.size(), kMaxServerNames);
  EXPECT_EQ(sum.unreadable.entries()[0].connections, 13U);
}

}  // namespace
}  // namespace podwire::wire
