#include "http1/message_framing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace podwire::http1 {
namespace {

// "none", "length 5", "chunked", "close", "tunnel" or "malformed"; "?" behind it: doubtful.
std::string framing_of(const std::string& head_text, AnsweredMethod answered = AnsweredMethod::kOther) {
  const bool request = !head_text.starts_with("HTTP/");
  std::vector<Field> fields(16);
  HeadParser parser(request ? MessageKind::kRequest : MessageKind::kResponse);
  if (parser.parse(head_text, fields) != ParseOutcome::kComplete) return "no head";
  const Head head{.bytes = head_text,
                  .start = parser.start_line(),
                  .fields = std::span<const Field>(fields).first(parser.field_count())};
  const auto framing = request ? request_framing(head) : response_framing(head, answered);
  if (!framing) return "malformed";
  const char* const kinds[] = {"none", "length", "chunked", "close", "tunnel"};
  std::string text = kinds[static_cast<int>(framing->body)];
  if (framing->body == BodyKind::kLength) text += ' ' + std::to_string(framing->length);
  return framing->doubtful ? text + '?' : text;
}

std::string request(const std::string& fields, const std::string& version = "1.1") {
  return framing_of("POST / HTTP/" + version + "\r\n" + fields + "\r\n");
}

std::string response(int status, const std::string& fields, AnsweredMethod answered = AnsweredMethod::kOther) {
  return framing_of("HTTP/1.1 " + std::to_string(status) + " X\r\n" + fields + "\r\n", answered);
}

const std::string kFive = "Content-Length: 5\r\n";
const std::string kChunked = "Transfer-Encoding: chunked\r\n";

TEST(MessageFraming, Section63Item1ResponsesWithoutBody) {
  EXPECT_EQ(response(200, kFive, AnsweredMethod::kHead), "none");
  EXPECT_EQ(response(200, kChunked, AnsweredMethod::kHead), "none");
  EXPECT_EQ(response(100, ""), "none");
  EXPECT_EQ(response(103, kFive), "none");
  EXPECT_EQ(response(204, kFive), "none");
  EXPECT_EQ(response(304, kFive), "none");
}

TEST(MessageFraming, Section63Item2Connect) {
  EXPECT_EQ(response(200, kFive, AnsweredMethod::kConnect), "tunnel");
  EXPECT_EQ(response(204, "", AnsweredMethod::kConnect), "tunnel");
  EXPECT_EQ(response(407, kFive, AnsweredMethod::kConnect), "length 5");
  EXPECT_EQ(framing_of("CONNECT a:80 HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), "tunnel");
}

TEST(MessageFraming, Rfc9110Section15_2_2SwitchingProtocols) {
  EXPECT_EQ(response(101, "Upgrade: websocket\r\n"), "tunnel");
}

TEST(MessageFraming, Section63Item3TransferEncodingOverridesContentLength) {
  EXPECT_EQ(request(kFive + kChunked), "chunked?");
  EXPECT_EQ(response(200, kChunked + kFive), "chunked?");
}

TEST(MessageFraming, Section63Item4TransferEncoding) {
  EXPECT_EQ(request(kChunked), "chunked");
  EXPECT_EQ(request("Transfer-Encoding: gzip, Chunked\r\n"), "chunked");
  EXPECT_EQ(request("Transfer-Encoding: gzip\r\n" + kChunked), "chunked");
  EXPECT_EQ(request("Transfer-Encoding: x;a=\"b,c\", chunked\r\n"), "chunked");
  EXPECT_EQ(request("Transfer-Encoding: gzip\r\n"), "malformed");
  EXPECT_EQ(request("Transfer-Encoding: chunked, gzip\r\n"), "malformed");
  EXPECT_EQ(request("Transfer-Encoding: chunked, chunked\r\n"), "malformed");
  EXPECT_EQ(request("Transfer-Encoding: xchunked\r\n"), "malformed");
  EXPECT_EQ(response(200, kChunked), "chunked");
  EXPECT_EQ(response(200, "Transfer-Encoding: gzip\r\n"), "close");
  EXPECT_EQ(response(200, "Transfer-Encoding: chunked, gzip\r\n"), "close?");
}

TEST(MessageFraming, Section61TransferEncodingInHttp10IsFaulty) {
  EXPECT_EQ(request(kChunked, "1.0"), "chunked?");
  EXPECT_EQ(framing_of("HTTP/1.0 200 OK\r\n" + kChunked + "\r\n"), "chunked?");
}

TEST(MessageFraming, Section63Item5InvalidContentLength) {
  EXPECT_EQ(request("Content-Length: 5\r\nContent-Length: 6\r\n"), "malformed");
  EXPECT_EQ(request("Content-Length: 5, 6\r\n"), "malformed");
  EXPECT_EQ(request("Content-Length: -1\r\n"), "malformed");
  EXPECT_EQ(request("Content-Length: +5\r\n"), "malformed");
  EXPECT_EQ(request("Content-Length: 5 5\r\n"), "malformed");
  EXPECT_EQ(request("Content-Length: 0x5\r\n"), "malformed");
  EXPECT_EQ(request("Content-Length:\r\n"), "malformed");
  EXPECT_EQ(request("Content-Length: 9223372036854775808\r\n"), "malformed");
  EXPECT_EQ(response(200, "Content-Length: x\r\n"), "malformed");
}

TEST(MessageFraming, Section63Item6ContentLength) {
  EXPECT_EQ(request(kFive), "length 5");
  EXPECT_EQ(request(kFive + kFive), "length 5");
  EXPECT_EQ(request("Content-Length: 5, 5\r\n"), "length 5");
  EXPECT_EQ(request("content-length: 005\r\n"), "length 5");
  EXPECT_EQ(request("Content-Length: 0\r\n"), "none");
  EXPECT_EQ(request("Content-Length: 9223372036854775807\r\n"), "length 9223372036854775807");
  EXPECT_EQ(response(200, kFive), "length 5");
}

TEST(MessageFraming, Section63Items7And8NoLength) {
  EXPECT_EQ(request(""), "none");
  EXPECT_EQ(response(200, ""), "close");
}

}  // namespace
}  // namespace podwire::http1
