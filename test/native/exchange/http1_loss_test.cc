// Lost bytes: what stays certain, what becomes unknown, and that nothing is ever paired wrongly.
#include <gtest/gtest.h>

#include "observed.h"

namespace podwire::exchange {
namespace {

using tcp::GapCause;
using test::get;
using test::Observed;
using test::ok;

TEST(Http1Loss, InsideABodyNothingElseIsTouched) {
  Observed run;
  run.body_wanted = 100;
  run.client("POST /1 HTTP/1.1\r\nContent-Length: 10\r\n\r\nab").client_gap(6).client("ij" + get("/2"));
  run.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0").server_gap(5).server("6789\r\n0\r\n\r\n");
  run.server(ok("x"));
  EXPECT_EQ(run.text, "complete POST /1 10 -> 200 10 lost-packets\ncomplete GET /2 0 -> 200 1\n");
  EXPECT_EQ(run.exchanges[0].request_body, "ab");
  EXPECT_EQ(run.exchanges[0].response_body, "0");
  EXPECT_TRUE(run.exchanges[0].response_truncated);
  EXPECT_EQ(run.exchanges[0].response_wire, 67U);  // 47 + 3 + 10 + 7
}

TEST(Http1Loss, TheLastByteOfABodyMayBeAmongTheLost) {
  Observed run;
  run.client(get("/1")).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").server_gap(6);
  run.client(get("/2")).server(ok("x"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 9 lost-packets\ncomplete GET /2 0 -> 200 1\n");
  EXPECT_EQ(run.exchanges[0].duration_ns, std::nullopt);
  EXPECT_EQ(run.exchanges[0].first_ns, 10U);
}

TEST(Http1Loss, CausesAreToldPerExchangeAndCounted) {
  const auto told = [](GapCause cause) {
    Observed run;
    run.client(get("/1")).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").server_gap(3, cause).server("xyz");
    return run.text;
  };
  EXPECT_EQ(told(GapCause::kAcknowledgedUnseen), "complete GET /1 0 -> 200 9 lost-packets\n");
  EXPECT_EQ(told(GapCause::kReorderTimeout),
            "loss reorder-timeout 9:80\ncomplete GET /1 0 -> 200 9 reordered-too-long\n");
  EXPECT_EQ(told(GapCause::kReorderBufferFull),
            "loss reorder-buffer-full 9:80\ncomplete GET /1 0 -> 200 9 reordered-too-long\n");
  EXPECT_EQ(told(GapCause::kNotCaptured), "loss segment-not-captured 9:80\ncomplete GET /1 0 -> 200 9 truncated\n");
}

TEST(Http1Loss, ABodyThatTheSourceLeftOutIsNoLoss) {
  Observed run;
  run.client(get("/1")).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").server_gap(2, GapCause::kBodyLeftOut);
  run.server_gap(4, GapCause::kBodyLeftOut);
  run.client("POST /2 HTTP/1.1\r\nContent-Length: 20\r\n\r\n").client_gap(20, GapCause::kBodyLeftOut).server(ok("x"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 9\ncomplete POST /2 20 -> 200 1\n");
  EXPECT_EQ(run.refused, 0U);
  EXPECT_EQ(run.exchanges[0].duration_ns, 30U);
}

TEST(Http1Loss, WhatTheSourceLeftOutOfAConnectionJoinedLateIsNoLoss) {
  Observed run;
  run.info.joined_late = true;
  run.client(get("/1")).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").server_gap(6, GapCause::kBodyLeftOut);
  run.client(get("/2")).server(ok("x"));
  EXPECT_EQ(run.text.find("loss"), std::string::npos) << run.text;
  EXPECT_TRUE(run.text.ends_with("complete GET /2 0 -> 200 1\n")) << run.text;
}

TEST(Http1Loss, WhatTheSourceLeftOutAndWasNoBodyIsALoss) {
  const auto told = [](std::string_view head, std::uint64_t bytes, std::string_view method = "GET") {
    Observed run;
    run.client(std::string(method) + " /1 HTTP/1.1\r\nHost: a\r\n\r\n").server(head);
    run.server_gap(bytes, GapCause::kBodyLeftOut);
    EXPECT_EQ(run.refused, 1U) << "no more of it is to be left out";
    run.client(get("/2")).server(ok("x"));
    return run.text;
  };
  constexpr std::string_view kLoss = "loss segment-not-captured 9:80\n";
  // Beyond the body, inside a chunk's framing, and behind an answer to HEAD.
  for (const std::string& text : {told("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 7),
                                  told("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 9),
                                  told("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 9, "HEAD")}) {
    EXPECT_NE(text.find(kLoss), std::string::npos) << text;
  }
}

TEST(Http1Loss, WhatTheSourceLeftOutOfABodyThatIsWantedIsALoss) {
  Observed run;
  run.body_wanted = 100;
  run.client(get("/1")).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").server_gap(6, GapCause::kBodyLeftOut);
  EXPECT_EQ(run.text, "loss segment-not-captured 9:80\ncomplete GET /1 0 -> 200 9 truncated\n");
  EXPECT_EQ(run.exchanges[0].response_body, "abc");
  EXPECT_TRUE(run.exchanges[0].response_truncated);
}

TEST(Http1Loss, OfAResponseHeadLeavesTheRequestWithoutOne) {
  Observed run;
  run.client(get("/1")).server_gap(30).server("tail of it\r\n");
  EXPECT_EQ(run.take(), "complete GET /1 0 -> - lost-packets no-response\n");
  run.client(get("/2")).server(ok("x"));
  EXPECT_EQ(run.take(), "complete GET /2 0 -> 200 1\n") << "a turn: the client had the lost response whole";
}

TEST(Http1Loss, OfHalfAResponseHeadKeepsItsStatus) {
  Observed run;
  run.client(get("/1")).server("HTTP/1.1 404 Not Found\r\nServer: x\r\nSet-").server_gap(30).server("tail\r\n");
  run.client(get("/2")).server(ok("x"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 404 - lost-packets unknown-headers\ncomplete GET /2 0 -> 200 1\n");
  EXPECT_EQ(run.exchanges[0].response_headers, "Server=x;");
}

TEST(Http1Loss, OfHalfARequestHeadKeepsItsTargetAndItsPlace) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\nHost: a\r\nCook").client_gap(40).server(ok("x"));
  EXPECT_EQ(run.take(), "complete GET /1 - -> 200 1 lost-packets unknown-headers\n");
  run.client(get("/2")).server(ok("y"));
  EXPECT_EQ(run.take(), "complete GET /2 0 -> 200 1\n");
}

TEST(Http1Loss, OfAWholeRequestLeavesItsResponseWithoutOne) {
  Observed run;
  run.client(get("/1")).server(ok("x")).client_gap(28).server(ok("yy"));
  EXPECT_EQ(run.take(), "complete GET /1 0 -> 200 1\ncomplete - -> 200 2 lost-packets no-request\n");
  run.client(get("/3")).server(ok("zzz"));
  EXPECT_EQ(run.take(), "complete GET /3 0 -> 200 3\n");
}

TEST(Http1Loss, OfRequestsDoesNotTouchThoseBefore) {
  Observed run;
  run.client(get("/1") + get("/2"))
      .client_gap(28)
      .client(get("/4"))
      .server(ok("1") + ok("22") + ok("333") + ok("4444"));
  EXPECT_EQ(run.text,
            "complete GET /4 0 -> - lost-packets no-response\ncomplete GET /1 0 -> 200 1\ncomplete GET /2 0 -> 200 2\n"
            "complete - -> 200 3 lost-packets no-request\ncomplete - -> 200 4 lost-packets no-request\n");
}

TEST(Http1Loss, AfterLostRequestsThatClientPipelinedNothingIsPairedAgain) {
  Observed run;
  run.client(get("/1") + get("/2")).server(ok("") + ok(""));
  run.client_gap(28).client(get("/4")).server(ok("3") + ok("4")).take();
  run.client(get("/5")).server(ok("5"));
  EXPECT_EQ(run.take(),
            "complete GET /5 0 -> - lost-packets no-response\ncomplete - -> 200 1 lost-packets no-request\n");
}

TEST(Http1Loss, OfResponsesInAPipelineTellsThoseThatWaitAsUnknown) {
  Observed run;
  run.client(get("/1") + get("/2") + get("/3")).server(ok("1"));
  EXPECT_EQ(run.take(), "complete GET /1 0 -> 200 1\n");
  run.server_gap(45);
  EXPECT_EQ(run.take(),
            "complete GET /2 0 -> - lost-packets no-response\ncomplete GET /3 0 -> - lost-packets no-response\n");
  run.server(ok("3")).client(get("/4")).server(ok("4"));
  EXPECT_EQ(run.take(),
            "complete - -> 200 1 lost-packets no-request\ncomplete GET /4 0 -> - lost-packets no-response\n"
            "complete - -> 200 1 lost-packets no-request\n")
      << "this client pipelines: a turn proves nothing";
}

TEST(Http1Loss, APipelineIsCertainAgainWhenEveryRequestIsAccountedFor) {
  Observed run;
  run.client(get("/1") + get("/2")).server_gap(0);  // two wait, and both answers will come
  run.client(get("/3"));                            // so at most three
  run.take();
  run.server(ok("1") + ok("22") + ok("333"));
  EXPECT_EQ(run.take(),
            "complete - -> 200 1 lost-packets no-request\ncomplete - -> 200 2 lost-packets no-request\n"
            "complete - -> 200 3 lost-packets no-request\n");
  run.client(get("/4") + get("/5")).server(ok("4444") + ok("55555"));
  EXPECT_EQ(run.take(), "complete GET /4 0 -> 200 4\ncomplete GET /5 0 -> 200 5\n");
}

TEST(Http1Loss, ATurnThatIsRefutedIsToldBeforeItIsPaired) {
  Observed run;
  run.info.joined_late = true;
  run.client(get("/2")).client(get("/3"));  // /1 may still wait: this client pipelines
  EXPECT_EQ(run.take(),
            "complete GET /2 0 -> - joined-late no-response\ncomplete GET /3 0 -> - joined-late no-response\n");
  run.server(ok("1") + ok("2") + ok("3"));
  EXPECT_EQ(run.take(),
            "complete - -> 200 1 joined-late no-request\ncomplete - -> 200 1 joined-late no-request\n"
            "complete - -> 200 1 joined-late no-request\n");
}

TEST(Http1Loss, TheVeryNextResponseByteMustBeginTheAnswer) {
  Observed run;
  run.client(get("/1")).server_gap(30).take();
  run.client(get("/2")).server("tail of the answer to 1").server(ok("2"));
  EXPECT_EQ(run.take(),
            "complete GET /2 0 -> - lost-packets no-response\ncomplete - -> 200 1 lost-packets no-request\n");
  run.client(get("/3")).server(ok("33"));
  EXPECT_EQ(run.take(), "complete GET /3 0 -> 200 2\n");
}

TEST(Http1Loss, TextInALostBodyBeginsNoOrder) {
  Observed run;
  run.client("POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc");
  run.client_gap(200).client("log:\n").client("GET /quoted HTTP/1.1\r\nHost: a\r\n\r\n").server(ok("x"));
  EXPECT_EQ(run.text,
            "complete GET /quoted 0 -> - lost-packets no-response\ncomplete POST /1 - -> 200 1 lost-packets\n");
}

TEST(Http1JoinedLate, TheFirstTurnIsPaired) {
  Observed run;
  run.info.joined_late = true;
  run.client_gap(0, GapCause::kJoinedLate).client(get("/1"));
  run.server_gap(0, GapCause::kJoinedLate).server(ok("x")).client(get("/2")).server(ok("yy"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 1 joined-late\ncomplete GET /2 0 -> 200 2\n")
      << "the first may stand in a body that was on its way";
}

TEST(Http1JoinedLate, WhichSideAsksIsOnlySupposedAtFirst) {
  Observed run;
  run.info.joined_late = true;
  run.server("GET /quoted HTTP/1.1\r\nHost: a\r\n\r\n").server("the rest of a body");
  run.client(get("/2")).server(ok("x")).client(get("/3")).server(ok("yy"));
  EXPECT_EQ(run.text,
            "complete GET /quoted 0 -> - joined-late no-response\ncomplete GET /2 0 -> 200 1 joined-late\n"
            "complete GET /3 0 -> 200 2\n");
  EXPECT_EQ(run.exchanges.back().source_port, 40'000);
}

TEST(Http1JoinedLate, AResponseAloneIsTold) {
  Observed run;
  run.info.joined_late = true;
  run.server(ok("x")).client(get("/2")).server(ok("yy"));
  EXPECT_EQ(run.text, "complete - -> 200 1 joined-late no-request\ncomplete GET /2 0 -> 200 2\n");
}

TEST(Http1JoinedLate, InTheMiddleOfABody) {
  Observed run;
  run.info.joined_late = true;
  run.server("end of a body").client(get("/2")).server(ok("yy"));
  EXPECT_EQ(run.text, "complete GET /2 0 -> 200 2 joined-late\n");
}

TEST(Http1JoinedLate, ARequestDuringAResponseProvesNothing) {
  Observed run;
  run.info.joined_late = true;
  run.server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").client(get("/2")).server("defghi" + ok("2"));
  EXPECT_EQ(run.text,
            "complete GET /2 0 -> - joined-late no-response\ncomplete - -> 200 9 joined-late no-request\n"
            "complete - -> 200 1 joined-late no-request\n");
}

TEST(Http1JoinedLate, OneSideOfAConnectionWhoseOtherSynWasSeen) {
  Observed run;
  run.client(get("/1")).server_gap(0, GapCause::kJoinedLate).server(ok("x"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 1\n");
}

// The answer may have been in them; what follows is certain again once it takes turns.
TEST(Http1JoinedLate, OneSideBehindBytesThatWereNotAcknowledged) {
  Observed run;
  run.client(get("/1")).server_gap(40, GapCause::kJoinedLate).server(ok("x")).client(get("/2")).server(ok("y"));
  EXPECT_EQ(run.text,
            "complete GET /1 0 -> - lost-packets no-response\ncomplete - -> 200 1 lost-packets no-request\n"
            "complete GET /2 0 -> 200 1\n");
}

TEST(Http1Loss, BeforeTheFirstByte) {
  Observed run;
  run.client_gap(10).client("ost: a\r\n\r\n").server(ok("x")).client(get("/2")).server(ok("y"));
  EXPECT_EQ(run.text, "complete - -> 200 1 lost-packets no-request\ncomplete GET /2 0 -> 200 1\n");
}

// Whatever is lost, a response is paired with its own request or with none: requests name their number, responses
// repeat it.
TEST(Http1Loss, NoGapPairsWrongly) {
  for (const bool pipelined : {false, true}) {
    for (int lost = 0; lost < 12; ++lost) {
      for (const std::size_t from : {0UL, 5UL, 20UL, 44UL}) {
        Observed run;
        std::vector<std::pair<bool, std::string>> pieces;  // client's?
        for (int i = 0; i < 6; ++i) {
          const std::string number(static_cast<std::size_t>(i + 1), 'x');
          if (pipelined && i % 2 == 1) {
            pieces.insert(pieces.end() - 1, {true, get("/" + number)});
          } else {
            pieces.emplace_back(true, get("/" + number));
          }
          pieces.emplace_back(false, ok(number));
        }
        for (int i = 0; i < 12; ++i) {
          const auto& [client, bytes] = pieces[static_cast<std::size_t>(i)];
          const std::size_t keep = i == lost ? std::min(from, bytes.size()) : bytes.size();
          const auto side = client ? tcp::Side::kInitiator : tcp::Side::kResponder;
          if (keep > 0) run.data(side, std::string_view(bytes).substr(0, keep));
          if (keep == bytes.size()) continue;
          if (client) run.client_gap(bytes.size() - keep);
          if (!client) run.server_gap(bytes.size() - keep);
        }
        run.close();
        int paired = 0;
        for (const test::SeenExchange& seen : run.exchanges) {
          const auto path = seen.line.find('/');
          const auto status = seen.line.find("-> 200 ");
          if (path == std::string::npos || status == std::string::npos) continue;
          ++paired;
          const std::size_t asked = seen.line.find(' ', path) - path - 1;
          if (seen.line[status + 7] == '-') continue;
          ASSERT_EQ(std::to_string(asked), seen.line.substr(status + 7, 1)) << run.text << lost << ' ' << from;
        }
        if (!pipelined) {
          ASSERT_GE(paired, 4) << "one gap costs at most two of six: " << run.text << lost << ' ' << from;
        }
      }
    }
  }
}

}  // namespace
}  // namespace podwire::exchange
