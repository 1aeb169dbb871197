// RFC 9113: what a receiver has to answer with a connection error, as far as one direction shows it, and what it has to
// take. Each row names its section.
#include "http2/connection_error.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "frame_transcript.h"
#include "frames.h"
#include "test/native/http1/splits.h"

namespace podwire::http2 {
namespace {

using namespace test;

enum class From : std::uint8_t { kClient, kServer };

struct Row {
  std::string section;
  std::string what;
  From from;
  std::string bytes;     // behind the connection preface
  std::string expected;  // behind the first "settings"
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.section << ' ' << row.what; }

class AfterThePreface : public testing::TestWithParam<Row> {};

TEST_P(AfterThePreface, IsReadAsTheRfcSays) {
  const Row& row = GetParam();
  const bool client = row.from == From::kClient;
  const std::string stream = (client ? kPreface : std::string()) + settings() + row.bytes;
  for (const Split& split : splits(stream)) {
    SCOPED_TRACE(split.name);
    FrameTranscript run(client ? StreamBegin::kClientPreface : StreamBegin::kServerPreface);
    for (const std::string_view piece : split.pieces) {
      if (run.data(piece) != ReadOutcome::kReading) break;
    }
    ASSERT_EQ(run.text(), "settings\n" + row.expected);
    if (run.outcome == ReadOutcome::kReading) continue;
    EXPECT_EQ(run.data(ping()), ReadOutcome::kMalformed) << "it stays failed";
    EXPECT_EQ(run.memory.used(), 0U);
  }
}

constexpr From kC = From::kClient;
constexpr From kS = From::kServer;
const std::string kBad = "malformed\n";

INSTANTIATE_TEST_SUITE_P(
    Section4, AfterThePreface,
    testing::Values(
        Row{"4.1", "reserved bit is ignored", kC, frame(0x1, 0x5, 0x8000'0001, "a"), "block 1 fin <a> 10\n"},
        Row{"4.1", "reserved bit of stream 0 is ignored", kC, frame(0x6, 0, 0x8000'0000, "8 octets"), "other 6 0\n"},
        Row{"4.1", "unknown types are passed over", kC, frame(0xbb, 0xff, 7, "anything") + ping(),
            "other 187 7\nother 6 0\n"},
        Row{"4.1", "flags without meaning are ignored", kC, frame(0x6, 0xfe, 0, "8 octets"), "other 6 0\n"},
        Row{"4.1", "flags without meaning are ignored on DATA", kC, data_frame(1, "abc", 0xf6), "data 1 <abc> +9\n"},
        Row{"4.2", "HEADERS too small for its pad length", kC, frame(0x1, 0xc, 1, ""), kBad},
        Row{"4.2", "HEADERS too small for its priority", kC, frame(0x1, 0x24, 1, "1234"), kBad},
        Row{"4.2", "HEADERS too small for pad length and priority", kC, frame(0x1, 0x2c, 1, "12345"), kBad},
        Row{"4.2", "PUSH_PROMISE too small for its stream", kS, frame(0x5, 0x4, 1, "123"), kBad},
        Row{"4.2", "DATA too small for its pad length", kC, frame(0x0, 0x8, 1, ""), kBad},
        Row{"4.3", "another type inside a header block", kC, headers(1, "a", 0) + ping(), kBad},
        Row{"4.3", "an unknown type inside a header block", kC, headers(1, "a", 0) + frame(0xbb, 0, 1, ""), kBad},
        Row{"4.3", "another stream inside a header block", kC, headers(1, "a", 0) + continuation(3, "b"), kBad},
        Row{"4.3", "HEADERS inside a header block", kC, headers(1, "a", 0) + headers(1, "b"), kBad},
        Row{"4.3", "another type inside a PUSH_PROMISE block", kS, push_promise(1, 2, "a", 0) + data_frame(1, "b"),
            kBad}));

INSTANTIATE_TEST_SUITE_P(
    Section5, AfterThePreface,
    testing::Values(Row{"5.1.1", "a client's HEADERS on a server's stream", kC, headers(2, "a"), kBad},
                    Row{"5.1.1", "a client's DATA on a server's stream", kC, data_frame(2, "a"), kBad},
                    Row{"5.1.1", "a client resets a pushed stream", kC, rst_stream(2, 8), "reset 2 8\n"},
                    Row{"5.1.1", "a client grants a window to a pushed stream", kC, window_update(2, 8), "other 8 2\n"},
                    Row{"5.1.1", "a server's HEADERS on a pushed stream", kS, headers(2, "a"), "block 2 <a> 10\n"},
                    Row{"5.1.1", "streams up to the highest", kC, headers(0x7fff'ffff, "a"),
                        "block 2147483647 <a> 10\n"},
                    Row{"5.5", "unknown types between frames", kS,
                        frame(0xa, 0, 0, "alt") + frame(0x10, 0, 0, "p") + headers(1, "a"),
                        "other 10 0\nother 16 0\nblock 1 <a> 10\n"},
                    Row{"5.5", "an unknown type of no length", kS, frame(0xff, 0, 9, ""), "other 255 9\n"}));

INSTANTIATE_TEST_SUITE_P(
    Section6, AfterThePreface,
    testing::Values(
        Row{"6.1", "DATA on stream 0", kS, data_frame(0, "a"), kBad},
        Row{"6.1", "DATA whose padding is all of its payload", kS,
            frame(0x0, 0x8, 1,
                  std::string("\x04"
                              "1234")),
            "data 1 <> +14\n"},
        Row{"6.1", "DATA whose padding exceeds its payload", kS,
            frame(0x0, 0x8, 1,
                  std::string("\x05"
                              "1234")),
            kBad},
        Row{"6.2", "HEADERS on stream 0", kC, headers(0, "a"), kBad},
        Row{"6.2", "HEADERS whose padding leaves no room", kC,
            frame(0x1, 0xc, 1,
                  std::string("\x03"
                              "ab")),
            kBad},
        Row{"6.2", "HEADERS whose padding leaves no room for the priority", kC,
            frame(0x1, 0x2c, 1,
                  std::string("\x02"
                              "12345a")),
            kBad},
        Row{"6.2", "HEADERS of padding alone", kC,
            frame(0x1, 0xc, 1,
                  std::string("\x02"
                              "ab")),
            "block 1 <> 12\n"},
        Row{"6.3", "PRIORITY on stream 0", kC, priority(0), kBad},
        Row{"6.3", "PRIORITY of a wrong length is an error of its stream", kC, frame(0x2, 0, 1, "123456") + ping(),
            "other 2 1\nother 6 0\n"},
        Row{"6.3", "PRIORITY on a stream that is idle", kC, priority(9), "other 2 9\n"},
        Row{"6.4", "RST_STREAM on stream 0", kC, rst_stream(0, 1), kBad},
        Row{"6.4", "RST_STREAM shorter than 4", kC, frame(0x3, 0, 1, "123"), kBad},
        Row{"6.4", "RST_STREAM longer than 4", kC, frame(0x3, 0, 1, "12345"), kBad},
        Row{"6.4", "RST_STREAM with an unknown error code", kC, rst_stream(1, 0xffff'ffff), "reset 1 4294967295\n"},
        Row{"6.5", "SETTINGS on a stream", kC, frame(0x4, 0, 1, ""), kBad},
        Row{"6.5", "SETTINGS of no multiple of 6", kC, frame(0x4, 0, 0, "1234567"), kBad},
        Row{"6.5", "SETTINGS ACK with a payload", kC, frame(0x4, 1, 0, setting(1, 1)), kBad},
        Row{"6.5.2", "ENABLE_PUSH 2", kC, settings({{2, 2}}), kBad},
        Row{"6.5.2", "ENABLE_PUSH 1 of a client", kC, settings({{2, 1}}), "settings 2=1\n"},
        Row{"6.5.2", "ENABLE_PUSH 1 of a server", kS, settings({{2, 1}}), kBad},
        Row{"6.5.2", "ENABLE_PUSH 0 of a server", kS, settings({{2, 0}}), "settings 2=0\n"},
        Row{"6.5.2", "INITIAL_WINDOW_SIZE above 2^31 - 1", kC, settings({{4, 0x8000'0000}}), kBad},
        Row{"6.5.2", "INITIAL_WINDOW_SIZE of 2^31 - 1", kC, settings({{4, 0x7fff'ffff}}), "settings 4=2147483647\n"},
        Row{"6.5.2", "MAX_FRAME_SIZE below 2^14", kC, settings({{1, 0}, {5, 16'383}}), kBad},
        Row{"6.5.2", "MAX_FRAME_SIZE above 2^24 - 1", kC, settings({{5, 16'777'216}}), kBad},
        Row{"6.5.2", "MAX_FRAME_SIZE at its bounds", kC, settings({{5, 16'384}, {5, 16'777'215}}),
            "settings 5=16384 5=16777215\n"},
        Row{"6.5.2", "unknown settings are told", kC, settings({{0x8, 1}, {0xbaba, 7}}), "settings 8=1 47802=7\n"},
        Row{"6.5.3", "SETTINGS ACK", kC, settings_ack(), "other 4 0\n"}));

INSTANTIATE_TEST_SUITE_P(
    Section6On, AfterThePreface,
    testing::Values(Row{"6.6", "PUSH_PROMISE on stream 0", kS, push_promise(0, 2, "a"), kBad},
                    Row{"6.6", "PUSH_PROMISE of stream 0", kS, push_promise(1, 0, "a"), kBad},
                    Row{"6.6", "PUSH_PROMISE of a client's stream", kS, push_promise(1, 3, "a"), kBad},
                    Row{"6.6", "reserved bit of the promised stream", kS, push_promise(1, 0x8000'0002, "a"),
                        "block 1 promises 2 <a> 14\n"},
                    Row{"6.6", "PUSH_PROMISE whose padding leaves no room", kS,
                        frame(0x5, 0xc, 1, padded(big_endian(2, 4), 0).replace(0, 1, "\x01")), kBad},
                    Row{"8.4", "PUSH_PROMISE of a client", kC, push_promise(1, 2, "a"), kBad},
                    Row{"6.7", "PING on a stream", kC, frame(0x6, 0, 1, "8 octets"), kBad},
                    Row{"6.7", "PING shorter than 8", kC, frame(0x6, 0, 0, "octets7"), kBad},
                    Row{"6.7", "PING longer than 8", kC, frame(0x6, 0, 0, "9 octets."), kBad},
                    Row{"6.8", "GOAWAY on a stream", kS, frame(0x7, 0, 1, "12345678"), kBad},
                    Row{"6.8", "GOAWAY too small", kS, frame(0x7, 0, 0, "1234567"), kBad},
                    Row{"6.8", "reserved bit of the last stream", kS, goaway(0x8000'0005, 0), "goaway 5 0\n"},
                    Row{"6.8", "several GOAWAY, streams in between", kS,
                        goaway(0x7fff'ffff, 0) + headers(1, "a") + goaway(1, 2),
                        "goaway 2147483647 0\nblock 1 <a> 10\ngoaway 1 2\n"},
                    Row{"6.9", "WINDOW_UPDATE shorter than 4", kC, frame(0x8, 0, 0, "123"), kBad},
                    Row{"6.9", "WINDOW_UPDATE longer than 4", kC, frame(0x8, 0, 1, "12345"), kBad},
                    Row{"6.9", "WINDOW_UPDATE of 0 for the connection", kC, window_update(0, 0), kBad},
                    Row{"6.9", "WINDOW_UPDATE of 0, reserved bit set", kC, window_update(0, 0x8000'0000), kBad},
                    Row{"6.9", "WINDOW_UPDATE of 0 is an error of its stream", kC, window_update(1, 0), "other 8 1\n"},
                    Row{"6.10", "CONTINUATION on stream 0", kC, headers(1, "a", 0) + continuation(0, "b"), kBad},
                    Row{"6.10", "CONTINUATION without a block", kC, continuation(1, "b"), kBad},
                    Row{"6.10", "CONTINUATION behind a block's end", kC, headers(1, "a") + continuation(1, "b"),
                        "block 1 <a> 10\nmalformed\n"},
                    Row{"6.10", "CONTINUATION behind DATA", kC, data_frame(1, "a") + continuation(1, "b"),
                        "data 1 <a> +9\nmalformed\n"}));

struct Preface {
  std::string what;
  StreamBegin begin;
  std::string bytes;
  std::string expected;
};

TEST(ConnectionPreface, Section3_4) {
  const std::vector<Preface> rows = {
      {"client", StreamBegin::kClientPreface, kPreface + settings(), "settings\n"},
      {"server", StreamBegin::kServerPreface, settings({{3, 1}}), "settings 3=1\n"},
      {"client without SETTINGS", StreamBegin::kClientPreface, kPreface + headers(1, "a"), kBad},
      {"client with SETTINGS ACK", StreamBegin::kClientPreface, kPreface + settings_ack(), kBad},
      {"server without SETTINGS", StreamBegin::kServerPreface, ping() + settings(), kBad},
      {"server with an unknown type first", StreamBegin::kServerPreface, frame(0xbb, 0, 0, "") + settings(), kBad},
      {"server with a client's preface", StreamBegin::kServerPreface, kPreface + settings(), kBad},
      {"client without preface", StreamBegin::kClientPreface, settings(), kBad},
      {"client of another protocol", StreamBegin::kClientPreface, "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", kBad},
      {"HTTP/1", StreamBegin::kClientPreface, "GET / HTTP/1.1\r\n\r\n", kBad}};
  for (const Preface& row : rows) {
    for (const Split& split : splits(row.bytes)) {
      SCOPED_TRACE(row.what + ", " + split.name);
      FrameTranscript run(row.begin);
      for (const std::string_view piece : split.pieces) {
        if (run.data(piece) != ReadOutcome::kReading) break;
      }
      ASSERT_EQ(run.text(), row.expected);
    }
  }
}

}  // namespace
}  // namespace podwire::http2
