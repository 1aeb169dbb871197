#include <gtest/gtest.h>

#include "exchange/protocol_detector.h"
#include "observed.h"

namespace podwire::exchange {
namespace {

using test::get;
using test::Observed;
using test::ok;
using namespace std::string_view_literals;

TEST(ProtocolDetector, FirstBytes) {
  EXPECT_EQ(detect_first_bytes("G"), StreamContent::kRequests);
  EXPECT_EQ(detect_first_bytes("GET /"), StreamContent::kRequests);
  EXPECT_EQ(detect_first_bytes("\r\nGET /"), StreamContent::kRequests);
  EXPECT_EQ(detect_first_bytes("H"), StreamContent::kUndecided);
  EXPECT_EQ(detect_first_bytes("HE"), StreamContent::kRequests);
  EXPECT_EQ(detect_first_bytes("HTTP"), StreamContent::kUndecided);
  EXPECT_EQ(detect_first_bytes("HTTP/1.1 2"), StreamContent::kResponses);
  EXPECT_EQ(detect_first_bytes("HTTP/2"), StreamContent::kOther);
  EXPECT_EQ(detect_first_bytes("PRI * HTTP/2."), StreamContent::kUndecided);
  EXPECT_EQ(detect_first_bytes("PRI * HTTP/2.0\r\n"), StreamContent::kHttp2);
  EXPECT_EQ(detect_first_bytes("PRI /"), StreamContent::kRequests);
  EXPECT_EQ(detect_first_bytes("\0\0"sv), StreamContent::kUndecided);
  EXPECT_EQ(detect_first_bytes("\0\0\x06\x04\0\0\0\0"sv), StreamContent::kUndecided);
  EXPECT_EQ(detect_first_bytes("\0\0\x06\x04\0\0\0\0\0"sv), StreamContent::kHttp2Settings);
  EXPECT_EQ(detect_first_bytes("\0\0\x06\x04\x01\0\0\0\0"sv), StreamContent::kOther) << "an acknowledgment of nothing";
  EXPECT_EQ(detect_first_bytes("\0\0\x05\x04\0\0\0\0\0"sv), StreamContent::kOther) << "settings are of six octets each";
  EXPECT_EQ(detect_first_bytes("\x16"), StreamContent::kUndecided);
  EXPECT_EQ(detect_first_bytes("\x16\x03\x01"), StreamContent::kTls);
  EXPECT_EQ(detect_first_bytes("\x16\x02"), StreamContent::kOther);
  EXPECT_EQ(detect_first_bytes("*3\r\n$3\r\n"), StreamContent::kOther);  // Redis
  EXPECT_EQ(detect_first_bytes("SSH-2.0-OpenSSH_9.6\r\n"), StreamContent::kOther);
  EXPECT_EQ(detect_first_bytes("\0\0\0\x08"sv), StreamContent::kOther);  // PostgreSQL
}

TEST(ProtocolDetector, TlsRecordsInTheMiddleOfAStream) {
  const std::string two = std::string("\x17\x03\x03\x00\x02xy", 7) + std::string("\x15\x03\x03\x00\x01z", 6);
  EXPECT_TRUE(resembles_tls_records(two, false));
  EXPECT_TRUE(resembles_tls_records(two.substr(0, 7), false));
  EXPECT_FALSE(resembles_tls_records(two.substr(0, 6), false)) << "one header may stand in any data";
  EXPECT_TRUE(resembles_tls_records(two.substr(0, 6), true));
  EXPECT_FALSE(resembles_tls_records("\x17\x03\x03\xff\xff data", true)) << "longer than a record can be";
  EXPECT_FALSE(resembles_tls_records("\x18\x03\x03\x00\x01z"sv, true));
}

TEST(Detection, OfAConnectionSeenFromItsBeginningTheFirstBytesDecide) {
  Observed greeting;
  greeting.server("220 mail ESMTP\r\n").client("EHLO x\r\n").client("x\r\n\r\n");
  EXPECT_EQ(greeting.text, "loss not-http 9:80\n") << "a word and a space could begin a request line; the line is none";
  Observed binary;
  binary.client("\0\0\0\x08"sv);
  EXPECT_EQ(binary.text, "loss not-http 9:80\n");
}

TEST(Detection, HalfAStartLineIsEnoughToGoOn) {
  Observed run;
  run.client("H").client("EAD / HT").client("TP/1.1\r\n\r\n").server("HT").server("TP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(run.text, "complete HEAD / 0 -> 200 0\n");
}

TEST(Detection, TheClientMayBeTheResponder) {
  Observed run;
  run.data(tcp::Side::kResponder, get("/callback")).data(tcp::Side::kInitiator, ok("x"));
  EXPECT_EQ(run.text, "complete GET /callback 0 -> 200 1\n");
  EXPECT_EQ(run.exchanges[0].source_port, 80);
}

TEST(Detection, JoinedLateItWaitsForAHead) {
  Observed run;
  run.info.joined_late = true;
  run.server(std::string(100'000, 'x')).client(get("/1")).server(ok("y"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 1 joined-late\n");
}

TEST(Detection, JoinedLateItGivesUpInTheEnd) {
  Observed run;
  run.info.joined_late = true;
  run.info.initiator.port = 5432;
  run.info.responder.port = 40'000;
  const std::string piece(kMaxUndetectedBytes / 2, 'x');
  run.client(piece).server(piece).client(piece);
  EXPECT_EQ(run.text, "");
  run.server(piece);
  EXPECT_EQ(run.text, "loss unrecognised 9:5432\n") << "the lower port is the server";
  EXPECT_TRUE(run.ignored);
}

TEST(Detection, JoinedLateTlsIsTold) {
  Observed run;
  run.info.joined_late = true;
  run.server("\x17\x03\x03\x10\x00 the beginning of a long record"sv);
  EXPECT_EQ(run.text, "loss tls 9:80\n");
}

}  // namespace
}  // namespace podwire::exchange
