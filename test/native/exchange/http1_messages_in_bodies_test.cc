// Bodies that consist of messages, joined amid: none of them is taken for one that was exchanged.
#include <gtest/gtest.h>

#include "observed.h"

namespace podwire::exchange {
namespace {

using test::get;
using test::Observed;
using test::ok;

constexpr std::size_t kPieceBytes = 100;

std::string repeated(const std::string& message) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += message;
  return text;
}

// A body from there on, as segments bring it. Those that begin with `message` are counted: nothing tells them apart.
std::size_t send_rest(Observed& run, tcp::Side side, const std::string& body, std::size_t joined,
                      const std::string& message) {
  std::size_t alike = 0;
  for (std::size_t at = joined; at < body.size(); at += kPieceBytes) {
    if (at % message.size() == 0) ++alike;
    run.data(side, std::string_view(body).substr(at, kPieceBytes), 0);
  }
  return alike;
}

bool is_of_body(const test::SeenExchange& seen) {
  return seen.line.find("/false") != std::string::npos || seen.line.find("-> 500") != std::string::npos;
}

// What is told of a body is one exchange for each piece that begins so, and marked; and nothing of it is paired.
void expect_marked(const Observed& run, std::size_t alike, const std::string& half) {
  std::size_t of_body = 0;
  for (const test::SeenExchange& seen : run.exchanges) {
    if (!is_of_body(seen)) continue;
    ++of_body;
    EXPECT_NE(seen.line.find(half), std::string::npos) << seen.line;
  }
  EXPECT_LE(of_body, alike) << run.text;
}

TEST(Http1MessagesInBodies, AnUploadJoinedAtEveryByte) {
  const std::string message = "GET /false HTTP/1.1\r\nHost: b\r\n\r\n";
  const std::string body = repeated(message);
  for (std::size_t joined = 0; joined < 2 * message.size(); ++joined) {
    SCOPED_TRACE(joined);
    Observed run;
    run.info.joined_late = true;
    const std::size_t alike = send_rest(run, tcp::Side::kInitiator, body, joined, message);
    run.server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 0).client(get("/2"), 0).server(ok("yy"), 0);
    expect_marked(run, alike, " -> - joined-late no-response");
    // A client that may pipeline is not paired.
    const std::string paired = "complete - -> 201 0 joined-late no-request\ncomplete GET /2 0 -> 200 2\n";
    const std::string apart =
        "complete - -> 201 0 joined-late no-request\ncomplete GET /2 0 -> - joined-late no-response\n"
        "complete - -> 200 2 joined-late no-request\n";
    EXPECT_TRUE(run.text.ends_with(alike == 0 ? paired : apart)) << run.text;
  }
}

// 100 (Continue) says what comes next from the client: RFC 9110, section 15.2.1.
TEST(Http1MessagesInBodies, AnUploadThatWasAskedFor) {
  for (const bool lost : {false, true}) {
    Observed run;
    run.info.joined_late = true;
    run.server("HTTP/1.1 100 Continue\r\n\r\n", 0).client(get("/false") + get("/false"), 0).client(get("/false"), 0);
    if (lost) run.client_gap(100).client(get("/false"), 0);
    run.server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 0).client(get("/2"), 0).server(ok("yy"), 0);
    EXPECT_EQ(run.text, lost ? "complete - -> 201 0 joined-late lost-packets no-request\ncomplete GET /2 0 -> 200 2\n"
                             : "complete - -> 201 0 joined-late no-request\ncomplete GET /2 0 -> 200 2\n");
  }
}

// Whatever becomes of the responses, requests are read again.
TEST(Http1MessagesInBodies, AnUploadThatWasAskedForEnds) {
  const std::string goes_on = "HTTP/1.1 100 Continue\r\n\r\n";
  Observed lost;
  lost.info.joined_late = true;
  lost.server(goes_on, 0).client(get("/false"), 0).server_gap(40).client(get("/2"), 0).server(ok("yy"), 0);
  EXPECT_NE(lost.text.find("GET /2 0 -> 200 2"), std::string::npos) << lost.text;
  Observed at_once;
  at_once.info.joined_late = true;
  at_once.server(goes_on + ok("x"), 0).client(get("/2"), 0).server(ok("yy"), 0);
  EXPECT_EQ(at_once.text, "complete - -> 200 1 joined-late no-request\ncomplete GET /2 0 -> 200 2\n");
  Observed download;
  download.info.joined_late = true;
  download.server(goes_on, 0).server("and on", 0).client(get("/2"), 0).server(ok("yy"), 0);
  EXPECT_NE(download.text.find("GET /2 0 -> 200 2"), std::string::npos) << download.text;
}

TEST(Http1MessagesInBodies, ADownloadJoinedAtEveryByte) {
  const std::string message = "HTTP/1.1 500 False\r\nContent-Length: 5\r\n\r\nfalse";
  const std::string body = repeated(message);
  for (std::size_t joined = 0; joined < 2 * message.size(); ++joined) {
    SCOPED_TRACE(joined);
    Observed run;
    run.info.joined_late = true;
    const std::size_t alike = send_rest(run, tcp::Side::kResponder, body, joined, message);
    run.client(get("/2"), 0).server(ok("yy"), 0).client(get("/3"), 0).server(ok("z"), 0);
    expect_marked(run, alike, "complete - -> 500 5 joined-late no-request");
    const std::string mark = alike == 0 ? " joined-late" : "";  // the first head of a connection is not confirmed
    const std::string truth = "complete GET /2 0 -> 200 2" + mark + "\ncomplete GET /3 0 -> 200 1\n";
    EXPECT_TRUE(run.text.ends_with(truth)) << run.text;
  }
}

// The response is read, and may be one to HEAD: what follows it may be its body as well as more responses.
TEST(Http1MessagesInBodies, BehindAResponseWhoseRequestIsNotKnown) {
  const std::string body = repeated("HTTP/1.1 500 False\r\nContent-Length: 5\r\n\r\nfalse");
  Observed run;
  run.info.joined_late = true;
  const std::string response = ok(body);
  for (std::size_t at = 0; at < response.size(); at += 128) run.server(std::string_view(response).substr(at, 128), 0);
  run.client(get("/2"), 0).server(ok("yy"), 0);
  EXPECT_EQ(run.text, "complete - -> 200 - joined-late no-request\ncomplete GET /2 0 -> 200 2\n");
}

TEST(Http1MessagesInBodies, AResponseInABodyThatSeemsToLastHoldsNothingBack) {
  for (const std::string framing : {"Server: a", "Content-Length: 99999", "Transfer-Encoding: chunked\r\n\r\nfffff"}) {
    Observed run;
    run.info.joined_late = true;
    run.server("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\nquoted", 0).server("the body's end", 0);
    run.client(get("/2"), 0).server(ok("yy"), 0).client(get("/3"), 0).server(ok("z"), 0);
    EXPECT_TRUE(run.text.ends_with("complete GET /3 0 -> 200 1\n")) << framing << '\n' << run.text;
  }
}

TEST(Http1MessagesInBodies, ARequestInABodyThatSeemsToLastHoldsNothingBack) {
  for (const std::string framing : {"Content-Length: 99999\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfffff\r\n"}) {
    Observed run;
    run.info.joined_late = true;
    run.client("POST /false HTTP/1.1\r\n" + framing + "quoted", 0).client("the body's end", 0);
    run.server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 0);
    run.client(get("/2"), 0).server(ok("yy"), 0).client(get("/3"), 0).server(ok("z"), 0);
    EXPECT_EQ(run.text,
              "complete POST /false - -> 201 0 joined-late\ncomplete GET /2 0 -> - joined-late no-response\n"
              "complete - -> 200 2 joined-late no-request\ncomplete GET /3 0 -> 200 1\n")
        << framing;
  }
}

// A request that is answered before its body has passed is one all the same.
TEST(Http1MessagesInBodies, AnEarlyAnswerTakesNothingFromItsRequest) {
  Observed run;
  run.info.joined_late = true;
  for (const std::string path : {"/1", "/2", "/3"}) {
    run.client("POST " + path + " HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 0).server(ok("yy"), 0).client("hello", 0);
  }
  run.client("POST /4 HTTP/1.1\r\nContent-Length: 99\r\n\r\n", 0).server(ok("yy"), 0);
  run.client(std::string(99, 'x'), 0).client(get("/5"), 0).server(ok("z"), 0);
  EXPECT_NE(run.text.find("complete POST /3 5 -> 200 2"), std::string::npos) << run.text;
  EXPECT_NE(run.text.find("complete POST /4 99 -> 200 2"), std::string::npos) << run.text;
  EXPECT_NE(run.text.find("complete GET /5 0 -> 200 1"), std::string::npos) << run.text;
}

// Amid a response that was found late, a request is one of a client that pipelines: nothing is paired.
TEST(Http1MessagesInBodies, ARequestAmidAResponseThatGoesOn) {
  Observed run;
  run.info.joined_late = true;
  const std::string first = ok(std::string(30, 'a'));
  const std::size_t seen = first.size() - 20;
  run.server(first.substr(0, seen), 0).client(get("/c"), 0).server(first.substr(seen, 10), 0);
  run.server(first.substr(seen + 10), 0).server(ok("bb"), 0).client(get("/d"), 0).server(ok("ccc"), 0);
  run.client(get("/e"), 0).server(ok("dddd"), 0);
  EXPECT_EQ(run.text,
            "complete GET /c 0 -> - joined-late no-response\ncomplete - -> 200 30 joined-late no-request\n"
            "complete - -> 200 2 joined-late no-request\ncomplete GET /d 0 -> - joined-late no-response\n"
            "complete - -> 200 3 joined-late no-request\ncomplete GET /e 0 -> - joined-late no-response\n"
            "complete - -> 200 4 joined-late no-request\n");
}

// Once it is known to pipeline, nothing is doubted, and sizes stay exact.
TEST(Http1MessagesInBodies, RequestsAmidTheResponsesOfAPipeline) {
  Observed run;
  run.info.joined_late = true;
  run.client(get("/a") + get("/b"), 0);
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  for (int i = 0; i < 5; ++i) run.server(head, 0).client(get("/c"), 0).server("hello", 0);
  std::size_t whole = 0;
  for (const test::SeenExchange& seen : run.exchanges) {
    EXPECT_NE(seen.line.find("joined-late"), std::string::npos) << seen.line;
    if (seen.line.find("complete - -> 200 5 ") != std::string::npos) ++whole;
  }
  EXPECT_EQ(whole, 5U) << run.text;
}

// The answer to HEAD announces a body that never comes.
TEST(Http1MessagesInBodies, AnAnswerToALostHead) {
  Observed run;
  run.client(get("/0"), 0).server(ok("x"), 0).client_gap(40);
  run.server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 0);
  run.client(get("/2"), 0).server(ok("yy"), 0).client(get("/3"), 0).server(ok("z"), 0);
  EXPECT_EQ(run.text,
            "complete GET /0 0 -> 200 1\ncomplete - -> 200 - lost-packets no-request\n"
            "complete GET /2 0 -> 200 2\ncomplete GET /3 0 -> 200 1\n");
}

}  // namespace
}  // namespace podwire::exchange
