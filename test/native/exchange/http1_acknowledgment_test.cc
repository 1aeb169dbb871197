// What acknowledgments tell of who pipelines, on connections that were joined late. The number behind a piece is what
// its sender had not acknowledged of the other side, as ConnectionSink::data has it.
#include <gtest/gtest.h>

#include "observed.h"

namespace podwire::exchange {
namespace {

using tcp::GapCause;
using test::get;
using test::Observed;
using test::ok;

const std::uint32_t kRequestBytes = static_cast<std::uint32_t>(get("/1").size());

void join_late(Observed& run) { run.info.joined_late = true; }

TEST(Http1Acknowledgment, AnAnswerWhoseServerLacksTheRequestIsAnothers) {
  Observed run;
  join_late(run);
  run.client(get("/2"), 0).server(ok("1"), kRequestBytes);
  EXPECT_EQ(run.take(), "complete GET /2 0 -> - joined-late no-response\ncomplete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, AByteOfTheHeadThatIsMissingIsEnough) {
  Observed run;
  join_late(run);
  run.client(get("/2"), 0).server(ok("1"), 1);
  EXPECT_EQ(run.take(), "complete GET /2 0 -> - joined-late no-response\ncomplete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, AServerMayAnswerBeforeItHasTheBody) {
  Observed run;
  join_late(run);
  run.client("POST /1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 0).server(ok("x"), 5);
  EXPECT_EQ(run.take(), "complete POST /1 5 -> 200 1 joined-late\n");
}

TEST(Http1Acknowledgment, TheHeadEndsWhereItDoesAmongOthersBytes) {
  for (const std::uint32_t lacking : {5U, 6U}) {
    Observed run;
    join_late(run);
    run.client("rest of a body", 0).client("POST /1 HTTP/1.1\r\nContent-", 0).client("Length: 5\r\n\r\nhe", 0);
    run.client("llo", 0).server(ok("x"), lacking);
    const bool answered = lacking == 5U;
    EXPECT_EQ(run.take(), answered ? "complete POST /1 5 -> 200 1 joined-late\n"
                                   : "complete POST /1 5 -> - joined-late no-response\n"
                                     "complete - -> 200 1 joined-late no-request\n");
  }
}

TEST(Http1Acknowledgment, AConstantPipelineIsNeverPaired) {
  Observed run;
  join_late(run);
  for (int i = 0; i < 5; ++i) run.client(get("/" + std::to_string(i)), 0).server(ok("x"), kRequestBytes);
  EXPECT_EQ(run.exchanges.size(), 10U);
  for (const test::SeenExchange& one : run.exchanges) {
    EXPECT_TRUE(one.missing.has(Missing::kJoinedLate)) << one.line;
    EXPECT_FALSE(one.has_request && one.has_response) << one.line;
  }
}

TEST(Http1Acknowledgment, OnceSeenToPipelineTheClientIsNotBelieved) {
  Observed run;
  join_late(run);
  run.client(get("/2"), 0).server(ok("1"), kRequestBytes).take();
  run.server(ok("2"), 0).take();
  run.client(get("/3"), 0).server(ok("3"), 0);
  EXPECT_EQ(run.take(), "complete GET /3 0 -> - joined-late no-response\ncomplete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, ARequestWhoseSenderLacksAnAnswerIsNoTurn) {
  Observed run;
  join_late(run);
  run.server(ok("1"), 0);
  EXPECT_EQ(run.take(), "complete - -> 200 1 joined-late no-request\n");
  run.client(get("/3"), 1).server(ok("2"), 0);
  EXPECT_EQ(run.take(), "complete GET /3 0 -> - joined-late no-response\ncomplete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, ThatSomethingWasReceivedProvesNothing) {
  Observed run;
  join_late(run);
  run.client(get("/2"), 0).client(get("/3"), 0).server(ok("1"), 0);
  EXPECT_EQ(run.take(),
            "complete GET /2 0 -> - joined-late no-response\ncomplete GET /3 0 -> - joined-late no-response\n"
            "complete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, WhatIsNotKnownRefutesNothing) {
  Observed run;
  join_late(run);
  run.client(get("/1"), std::nullopt).server(ok("x"), std::nullopt).client(get("/2"), 0).server(ok("yy"), 0);
  EXPECT_EQ(run.take(), "complete GET /1 0 -> 200 1 joined-late\ncomplete GET /2 0 -> 200 2\n");
}

TEST(Http1Acknowledgment, TheResponsesFirstByteCounts) {
  Observed run;
  join_late(run);
  run.client(get("/0"), 0).server(ok("x"), 0).take();  // a turn: what comes next has to begin the answer
  run.client(get("/2"), 0).server("HTTP/1.1 200 OK\r\nContent-", kRequestBytes).server("Length: 1\r\n\r\n1", 0);
  EXPECT_EQ(run.take(), "complete GET /2 0 -> - joined-late no-response\ncomplete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, AnAnswerThatBeganBeforeItsRequestIsAnothers) {
  Observed run;
  join_late(run);
  run.client(get("/0"), 0).server(ok("x"), 0).take();
  run.server("HTTP/1.1 200 OK\r\nContent-", 0).client(get("/2"), 0).server("Length: 1\r\n\r\n1", 0);
  EXPECT_EQ(run.take(), "complete GET /2 0 -> - joined-late no-response\ncomplete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, ARefutedRequestDoesNotFrameTheAnswer) {
  Observed run;
  join_late(run);
  const std::string head = "HEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  run.client(head, 0).server(ok("body of 1"), static_cast<std::uint32_t>(head.size())).server(ok("2"), 0);
  EXPECT_EQ(run.take(),
            "complete HEAD /2 0 -> - joined-late no-response\ncomplete - -> 200 9 joined-late no-request\n"
            "complete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Acknowledgment, InterimAnswersAreJudgedLikeFinalOnes) {
  Observed run;
  join_late(run);
  run.client(get("/2"), 0).server("HTTP/1.1 103 Early Hints\r\n\r\n", kRequestBytes).server(ok("1"), kRequestBytes);
  EXPECT_EQ(run.take(), "complete GET /2 0 -> - joined-late no-response\ncomplete - -> 200 1 joined-late no-request\n");
  EXPECT_EQ(run.exchanges.back().informational, "103()");
}

TEST(Http1Acknowledgment, CountsWhatWasSkippedAndLost) {
  for (const std::uint32_t lacking : {kRequestBytes, 0U}) {
    Observed run;
    join_late(run);
    run.client(get("/0"), 0).server(ok("x"), 0).client("POST /1 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n", 0);
    run.skipped(tcp::Side::kInitiator, 60'000).client_gap(40'000).server(ok("x"), 0).take();
    run.client(get("/2"), 0).server(ok("yy"), lacking);
    EXPECT_EQ(run.take(), lacking == 0U ? "complete GET /2 0 -> 200 2\n"
                                        : "complete GET /2 0 -> - joined-late no-response\n"
                                          "complete - -> 200 2 joined-late no-request\n");
  }
}

TEST(Http1Acknowledgment, SeenFromItsBeginningAServerMayRefuseHalfAHead) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\nHost: a\r\nCookie: ", 0).client("long\r\n\r\n", 0);
  run.server("HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\n\r\n", 8);
  EXPECT_EQ(run.take(), "complete GET /1 0 -> 431 0\n");
}

TEST(Http1Acknowledgment, NorDoesItTouchAnOrderThatWasCertainBeforeALoss) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\nHost: a\r\nCook", 0).client_gap(40);
  run.server("HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\n\r\n", 50);
  EXPECT_EQ(run.take(), "complete GET /1 - -> 431 0 lost-packets unknown-headers\n");
}

TEST(Http1Acknowledgment, AfterALossOfResponsesATurnIsJudgedToo) {
  Observed run;
  run.client(get("/1"), 0).server_gap(30).take();
  run.client(get("/2"), 0).server(ok("1"), kRequestBytes);
  EXPECT_EQ(run.take(),
            "complete GET /2 0 -> - lost-packets no-response\ncomplete - -> 200 1 lost-packets no-request\n");
}

}  // namespace
}  // namespace podwire::exchange
