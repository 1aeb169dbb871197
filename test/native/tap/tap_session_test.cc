#include "tap/tap_session.h"

#include <gtest/gtest.h>

#include "spec_text.h"
#include "test/native/wire/example_exchange.h"

namespace podwire::tap {
namespace {

using exchange::End;
using podwire::testing::example_get;
using podwire::testing::ExampleExchange;
using podwire::testing::ipv4;
using podwire::testing::spec_of;

constexpr std::uint64_t kNow = 10'000'000'000;
constexpr std::uint64_t kSecondNs = 1'000'000'000;

std::shared_ptr<Tap> tap_of(std::string_view text) { return std::make_shared<Tap>(spec_of(text)); }

ExampleExchange ended(std::uint64_t id) {
  ExampleExchange example = example_get();
  example.base.id = id;
  return example;
}

ExampleExchange opened(std::uint64_t id) {
  ExampleExchange example = ended(id);
  example.base.end = End::kOpen;
  example.has_response = false;
  example.base.first_response_byte_nanos.reset();
  example.base.duration_nanos.reset();
  return example;
}

ExampleExchange ended_after_announcement(std::uint64_t id) {
  ExampleExchange example = ended(id);
  example.base.announced = true;
  return example;
}

void expect_whole(const wire::TapCounters& counters) {
  EXPECT_EQ(counters.seen, counters.published + counters.filtered + counters.unjudged + counters.skipped);
}

TEST(TapSessionTest, CountsEachOutcome) {
  TapSession session(tap_of("methods: 'GET' max_rate: 1"));
  EXPECT_EQ(session.consider(ended(1).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(session.consider(ended(2).view(), kNow), Outcome::kSkipped);
  ExampleExchange post = ended(3);
  post.request.method = "POST";
  EXPECT_EQ(session.consider(post.view(), kNow), Outcome::kFiltered);
  ExampleExchange unseen = ended(4);
  unseen.has_request = false;
  unseen.base.missing.add(exchange::Missing::kNoRequest);
  EXPECT_EQ(session.consider(unseen.view(), kNow), Outcome::kUnjudged);
  const wire::TapCounters counters = session.take_counters();
  EXPECT_EQ(counters.seen, 4U);
  EXPECT_EQ(counters.published, 1U);
  EXPECT_EQ(counters.skipped, 1U);
  EXPECT_EQ(counters.filtered, 1U);
  EXPECT_EQ(counters.unjudged, 1U);
  EXPECT_EQ(counters.reopened, 0U);
  EXPECT_EQ(session.take_counters().seen, 0U) << "taken";
}

TEST(TapSessionTest, CountsWhichFilterDecided) {
  // Asked in this order: method, status, path, headers.
  TapSession session(
      tap_of("paths: '/api' methods: 'GET' statuses { first: 500 last: 599 } headers { name: 'x-a' } headers { name: "
             "'x-b' }"));
  const auto count = [&](wire::Filter filter) {
    return session.take_counters().by_filter[static_cast<std::size_t>(filter)];
  };
  ExampleExchange post = ended(1);
  post.request.method = "POST";
  post.request.path = "/elsewhere";
  EXPECT_EQ(session.consider(post.view(), kNow), Outcome::kFiltered);
  EXPECT_EQ(count(wire::Filter::FILTER_METHOD).filtered, 1U);
  ExampleExchange elsewhere = ended(2);
  elsewhere.response.status = 503;
  elsewhere.request.path = "/elsewhere";
  EXPECT_EQ(session.consider(elsewhere.view(), kNow), Outcome::kFiltered);
  EXPECT_EQ(count(wire::Filter::FILTER_PATH).filtered, 1U);
  // A later no decides, whatever could not be judged before it.
  ExampleExchange unanswered = elsewhere;
  unanswered.base.id = 3;
  unanswered.has_response = false;
  unanswered.base.missing.add(exchange::Missing::kNoResponse);
  EXPECT_EQ(session.consider(unanswered.view(), kNow), Outcome::kFiltered);
  EXPECT_EQ(count(wire::Filter::FILTER_PATH).filtered, 1U);
  // Nobody says no: the first that cannot be judged.
  unanswered.base.id = 4;
  unanswered.request.path = "/api";
  EXPECT_EQ(session.consider(unanswered.view(), kNow), Outcome::kUnjudged);
  EXPECT_EQ(count(wire::Filter::FILTER_STATUS).unjudged, 1U);
  ExampleExchange bare = elsewhere;
  bare.base.id = 5;
  bare.request.path = "/api";
  EXPECT_EQ(session.consider(bare.view(), kNow), Outcome::kFiltered);
  EXPECT_EQ(count(wire::Filter::FILTER_HEADER).filtered, 1U);
}

TEST(TapSessionTest, CountsAnExchangeShownWhileOpenOnce) {
  TapSession session(tap_of(""));
  EXPECT_EQ(session.consider(opened(1).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(session.consider(opened(1).view(), kNow + kSecondNs), Outcome::kPublished);
  EXPECT_EQ(session.consider(ended_after_announcement(1).view(), kNow + 2 * kSecondNs), Outcome::kPublished);
  const wire::TapCounters counters = session.take_counters();
  EXPECT_EQ(counters.seen, 1U);
  EXPECT_EQ(counters.published, 1U);
  EXPECT_EQ(counters.reopened, 2U);
  expect_whole(counters);
}

TEST(TapSessionTest, ShowsTheEndOfWhatItShowedOpenWhateverTheRate) {
  TapSession session(tap_of("max_rate: 1"));
  EXPECT_EQ(session.consider(opened(1).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(session.consider(ended(2).view(), kNow), Outcome::kSkipped);
  EXPECT_EQ(session.consider(ended_after_announcement(1).view(), kNow), Outcome::kPublished);
  // The end took no permit.
  EXPECT_EQ(session.consider(ended(3).view(), kNow + kSecondNs), Outcome::kPublished);
  expect_whole(session.take_counters());
}

TEST(TapSessionTest, LeavesAnOpenExchangeOverTheRateToItsEnd) {
  TapSession session(tap_of("max_rate: 1"));
  EXPECT_EQ(session.consider(ended(1).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(session.consider(opened(2).view(), kNow), Outcome::kNotYet);
  EXPECT_EQ(session.consider(ended_after_announcement(2).view(), kNow + kSecondNs), Outcome::kPublished);
  const wire::TapCounters counters = session.take_counters();
  EXPECT_EQ(counters.seen, 2U);
  EXPECT_EQ(counters.published, 2U);
  EXPECT_EQ(counters.reopened, 0U) << "its open record was never sent";
}

TEST(TapSessionTest, JudgesAnOpenExchangeAtItsEndWhenAValueMayStillCome) {
  for (const auto& [spec, outcome] : {std::pair{"statuses { first: 200 last: 200 }", Outcome::kPublished},
                                      std::pair{"statuses { first: 500 last: 599 }", Outcome::kFiltered},
                                      std::pair{"methods: 'POST'", Outcome::kFiltered}}) {
    TapSession session(tap_of(spec));
    EXPECT_EQ(session.consider(opened(1).view(), kNow), Outcome::kNotYet);
    EXPECT_EQ(session.take_counters().seen, 0U);
    EXPECT_EQ(session.consider(ended_after_announcement(1).view(), kNow), outcome) << spec;
    const wire::TapCounters counters = session.take_counters();
    EXPECT_EQ(counters.seen, 1U);
    expect_whole(counters);
  }
}

TEST(TapSessionTest, OfATapThatBeganLaterJudgesTheEndAlone) {
  TapSession session(tap_of(""));
  EXPECT_EQ(session.consider(ended_after_announcement(1).view(), kNow), Outcome::kPublished);
  const wire::TapCounters counters = session.take_counters();
  EXPECT_EQ(counters.seen, 1U);
  EXPECT_EQ(counters.reopened, 0U);
}

TEST(TapSessionTest, EveryRecordOfAnExchangeHasTheSameStart) {
  TapSession session(tap_of(""));
  session.set_wall_clock_offset(1'000);
  EXPECT_EQ(session.consider(opened(1).view(), kNow), Outcome::kPublished);
  session.set_wall_clock_offset(1'052);
  EXPECT_EQ(session.consider(ended(2).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(session.encoding_rules().wall_clock_offset_ns, 1'052);
  EXPECT_EQ(session.consider(ended_after_announcement(1).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(session.encoding_rules().wall_clock_offset_ns, 1'000);
}

TEST(TapSessionTest, BoundsWhatItRemembersOfOpenExchanges) {
  TapSession session(tap_of(""));
  for (std::uint64_t id = 0; id < kMaxOpenExchanges; ++id) {
    ASSERT_EQ(session.consider(opened(id).view(), kNow), Outcome::kPublished);
  }
  EXPECT_EQ(session.consider(opened(999'999).view(), kNow), Outcome::kNotYet);
  EXPECT_EQ(session.consider(ended_after_announcement(0).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(session.consider(opened(1'000'000).view(), kNow), Outcome::kPublished) << "there is room again";
  EXPECT_EQ(session.consider(ended_after_announcement(999'999).view(), kNow), Outcome::kPublished);
  const wire::TapCounters counters = session.take_counters();
  EXPECT_EQ(counters.seen, kMaxOpenExchanges + 2);
  EXPECT_EQ(counters.published, kMaxOpenExchanges + 2);
  EXPECT_EQ(counters.reopened, 1U);
}

TEST(TapSessionTest, SharesTheRateOverThreadsAndPods) {
  const auto rate = std::make_shared<RateLimit>(1);
  const auto pod = std::make_shared<Tap>(spec_of("max_rate: 1"), rate);
  TapSession one(pod);
  TapSession other_thread(pod);
  TapSession other_pod(std::make_shared<Tap>(spec_of("max_rate: 1"), rate));
  EXPECT_EQ(one.consider(ended(1).view(), kNow), Outcome::kPublished);
  EXPECT_EQ(other_thread.consider(ended(2).view(), kNow), Outcome::kSkipped);
  EXPECT_EQ(other_pod.consider(ended(3).view(), kNow), Outcome::kSkipped);
}

TEST(TapSessionTest, CountsLossesAndWhereUnreadableConnectionsLead) {
  TapSession session(tap_of("to { port: 8443 }"));
  session.loss(exchange::LossCause::kTls, ipv4({198, 18, 12, 3}, 8443));
  session.loss(exchange::LossCause::kTls, ipv4({198, 18, 12, 3}, 8443));
  session.loss(exchange::LossCause::kTls, ipv4({198, 18, 12, 3}, 443));  // no exchange with it was asked for
  session.loss(exchange::LossCause::kReorderTimeout, ipv4({198, 18, 12, 3}, 443));
  const wire::TapCounters counters = session.take_counters();
  EXPECT_EQ(counters.lost(wire::LossCause::LOSS_CAUSE_TLS), 2U);
  EXPECT_EQ(counters.lost(wire::LossCause::LOSS_CAUSE_REORDER_TIMEOUT), 1U);
  ASSERT_EQ(counters.unreadable.entries().size(), 1U);
  EXPECT_EQ(counters.unreadable.entries()[0].server, ipv4({198, 18, 12, 3}, 8443));
  EXPECT_EQ(counters.unreadable.entries()[0].connections, 2U);
}

TEST(TapSessionTest, KeepsTheNamesOfTlsConnections) {
  TapSession session(tap_of(""));
  const std::vector<std::string> protocols = {"h2", "http/1.1"};
  session.loss(exchange::LossCause::kTls, ipv4({198, 18, 12, 3}, 443), {"shop.example", protocols});
  session.loss(exchange::LossCause::kTls, ipv4({198, 18, 12, 3}, 443), {"shop.example", protocols});
  session.loss(exchange::LossCause::kMalformedStream, ipv4({198, 18, 12, 3}, 80));
  const wire::TapCounters counters = session.take_counters();
  EXPECT_EQ(counters.lost(wire::LossCause::LOSS_CAUSE_MALFORMED_STREAM), 1U);
  ASSERT_EQ(counters.unreadable.entries().size(), 1U) << "a malformed stream leaves its connection readable";
  EXPECT_EQ(counters.unreadable.entries()[0].connections, 2U);
  EXPECT_EQ(counters.unreadable.entries()[0].server_names, (std::vector<std::string>{"shop.example"}));
  EXPECT_EQ(counters.unreadable.entries()[0].application_protocols, protocols);
}

TEST(TapSessionTest, GivesTheRulesOfItsSpec) {
  TapSession redacted(tap_of("body_bytes: 100"));
  redacted.set_wall_clock_offset(-7);
  EXPECT_EQ(redacted.consider(ended(1).view(), kNow), Outcome::kPublished);
  const wire::EncodingRules rules = redacted.encoding_rules();
  EXPECT_NE(rules.redaction, nullptr);
  EXPECT_EQ(rules.body_bytes, 100U);
  EXPECT_EQ(rules.wall_clock_offset_ns, -7);
  EXPECT_FALSE(rules.omit_headers);
  EXPECT_TRUE(TapSession(tap_of("omit_headers: true")).encoding_rules().omit_headers);
  EXPECT_FALSE(rules.share_headers);
  EXPECT_TRUE(TapSession(tap_of("shared_headers: true")).encoding_rules().share_headers);
  TapSession unredacted(tap_of("unredacted: true"));
  EXPECT_EQ(unredacted.encoding_rules().redaction, nullptr);
}

}  // namespace
}  // namespace podwire::tap
