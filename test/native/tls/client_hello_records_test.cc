// The records a ClientHello comes in: RFC 8446, sections 4 and 5.1.
#include "hello_bytes.h"
#include "parse_prefixes.h"

namespace podwire::tls {
namespace {

using std::string_literals::operator""s;

std::string message_with(const std::string& server_name, std::size_t padding_bytes = 0) {
  return message(body(server_name_extension(host_name(server_name)) + extension(21, std::string(padding_bytes, '\0'))));
}

TEST(ClientHelloRecords, OfAnySize) {
  const std::string whole = message_with("shop.example");
  for (std::size_t bytes = 1; bytes <= whole.size(); ++bytes) {
    SCOPED_TRACE(bytes);
    EXPECT_EQ(expect_complete(records(whole, bytes)).server_name, "shop.example");
  }
}

// "Handshake messages of the same type MAY be coalesced": another message in the same record is not looked at.
TEST(ClientHelloRecords, MoreInTheSameRecord) {
  const std::string whole = message_with("shop.example");
  ClientHello hello;
  EXPECT_EQ(parse_guarded(record(whole + "\x14\0\0\1x"s), hello), ParseOutcome::kComplete);
  EXPECT_EQ(hello.server_name, "shop.example");
}

// legacy_record_version "MUST be ignored for all purposes"; but for its first byte this would not be TLS.
TEST(ClientHelloRecords, AnyMinorVersion) {
  const std::string whole = message_with("shop.example");
  for (const unsigned minor : {0U, 1U, 2U, 3U, 4U, 0x1aU, 0xffU}) {
    const std::string bytes = number(22, 1) + number(0x0300U | minor, 2) + vector(whole, 2);
    ClientHello hello;
    EXPECT_EQ(parse_guarded(bytes, hello), ParseOutcome::kComplete);
    EXPECT_EQ(hello.server_name, "shop.example");
  }
}

TEST(ClientHelloRecords, WhatIsNoHandshakeRecord) {
  for (const std::string& bytes : {
           "GET / HTTP/1.1\r\n"s,
           "\x15\3\1\0\2\2\x28"s,                                            // an alert
           "\x17\3\3\0\5hello"s,                                             // application data
           "\x16\2\1"s + vector(message_with("a"), 2),                       // another major version
           "\x80\x2e\1\0\2\0\x15\0\0\0\x10"s,                                // SSL 2.0
           "\x16\3\1\0\0"s,                                                  // "MUST NOT send zero-length fragments"
           "\x16\3\1\x40\1"s,                                                // above 2^14 bytes
           "\x16\3\1\0\4\2\0\0\0"s,                                          // a ServerHello
           "\x16\3\1\0\1\0"s,                                                // a HelloRequest
           record(message_with("a").substr(0, 20)) + "\x15\3\1\0\2\2\x28"s,  // "MUST NOT be interleaved"
       }) {
    SCOPED_TRACE(bytes);
    expect_malformed(bytes);
  }
}

TEST(ClientHelloRecords, TheLargestMessage) {
  const std::size_t without_padding = message_with("shop.example").size();
  const std::string largest = message_with("shop.example", kMaxClientHelloBytes - without_padding);
  ASSERT_EQ(largest.size(), 65536U);
  const std::string bytes = records(largest, 16384);
  ClientHello hello;
  for (const std::size_t length : {1UL, 16388UL, 16389UL, 16390UL, bytes.size() - 1}) {
    EXPECT_EQ(parse_guarded(std::string_view(bytes).substr(0, length), hello), ParseOutcome::kNeedMore);
  }
  EXPECT_EQ(parse_guarded(bytes, hello), ParseOutcome::kComplete);
  EXPECT_EQ(hello.server_name, "shop.example");
}

// Known with its header already.
TEST(ClientHelloRecords, ALargerMessageIsMalformed) {
  ClientHello hello;
  EXPECT_EQ(parse_guarded("\x16\3\1\0\4\1\0\xff\xfc"s, hello), ParseOutcome::kNeedMore);
  EXPECT_EQ(parse_guarded("\x16\3\1\0\4\1\0\xff\xfd"s, hello), ParseOutcome::kMalformed);
  EXPECT_EQ(parse_guarded("\x16\3\1\x40\0\1\xff\xff\xff"s, hello), ParseOutcome::kMalformed);
}

TEST(ClientHelloRecords, RecordsAreBounded) {
  const std::size_t without_padding = message_with("shop.example").size();
  const auto in_records_of_one_byte = [&](std::size_t count) {
    return records(message_with("shop.example", count - without_padding), 1);
  };
  ClientHello hello;
  ASSERT_EQ(kMaxClientHelloRecords, 1024U);
  const std::string most = in_records_of_one_byte(1024);
  EXPECT_EQ(parse_guarded(std::string_view(most).substr(0, most.size() - 1), hello), ParseOutcome::kNeedMore);
  EXPECT_EQ(parse_guarded(most, hello), ParseOutcome::kComplete);
  EXPECT_EQ(hello.server_name, "shop.example");
  EXPECT_EQ(parse_guarded(in_records_of_one_byte(1025), hello), ParseOutcome::kMalformed);
}

}  // namespace
}  // namespace podwire::tls
