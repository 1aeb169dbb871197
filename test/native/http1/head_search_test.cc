// Where the next message head is after a late join or a gap: found wherever a sender may begin one, and never where a
// body only contains one.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http1/limits.h"
#include "http1/message_reader.h"
#include "reader_transcript.h"
#include "splits.h"

namespace podwire::http1 {
namespace {

using test::ReaderTranscript;
using Pieces = std::vector<std::string>;

const std::string kNext = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";  // 24 + 19 + 2 = 45
const std::string kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";                    // 28

// What is told of these pieces by a reader that searches.
std::string found_in(std::optional<MessageKind> kind, const Pieces& pieces) {
  ReaderTranscript run(kind);
  run.search();
  for (const std::string& piece : pieces) run.data(piece);
  run.finish(true);
  return run.text;
}

const std::string kFound404 = "head 404\nend 0/45\n";
const std::string kFoundGet = "head GET /x\nend 0/28\n";

TEST(HeadSearch, AHeadThatBeginsAPieceIsFound) {
  EXPECT_EQ(found_in(MessageKind::kResponse, {kNext}), kFound404);
  EXPECT_EQ(found_in(MessageKind::kResponse, {"rest of a body\r\n\r\nmore of it", kNext}), kFound404);
  EXPECT_EQ(found_in(MessageKind::kRequest, {"{\"a\":1}\n", kGet}), kFoundGet);
  EXPECT_EQ(found_in(MessageKind::kRequest, {"{\"a\":1}", kGet}), kFoundGet);
  EXPECT_EQ(found_in(MessageKind::kRequest, {"name: value", kGet}), kFoundGet) << "the end of what looks like a field";
  EXPECT_EQ(found_in(std::nullopt, {"tail\r\n\r\n", kNext}), kFound404);
  EXPECT_EQ(found_in(std::nullopt, {"tail\r\n\r\n", kGet}), kFoundGet);
}

// However the head itself is cut.
TEST(HeadSearch, AHeadMayComeInAnyTwoPieces) {
  for (std::size_t at = 1; at < kNext.size(); ++at) {
    EXPECT_EQ(found_in(MessageKind::kResponse, {"tail", kNext.substr(0, at), kNext.substr(at)}), kFound404) << at;
    EXPECT_EQ(found_in(std::nullopt, {"tail\r\n", kNext.substr(0, at), kNext.substr(at)}), kFound404) << at;
  }
  for (std::size_t at = 1; at < kGet.size(); ++at) {
    EXPECT_EQ(found_in(MessageKind::kRequest, {"tail ", kGet.substr(0, at), kGet.substr(at)}), kFoundGet) << at;
  }
}

TEST(HeadSearch, AHeadMayComeByteByByte) {
  Pieces bytes;
  for (const char c : "tail\r\n\r\n" + kNext) bytes.emplace_back(1, c);
  EXPECT_EQ(found_in(MessageKind::kResponse, bytes), kFound404);
}

// A body may consist of messages, each right behind the one before.
TEST(HeadSearch, InsideAPieceNoneIsFound) {
  EXPECT_EQ(found_in(MessageKind::kRequest, {"tail\r\n\r\n" + kGet + kGet + kGet}), "");
  EXPECT_EQ(found_in(MessageKind::kRequest, {"tail\r\n\r\n" + kGet + kGet, kGet}), kFoundGet);
  EXPECT_EQ(found_in(MessageKind::kResponse, {"tail", "tail\r\n\r\n" + kNext + kNext}), "");
  EXPECT_EQ(found_in(MessageKind::kRequest, {kGet + kGet + kGet, kGet}), kFoundGet + "passed over\n" + kFoundGet)
      << "right behind one that was found, neither";
}

// Then it is no body that passes in this direction alone: a client that pipelines writes many requests at once.
TEST(HeadSearch, InsideAPieceHeadsAreReadOnceTheOtherDirectionBeganAMessage) {
  ReaderTranscript run(MessageKind::kRequest);
  run.search();
  run.data(kGet);
  run.reader.converse();
  run.data(kGet + kGet);
  EXPECT_EQ(run.text, kFoundGet + kFoundGet + kFoundGet);
  EXPECT_FALSE(run.last_seen.confirmed);
  run.gap(0);
  run.data(kGet + kGet);
  EXPECT_TRUE(run.text.ends_with("position lost\n" + kFoundGet + "passed over\n")) << "that was before: " << run.text;
}

// 1xx responses have no body: RFC 9110, section 15.2.
TEST(HeadSearch, WhatStandsBehindAnInterimResponseIsTheNext) {
  EXPECT_EQ(found_in(MessageKind::kResponse, {"HTTP/1.1 102 Processing\r\n\r\n" + kNext + kNext}),
            "head 102\nend 0/27\n" + kFound404 + "passed over\n");
}

// A body that seems to last, of a message that stood in another's, perhaps.
TEST(HeadSearch, AMessageInDoubtEndsWhereAPieceBeginsAMessage) {
  const std::string seen_in_part = "end -/- unseen\nexpectation failed\n";
  for (const std::string framing : {"Server: a", "Content-Length: 99", "Transfer-Encoding: chunked"}) {
    ReaderTranscript run(MessageKind::kResponse);
    run.search();
    run.data("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n5\r\nh");
    EXPECT_TRUE(run.reader.doubt());
    run.data(kNext);
    EXPECT_TRUE(run.text.ends_with(seen_in_part + kFound404)) << run.text;
  }
  ReaderTranscript request(MessageKind::kRequest);
  request.search();
  request.data("POST /in HTTP/1.1\r\nContent-Length: 99\r\n\r\nabc");
  EXPECT_TRUE(request.reader.doubt());
  request.data("def");
  request.data("get it?");
  request.data(kGet);
  EXPECT_EQ(request.text, "head POST /in\nbody abcdefget it?\n" + seen_in_part + kFoundGet);
}

TEST(HeadSearch, AResponseInDoubtThatGoesOnIsOne) {
  ReaderTranscript run(MessageKind::kResponse);
  run.search();
  run.data("HTTP/1.1 200 OK\r\nContent-Length: 48\r\n\r\na");
  EXPECT_TRUE(run.reader.doubt());
  run.data("bc");
  run.data(kNext);
  EXPECT_EQ(run.text, "head 200\nbody a\nwent on\nbody bc" + kNext + "\nend 48/87\n");
}

TEST(HeadSearch, OfAConfirmedMessageIsNoDoubt) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
  EXPECT_FALSE(run.reader.doubt());
  run.data("cd" + kNext);
  EXPECT_EQ(run.text, "head 200\nbody abcd\nend 4/42\n" + kFound404);
  EXPECT_FALSE(run.reader.doubt()) << "nothing is in progress";
}

TEST(HeadSearch, AnAnnouncedBodyIsNotSearched) {
  ReaderTranscript run(MessageKind::kRequest);
  run.search();
  run.reader.announce_body();
  run.data(kGet);
  run.gap(10);
  run.data(kGet);
  EXPECT_EQ(run.text, "position lost\n");
  run.reader.withdraw_body();
  run.data(kGet);
  EXPECT_EQ(run.text, "position lost\n" + kFoundGet);
}

struct Body {
  const char* what;
  std::string text;
};

// Bodies that contain whole heads, none of them at their beginning.
std::vector<Body> hostile_bodies() {
  return {
      {"a response", "see:\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more"},
      {"a request", "see:\r\n\r\nPOST /in HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi and more"},
      {"a request at the end", "see:\r\n\r\nGET /in HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a response at the end", "see:\nHTTP/1.1 204 No Content\n\n"},
      {"a transcript", "> GET /in HTTP/1.1\r\n> Host: a\r\n>\r\n< HTTP/1.1 200 OK\r\n< Content-Length: 0\r\n<\r\n"},
      {"multipart/mixed",
       "--b\r\nContent-Type: application/http\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\n--b\r\nContent-Type: "
       "application/http\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n\r\n--b--\r\n"},
      {"multipart/mixed of responses",
       "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi\r\n--b\r\n"
       "Content-Type: application/http\r\n\r\nHTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n\r\n--b--\r\n"},
      {"chunks of message/http",
       "1a\r\nTRACE / HTTP/1.1\r\nA: b\r\n\r\n\r\n1a\r\nTRACE / HTTP/1.1\r\nA: b\r\n\r\n\r\n0\r\n\r\n"},
      {"field lines with start lines in their values",
       "X-Seen: GET /in HTTP/1.1\r\nX-Also: HTTP/1.1 200 OK\r\nHost: a\r\n\r\n"},
      {"half of a head", "Host: a\r\nReferer: HTTP/1.1 200 OK\r\n\r\n"},
  };
}

// Joined at each byte of the body, whatever the reader expects to find.
TEST(HeadSearch, ABodyThatContainsHeadsDeceivesNobody) {
  for (const Body& body : hostile_bodies()) {
    for (std::size_t joined = 0; joined < body.text.size(); ++joined) {
      SCOPED_TRACE(std::string(body.what) + " joined at " + std::to_string(joined));
      const std::string tail = body.text.substr(joined);
      if (tail.starts_with("GET /") || tail.starts_with("POST /") || tail.starts_with("TRACE /") ||
          tail.starts_with("HTTP/1.1 ")) {
        continue;  // the join is where the embedded head begins: see below
      }
      ASSERT_EQ(found_in(MessageKind::kResponse, {tail, kNext}), kFound404);
      ASSERT_EQ(found_in(MessageKind::kRequest, {tail, kGet}), kFoundGet);
      ASSERT_EQ(found_in(std::nullopt, {tail, kNext}), kFound404);
      ASSERT_EQ(found_in(std::nullopt, {tail, kGet}), kFoundGet);
    }
  }
}

// A body of which a piece begins with a whole head looks like a message, and no observer can tell. It is told as not
// confirmed; what does not fit it is not malformed, and the search goes on.
TEST(HeadSearch, WhatCannotBeToldApartIsNotConfirmed) {
  ReaderTranscript run(MessageKind::kRequest);
  run.search();
  run.data("GET /in HTTP/1.1\r\nHost: a\r\n\r\nand the body goes on\r\n");
  EXPECT_EQ(run.text, "head GET /in\nend 0/29\nexpectation failed\n");
  EXPECT_FALSE(run.last_seen.confirmed);
  run.data(kGet);
  EXPECT_FALSE(run.last_seen.confirmed);
  run.data(kGet);
  EXPECT_FALSE(run.last_seen.confirmed) << "a body may be made of requests";
  EXPECT_EQ(run.text, "head GET /in\nend 0/29\nexpectation failed\n" + kFoundGet + kFoundGet);
}

// An upload of request text, sent piece by piece and joined amid it.
TEST(HeadSearch, HeadsThatFollowEachOtherConfirmNothing) {
  ReaderTranscript run(MessageKind::kRequest);
  run.search();
  const std::string post = "POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n";
  for (const std::string& piece : {kGet, kGet, post, std::string("01234"), kGet}) {
    run.data(piece);
    EXPECT_FALSE(run.last_seen.confirmed);
  }
  run.data("no head");
  run.data("\r\n\r\n");
  EXPECT_TRUE(run.text.ends_with("expectation failed\n")) << run.text;
}

TEST(HeadSearch, WhatTheOtherDirectionBearsOutConfirmsTheNextHead) {
  const auto confirmed = [](const Pieces& before, const Pieces& after) {
    ReaderTranscript run(MessageKind::kRequest);
    run.search();
    for (const std::string& piece : before) run.data(piece);
    run.bear_out();
    for (const std::string& piece : after) run.data(piece);
    return run.last_seen.confirmed;
  };
  EXPECT_TRUE(confirmed({kGet}, {kGet}));
  EXPECT_TRUE(confirmed({kGet}, {kGet.substr(0, 9), kGet.substr(9)}));
  EXPECT_TRUE(confirmed({kGet}, {kGet, kGet})) << "and so are all that follow";
  const std::string post = "POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n";
  EXPECT_FALSE(confirmed({post}, {"01234", kGet})) << "answered, and not over";
  EXPECT_FALSE(confirmed({post}, {"01234" + kGet}));
  EXPECT_FALSE(confirmed({"tail"}, {kGet})) << "no message was found";
  EXPECT_FALSE(confirmed({kGet}, {"text\r\n", kGet})) << "no head stands there";
}

// What begins like a head and is none was none, though a piece begins with it.
TEST(HeadSearch, AHeadThatFailsIsNotConfirmed) {
  ReaderTranscript run(MessageKind::kRequest);
  run.search();
  run.data(kGet);
  run.bear_out();
  EXPECT_EQ(run.data("word"), ReadOutcome::kReading);
  EXPECT_EQ(run.data(" and words\r\n\r\n"), ReadOutcome::kReading) << "no reason to give up the connection";
  run.data(kGet);
  EXPECT_EQ(run.text, kFoundGet + "expectation failed\n" + kFoundGet);
  EXPECT_FALSE(run.last_seen.confirmed);
}

TEST(HeadSearch, BehindAnUnconfirmedMessageAHeadMayBeExpected) {
  ReaderTranscript run(MessageKind::kResponse);
  run.search();
  run.data(kNext);
  EXPECT_FALSE(run.last_seen.confirmed);
  run.expect_head();
  run.data(kNext);
  EXPECT_TRUE(run.last_seen.confirmed);
  EXPECT_EQ(run.text, kFound404 + kFound404);
}

TEST(HeadSearch, AnEmbeddedBodyThatDoesNotFitIsGivenUp) {
  ReaderTranscript chunks(MessageKind::kResponse);
  chunks.search();
  chunks.data("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n");
  chunks.data(kNext);
  EXPECT_EQ(chunks.text, "head 200\nend -/- unseen\nexpectation failed\n" + kFound404);

  ReaderTranscript length(MessageKind::kResponse);
  length.search();
  length.data("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n");
  length.data(kNext);
  EXPECT_EQ(length.text, "head 200 doubtful\nend -/- unseen\nexpectation failed\n" + kFound404);

  ReaderTranscript trailers(MessageKind::kResponse);
  trailers.search();
  trailers.data("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA");
  trailers.data("\r\n");
  trailers.data(kNext);
  EXPECT_EQ(trailers.text, "head 200\nend -/- unseen\nexpectation failed\n" + kFound404);
}

TEST(HeadSearch, AMethodBeginsWhereAPieceDoes) {
  EXPECT_EQ(found_in(MessageKind::kRequest, {"abcPOST /x HTTP/1.1\n\n"}), "");
  EXPECT_EQ(found_in(MessageKind::kRequest, {"abc", "POST /x HTTP/1.1\n\n"}), "head POST /x\nend 0/18\n");
  EXPECT_EQ(found_in(MessageKind::kRequest, {"PROPPATCH /x HTTP/1.1\r\n\r\n"}), "head PROPPATCH /x\nend 0/25\n");
  EXPECT_EQ(found_in(MessageKind::kRequest, {"PROP", "PATCH /x HTTP/1.1\r\n\r\n"}), "")
      << "PATCH behind the end of something, or PROPPATCH";
}

TEST(HeadSearch, ABodyThatEndsInALongWordHidesNoRequest) {
  EXPECT_EQ(found_in(MessageKind::kRequest, {std::string(500, 'A'), kGet}), kFoundGet);
  EXPECT_EQ(found_in(MessageKind::kRequest, {"{\"a\":1}" + std::string(500, 'f'), kGet}), kFoundGet);
  EXPECT_EQ(found_in(MessageKind::kRequest, {std::string(500, 'A') + kGet}), "");
}

TEST(HeadSearch, AMethodThatIsNotRegisteredIsBelievedInAPieceBehindAMessage) {
  const std::string purge = "PURGE /x HTTP/1.1\r\n\r\n";  // 21
  EXPECT_EQ(found_in(MessageKind::kRequest, {"ET /x HTTP/1.1\r\n\r\n", kGet}), kFoundGet)
      << "the rest of a GET that was joined behind its first letter";
  EXPECT_EQ(found_in(MessageKind::kRequest, {purge, purge}), "head PURGE /x\nend 0/21\n");
  EXPECT_EQ(found_in(MessageKind::kRequest, {purge + purge}), "");
}

TEST(HeadSearch, AStartLineWithOtherTextBeforeTheEmptyLineIsNone) {
  EXPECT_EQ(found_in(MessageKind::kRequest, {"GET /log HTTP/1.1 was slow\r\n\r\n"}), "");
  EXPECT_EQ(found_in(MessageKind::kRequest, {"GET /log HTTP/1.1\r\nand then some text\r\n\r\n"}), "");
  EXPECT_EQ(found_in(MessageKind::kResponse, {"HTTP/1.1 200 OK\r\nthat was it\r\n\r\n", kNext}), kFound404);
  EXPECT_EQ(found_in(MessageKind::kResponse, {kGet}), "");
}

TEST(HeadSearch, AStartLineInAFieldValueIsNone) {
  const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\nReferer: GET /y HTTP/1.1\r\n\r\n";
  EXPECT_EQ(found_in(MessageKind::kRequest, {request}), "head GET /x\nend 0/54\n");  // 17 + 9 + 26 + 2
  const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: HTTP/1.1 500 X\r\n\r\n";
  EXPECT_EQ(found_in(MessageKind::kResponse, {response}), "head 200\nend 0/57\n");  // 17 + 19 + 19 + 2
  const auto cut = request.find("GET /y");
  EXPECT_EQ(found_in(MessageKind::kRequest, {request.substr(0, cut), request.substr(cut)}), "")
      << "a value that begins a piece might be the next message";
}

TEST(HeadSearch, MemoryIsBoundedInBytes) {
  ReaderTranscript run(MessageKind::kResponse);
  run.search();
  for (int i = 0; i < 64; ++i) run.data(std::string(65'536, 'x'));
  EXPECT_LE(run.scratch.buffered_bytes(), kMaxSearchBytes + 1'024);
  run.data(kNext);
  EXPECT_EQ(run.text, kFound404);
}

TEST(HeadSearch, MemoryIsBoundedInPieces) {
  ReaderTranscript run(MessageKind::kResponse);
  run.search();
  for (std::size_t i = 0; i < 4 * kMaxSearchPieces; ++i) run.data("x", i);
  EXPECT_LE(run.scratch.buffered_bytes(), kMaxSearchPieces * 32);
  for (const char c : kNext) run.data(std::string(1, c), 5 * kMaxSearchPieces);
  EXPECT_EQ(run.text, kFound404);
}

TEST(HeadSearch, TellsTimeAndPlaceOfTheFirstByte) {
  ReaderTranscript run(MessageKind::kRequest);
  run.search();
  run.data("tail of a body\r\n\r\n", 5);
  run.data("GET /x HT", 7);
  run.data("TP/1.1\r\n\r\n", 9);
  EXPECT_EQ(run.last_seen.first_byte_ns, 7U);
  run.search();
  std::uint64_t at_ns = 100;
  for (const char c : "tail" + kGet) run.data(std::string(1, c), at_ns++);
  EXPECT_EQ(run.last_seen.first_byte_ns, 104U) << "of many small pieces as well";
}

TEST(HeadSearch, AnExpectedHeadThatIsNoneIsSearchedFor) {
  const std::string other = "OTHER BYTES\r\n\r\n";
  for (const test::Split& split : test::splits(other)) {
    SCOPED_TRACE(split.name);
    ReaderTranscript run(MessageKind::kResponse);
    run.search();
    run.expect_head();
    for (const std::string_view piece : split.pieces) run.data(piece);
    run.data(kNext);
    ASSERT_EQ(run.text, "expectation failed\n" + kFound404);
  }
  ReaderTranscript fulfilled(MessageKind::kResponse);
  fulfilled.search();
  fulfilled.expect_head();
  fulfilled.data(kNext);
  EXPECT_EQ(fulfilled.text, kFound404);
  EXPECT_TRUE(fulfilled.last_seen.confirmed);
}

// Which side answers may have been told from a body: an embedded request in a response, as TRACE makes it.
TEST(HeadSearch, AHeadOfTheOtherKindIsOffered) {
  ReaderTranscript refused(MessageKind::kResponse);
  refused.search();
  refused.data(kGet);
  EXPECT_EQ(refused.text, "");
  EXPECT_EQ(refused.contrary_heads, 1);
  ReaderTranscript taken(MessageKind::kResponse);
  taken.takes_contrary = true;
  taken.search();
  taken.data(kGet);
  EXPECT_EQ(taken.text, kFoundGet);
  EXPECT_EQ(taken.reader.kind(), MessageKind::kRequest);
}

}  // namespace
}  // namespace podwire::http1
