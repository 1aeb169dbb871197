#include "grpc/message_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "read_counts.h"
#include "test/native/http1/guarded_text.h"
#include "test/native/http1/splits.h"

namespace podwire::grpc {
namespace {

using std::string_literals::operator""s;

void expect_read(Encoding encoding, const std::string& body, const ReadCounts& expected) {
  for (const test::Split& split : test::splits(body)) {
    SCOPED_TRACE(split.name);
    MessageReader reader(encoding);
    for (const std::string_view piece : split.pieces) {
      const test::GuardedText guarded(piece);
      reader.data(guarded.text());
    }
    ASSERT_EQ(counts_of(reader), expected);
  }
}

// "Length-Prefixed-Message → Compressed-Flag Message-Length Message".
TEST(MessageReader, CountsWholeMessages) {
  expect_read(Encoding::kGrpc, "", {});
  expect_read(Encoding::kGrpc, "\0\0\0\0\5hello"s, {.messages = 1, .bytes = 5});
  expect_read(Encoding::kGrpc, "\0\0\0\0\0"s, {.messages = 1});
  expect_read(Encoding::kGrpc, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1x"s, {.messages = 3, .bytes = 1});
  expect_read(Encoding::kGrpc, "\0\0\0\1\2"s + std::string(258, 'x') + "\0\0\0\0\2hi"s, {.messages = 2, .bytes = 260});
}

TEST(MessageReader, TheCompressedFlag) {
  expect_read(Encoding::kGrpc, "\1\0\0\0\5hello\0\0\0\0\2hi\1\0\0\0\0"s, {.messages = 3, .bytes = 7, .compressed = 2});
}

TEST(MessageReader, AMessageThatIsNotWholeDoesNotCount) {
  expect_read(Encoding::kGrpc, "\0\0\0\0\5hell"s, {});
  expect_read(Encoding::kGrpc, "\0\0\0\0\2hi\0\0\0\0"s, {.messages = 1, .bytes = 2});
  expect_read(Encoding::kGrpcWebText, "AAAAAAVoZWxs"s, {});
}

TEST(MessageReader, AMessageThatItsSenderCutOffIsMalformed) {
  const auto read = [](Encoding encoding, const std::string& body) {
    MessageReader reader(encoding);
    reader.data(body);
    EXPECT_FALSE(reader.malformed());
    reader.finish();
    EXPECT_NE(reader.malformed(), reader.exact());
    return reader.exact();
  };
  EXPECT_TRUE(read(Encoding::kGrpc, ""));
  EXPECT_TRUE(read(Encoding::kGrpc, "\0\0\0\0\2hi"s));
  EXPECT_FALSE(read(Encoding::kGrpc, "\0\0\0\0\2h"s));
  EXPECT_FALSE(read(Encoding::kGrpc, "\0\0\0"s));
  EXPECT_FALSE(read(Encoding::kGrpc, "\0\xff\xff\xff\xff"s));
  EXPECT_TRUE(read(Encoding::kGrpcWeb, "\x80\0\0\0\0"s));
  EXPECT_FALSE(read(Encoding::kGrpcWeb, "\x80\0\0\0\4a:"s));
  EXPECT_FALSE(read(Encoding::kGrpcWebText, "AAAAAAVoZWxs"));
}

TEST(MessageReader, WhatIsLostIsNotMalformed) {
  MessageReader reader(Encoding::kGrpc);
  reader.data("\0\0\0"s);
  reader.lose();
  reader.finish();
  EXPECT_FALSE(reader.malformed());
}

// "Compressed-Flag → 0 / 1".
TEST(MessageReader, UndefinedFlagBitsAreNotGrpc) {
  expect_read(Encoding::kGrpc, "\0\0\0\0\2hi\2\0\0\0\2hi"s, {.messages = 1, .bytes = 2, .exact = false});
  expect_read(Encoding::kGrpc, "\x80\0\0\0\0\0\0\0\0\0"s, {.exact = false});
  expect_read(Encoding::kGrpc, "<html>", {.exact = false});
  expect_read(Encoding::kGrpcWeb, "\x40\0\0\0\0"s, {.exact = false});
  expect_read(Encoding::kGrpcWeb, "\x82\0\0\0\0"s, {.exact = false});
}

// "8th (MSB) bit of the 1st gRPC frame byte … 1: trailers".
TEST(MessageReader, TrailersOfGrpcWeb) {
  expect_read(Encoding::kGrpcWeb, "\0\0\0\0\5hello\x80\0\0\0\x0fgrpc-status:0\r\n"s,
              {.messages = 1, .bytes = 5, .trailers = "grpc-status:0\r\n"});
  expect_read(Encoding::kGrpcWeb, "\x80\0\0\0\x1egrpc-status:5\r\ngrpc-message:\r\n"s,
              {.trailers = "grpc-status:5\r\ngrpc-message:\r\n"});
  expect_read(Encoding::kGrpcWeb, "\x80\0\0\0\0"s, {});
  expect_read(Encoding::kGrpcWeb, "\x80\0\0\0\x0fgrpc-status:0\r"s, {});
}

// "10000001b: a compressed trailer".
TEST(MessageReader, CompressedTrailersAreNotRead) {
  expect_read(Encoding::kGrpcWeb, "\0\0\0\0\2hi\x81\0\0\0\4\x1f\x8b\x08\0"s,
              {.messages = 1, .bytes = 2, .trailers_unreadable = true});
}

TEST(MessageReader, TrailersAreBounded) {
  const std::string largest(kMaxTrailerBytes, 'x');
  const auto read = [](const std::string& body) {
    MessageReader reader(Encoding::kGrpcWeb);
    reader.data(body);
    return counts_of(reader);
  };
  EXPECT_EQ(kMaxTrailerBytes, 0x4000U);
  EXPECT_EQ(read("\x80\0\0\x40\0"s + largest), (ReadCounts{.trailers = largest}));
  EXPECT_EQ(read("\x80\0\0\x40\1"s + largest + "x"), (ReadCounts{.trailers_unreadable = true}));
}

// "Trailers must be the last message of the response".
TEST(MessageReader, NothingFollowsTrailers) {
  expect_read(Encoding::kGrpcWeb, "\0\0\0\0\2hi\x80\0\0\0\3a:\n\0\0\0\0\2hi"s,
              {.messages = 1, .bytes = 2, .exact = false, .trailers = "a:\n"});
}

// "Text-encoded (response) streams". The texts are those that base64(1) of GNU coreutils makes of the frames above.
TEST(MessageReader, TextOfGrpcWeb) {
  const ReadCounts expected{.messages = 1, .bytes = 5, .trailers = "grpc-status:0\r\n"};
  expect_read(Encoding::kGrpcWebText, "AAAAAAVoZWxsbw==gAAAAA9ncnBjLXN0YXR1czowDQo=", expected);
  expect_read(Encoding::kGrpcWebText, "AAAAAAVoZWxsbw==", {.messages = 1, .bytes = 5});
  expect_read(Encoding::kGrpcWebText, "AAAAAAVoZWxsbwEAAAACaGk=", {.messages = 2, .bytes = 7, .compressed = 1});
  expect_read(Encoding::kGrpcWebText, "AAAAAAA=", {.messages = 1});
}

// "potential padding whenever the runtime needs to flush a byte buffer": within a prefix, a message and trailers.
TEST(MessageReader, PaddingAmidTheText) {
  expect_read(Encoding::kGrpcWebText, "AAAAAA==BWhlbA==bG8AAAAAAXiAAAAAD2dycGMtc3RhdHVzOjANCg==",
              {.messages = 2, .bytes = 6, .trailers = "grpc-status:0\r\n"});
}

TEST(MessageReader, TextThatIsNotBase64) {
  expect_read(Encoding::kGrpcWebText, "AAAAAAVoZWxsbw==*AAA", {.messages = 1, .bytes = 5, .exact = false});
  expect_read(Encoding::kGrpcWebText, "\0\0\0\0\5hello"s, {.exact = false});
  expect_read(Encoding::kGrpcWebText, "AAAAAAVo\r\n", {.exact = false});
}

// "Message-Length → encoded as 4 byte unsigned integer".
TEST(MessageReader, TheLargestMessageIsNotBuffered) {
  MessageReader reader(Encoding::kGrpc);
  reader.data("\0\xff\xff\xff\xff"s);
  EXPECT_EQ(reader.skippable_bytes(), 4'294'967'295U);
  const std::string piece(std::size_t{1} << 20U, 'x');
  for (int i = 0; i < 4095; ++i) reader.data(piece);
  EXPECT_EQ(reader.skippable_bytes(), 1'048'575U);
  EXPECT_EQ(reader.messages(), 0U);
  reader.data(piece);  // its last byte is the flag of the next prefix, and has undefined bits
  EXPECT_EQ(counts_of(reader), (ReadCounts{.messages = 1, .bytes = 4'294'967'295U, .exact = false}));
}

}  // namespace
}  // namespace podwire::grpc
