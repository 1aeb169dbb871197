// RFC 9112, sections 8 and 9: incomplete messages and connections; RFC 9110, sections 7.8 and 15.2: Upgrade and 1xx.
#include "http1/limits.h"
#include "specification.h"

namespace podwire::test {
namespace {

std::string request(const std::string& path) { return "GET " + path + " HTTP/1.1\r\n\r\n"; }  // 17 + path
std::string response(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\n\r\n";
}  // 37

TEST(Rfc9112, Section8_IncompleteMessages) {
  const std::string length = "HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\n";
  expect_requirements({
      {"9112 8 in the middle of the fields", kRequest, "GET / HTTP/1.1\r\nA: b\r\nC: d",
       "head GET / partial, fields 1\nfield A=b\nend -/- cut\n"},
      {"9112 8 before the empty line", kResponse, "HTTP/1.1 200 X\r\nA: b\r\n",
       "head 200 partial, fields 1\nfield A=b\nend -/- cut\n"},
      {"9112 8 in the middle of the start line", kRequest, "GET / HT", ""},
      {"9112 8 between messages", kRequest, request("/") + "\r\n", "head GET /\nend 0/18\n"},
      {"9112 8 fewer bytes than Content-Length", kResponse, length + "ab",
       "head 200\nfield Content-Length=3\nbody ab\nend 2/39 cut\n"},
      {"9112 8 no last chunk", kResponse, "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
       "head 200\nfield Transfer-Encoding=chunked\nbody ab\nend 2/53 cut\n"},
      {"9112 8 the last chunk without the trailer section's end", kResponse,
       "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
       "head 200\nfield Transfer-Encoding=chunked\nend 0/49 cut\n"},
      {"9112 8 neither: complete by the close", kResponse, "HTTP/1.0 200 X\r\n\r\nab", "head 200\nbody ab\nend 2/20\n"},
  });
  ReaderTranscript reset(kResponse);
  reset.data("HTTP/1.0 200 X\r\n\r\nab");
  reset.finish(false);
  EXPECT_EQ(reset.text, "head 200\nbody ab\nend 2/20 cut\n") << "8: a close by RST is no end";
}

// The stream of three messages ends behind each of its bytes: those that came whole are told whole, the one that did
// not is told as cut, and nothing else is told. Reckoned from the sizes of the messages' parts alone.
TEST(Rfc9112, Section9_6_CloseInEachPosition) {
  struct Part {
    std::size_t start_line;
    std::size_t head;
    std::size_t body;
  };
  const std::string post = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";
  const std::string stream = request("/") + post + request("/2");
  const std::vector<Part> parts{{16, 18, 0}, {17, 38, 4}, {17, 19, 0}};
  ASSERT_EQ(stream.size(), 18U + 42U + 19U);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    SCOPED_TRACE(cut);
    std::string expected;
    std::size_t begin = 0;
    const char* const heads[] = {"head GET /", "head POST /", "head GET /2"};
    for (std::size_t i = 0; i < parts.size() && begin < cut; ++i) {
      const std::size_t passed = cut - begin;
      const Part& part = parts[i];
      if (passed < part.start_line) break;
      expected += heads[i];
      if (passed < part.head) {
        const bool field = i == 1 && passed >= 36;  // "Content-Length: 4" ends behind 17 + 19 bytes
        expected += std::string(" partial, fields ") + (field ? "1" : "0") + "\nend -/- cut\n";
        break;
      }
      expected += '\n';
      const std::size_t body = std::min(passed - part.head, part.body);
      if (body > 0) expected += "body " + std::string("body").substr(0, body) + '\n';
      expected += "end " + std::to_string(body) + '/' + std::to_string(part.head + body);
      expected += body < part.body ? " cut\n" : "\n";
      begin += part.head + part.body;
    }
    for (const Split& split : splits(std::string_view(stream).substr(0, cut))) {
      ReaderTranscript run(kRequest);
      for (const std::string_view piece : split.pieces) run.data(piece);
      run.finish(true);
      ASSERT_EQ(run.text, expected) << split.name;
    }
  }
}

TEST(Rfc9112, Section9_3_2_Pipelining) {
  std::string requests;
  std::string responses;
  std::string told_requests;
  std::string told_responses;
  for (int i = 0; i < 2'000; ++i) {
    const std::string path = std::string("/") + std::to_string(i);
    requests += request(path);
    told_requests += "head GET " + path + "\nend 0/" + std::to_string(17 + path.size()) + '\n';
    responses += response(200 + i % 4);
    told_responses += "head " + std::to_string(200 + i % 4) + "\nend 0/37\n";
  }
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1'460}, requests.size()}) {
    ReaderTranscript asked(kRequest);
    for (std::size_t at = 0; at < requests.size(); at += piece) asked.data(requests.substr(at, piece));
    EXPECT_EQ(asked.text, told_requests) << piece;
    ReaderTranscript answered(kResponse);
    for (std::size_t at = 0; at < responses.size(); at += piece) answered.data(responses.substr(at, piece));
    EXPECT_EQ(answered.text, told_responses) << piece;
  }
}

TEST(Rfc9110, Section15_2_Informational) {
  expect_requirements({
      {"9110 15.2 several", kResponse,
       "HTTP/1.1 100 X\r\n\r\nHTTP/1.1 103 X\r\nLink: a\r\n\r\nHTTP/1.1 103 X\r\n\r\n" + response(200),
       "head 100\nend 0/18\nhead 103\nfield Link=a\nend 0/27\nhead 103\nend 0/18\nhead 200\nfield "
       "Content-Length=0\nend 0/37\n"},
      {"9110 15.2.1 after Expect, before HEAD's answer", kResponse, "HTTP/1.1 100 X\r\n\r\n" + response(200),
       "head 100\nend 0/18\nhead 200\nfield Content-Length=0\nend 0/37\n", http1::AnsweredMethod::kHead},
  });
}

TEST(Rfc9110, Section7_8_Upgrade) {
  const std::string upgrade = "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
  const std::string fields = "field Connection=Upgrade\nfield Upgrade=x\n";
  expect_requirements({
      {"9110 7.8 a request may be ignored", kRequest, upgrade + request("/2"),
       "head GET /\n" + fields + "end 0/51\nhead GET /2\nend 0/19\n"},  // 16 + 21 + 12 + 2
      {"9110 15.2.2 the protocol changes behind the empty line", kResponse,
       "HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n\x81\x05hello", "head 101\nfield Upgrade=x\nend 0/30\n"},
      {"9110 7.8 100 before 101", kResponse, "HTTP/1.1 100 X\r\n\r\nHTTP/1.1 101 X\r\n\r\n\x81\x05hello",
       "head 100\nend 0/18\nhead 101\nend 0/18\n"},
      {"9110 7.8 another answer", kResponse, response(200) + response(204),
       "head 200\nfield Content-Length=0\nend 0/37\nhead 204\nfield Content-Length=0\nend 0/37\n"},
  });
}

TEST(Rfc9110, Section9_3_6_Connect) {
  ReaderTranscript refused(kRequest);
  refused.data("CONNECT a:80 HTTP/1.1\r\n\r\n");
  refused.reader.leave_tunnel();
  refused.data(request("/"));
  EXPECT_EQ(refused.text, "head CONNECT a:80\nend 0/25\nhead GET /\nend 0/18\n");
  ReaderTranscript too_early(kRequest);
  too_early.data("CONNECT a:80 HTTP/1.1\r\n\r\n\x16\x03\x01");
  too_early.reader.leave_tunnel();
  EXPECT_TRUE(too_early.reader.searching()) << "what was sent into a tunnel that never was is no message";
}

// What is beyond a bound is told as that, and never as malformed.
TEST(Limits, EachHasAnOutcomeOfItsOwn) {
  const auto told = [](const std::string& stream) {
    ReaderTranscript run(kRequest);
    for (std::size_t at = 0; at < stream.size(); at += 60'000) {
      if (run.data(stream.substr(at, 60'000)) != http1::ReadOutcome::kReading) break;
    }
    return run.text.substr(run.text.rfind('\n', run.text.size() - 2) + 1);
  };
  const std::string start = "GET / HTTP/1.1\r\n";
  const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  const std::string large = "A: " + std::string(http1::kMaxHeadBytes, 'x') + "\r\n\r\n";
  const std::string name = std::string(http1::kMaxFieldNameBytes + 1, 'n') + ": x\r\n\r\n";
  std::string many;
  for (std::size_t i = 0; i <= http1::kMaxFields; ++i) many += "A: b\r\n";
  EXPECT_EQ(told(std::string(http1::kMaxMethodBytes + 1, 'M') + " / HTTP/1.1\r\n\r\n"), "too large\n");
  EXPECT_EQ(told("GET /" + std::string(http1::kMaxHeadBytes, 'x')), "too large\n");
  EXPECT_EQ(told(start + large), "too large\n");
  EXPECT_EQ(told(start + name), "too large\n");
  EXPECT_EQ(told(start + many + "\r\n"), "too many\n");
  EXPECT_EQ(told(chunked + large), "too large\n");
  EXPECT_EQ(told(chunked + name), "too large\n");
  EXPECT_EQ(told(chunked + many + "\r\n"), "too many\n");
}

}  // namespace
}  // namespace podwire::test
