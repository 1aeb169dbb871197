// Random streams, good and bad: what is told does not depend on how they were cut. The seeds are fixed.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "guarded_text.h"
#include "reader_transcript.h"

namespace podwire::http1 {
namespace {

const std::array kWords = {std::string("GET / HTTP/1.1\r\n"),
                           std::string("POST /x HTTP/1.0\r\n"),
                           std::string("CONNECT a:1 HTTP/1.1\r\n"),
                           std::string("HTTP/1.1 200 OK\r\n"),
                           std::string("HTTP/1.1 \t 304\r\n"),
                           std::string("HTTP/1.1 100 C\r\n\r\n"),
                           std::string("HTTP/1.1 101 S\r\n"),
                           std::string("Content-Length: 7\r\n"),
                           std::string("Content-Length: 2, 2\n"),
                           std::string("Transfer-Encoding: chunked\r\n"),
                           std::string("Transfer-Encoding: gzip,\r\n chunked\r\n"),
                           std::string("A : b\r\n"),
                           std::string("A: b\r\n c\r\n"),
                           std::string("\r\n"),
                           std::string("\r"),
                           std::string("\n"),
                           std::string("5\r\nhello\r\n"),
                           std::string("2;x=\"\r\n"),
                           std::string("0\r\n"),
                           std::string("hello"),
                           std::string("HTTP/1.1 2"),
                           std::string(" "),
                           std::string(":"),
                           std::string(1, '\0'),
                           std::string("\xff"),
                           std::string(70, 'M')};

std::string told(MessageKind kind, AnsweredMethod answered, const std::string& stream, std::mt19937* random,
                 std::size_t largest) {
  test::ReaderTranscript run(kind);
  run.tells_fields = true;
  run.answered = answered;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t size = std::min(stream.size() - at, random == nullptr ? largest : 1 + (*random)() % largest);
    const test::GuardedText guarded(std::string_view(stream).substr(at, size));
    if (run.data(guarded.text()) != ReadOutcome::kReading) return run.text;
    at += size;
  }
  run.finish(true);
  return run.text;
}

TEST(SplitInvariance, OfRandomStreams) {
  std::size_t malformed = 0;
  std::size_t whole_messages = 0;
  for (unsigned seed = 1; seed <= 1'000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto kind = random() % 2 == 0 ? MessageKind::kRequest : MessageKind::kResponse;
    const auto answered = static_cast<AnsweredMethod>(random() % 4);
    std::string stream = kind == MessageKind::kRequest ? kWords[random() % 3] : kWords[3 + random() % 4];
    for (int i = 0; i < 14; ++i) stream += random() % 3 == 0 ? "\r\n" : kWords[random() % kWords.size()];
    const std::string expected = told(kind, answered, stream, nullptr, stream.size());
    ASSERT_EQ(told(kind, answered, stream, nullptr, 1), expected);
    ASSERT_EQ(told(kind, answered, stream, &random, 3), expected);
    ASSERT_EQ(told(kind, answered, stream, &random, 20), expected);
    malformed += expected.ends_with("malformed\n") ? 1 : 0;
    whole_messages += expected.find("end 0/") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(malformed, 50U);
  EXPECT_GT(whole_messages, 50U);
}

}  // namespace
}  // namespace podwire::http1
