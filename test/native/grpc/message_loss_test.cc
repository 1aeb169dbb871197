// Bytes that pass unseen: as skipped, as lost within a message, as lost beyond.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "grpc/message_reader.h"
#include "read_counts.h"

namespace podwire::grpc {
namespace {

using std::string_literals::operator""s;

TEST(MessageLoss, WhatIsSkippable) {
  MessageReader reader(Encoding::kGrpcWeb);
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("\0\0\0\0"s);
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("\5h"s);
  EXPECT_EQ(reader.skippable_bytes(), 4U);
  reader.unseen(4);
  EXPECT_EQ(counts_of(reader), (ReadCounts{.messages = 1, .bytes = 5}));
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("\x80\0\0\0\3a"s);
  EXPECT_EQ(reader.skippable_bytes(), 0U);  // trailers are read
  reader.data(":\n");
  EXPECT_EQ(reader.trailers(), "a:\n");
}

TEST(MessageLoss, TrailersThatAreNotReadMayBeSkipped) {
  MessageReader reader(Encoding::kGrpcWeb);
  reader.data("\x81\0\0\0\3"s);
  EXPECT_EQ(reader.skippable_bytes(), 3U);
  reader.unseen(3);
  EXPECT_EQ(counts_of(reader), (ReadCounts{.trailers_unreadable = true}));
}

TEST(MessageLoss, Base64CannotBeSkipped) {
  MessageReader reader(Encoding::kGrpcWebText);
  reader.data("AAAAAAVoZW");
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.unseen(1);
  reader.data("xsbw==AAAAAAVoZWxsbw==");
  EXPECT_EQ(counts_of(reader), (ReadCounts{.exact = false}));
}

TEST(MessageLoss, WithinTrailersThatLeavesTheCountsExact) {
  MessageReader reader(Encoding::kGrpcWeb);
  reader.data("\0\0\0\0\2hi\x80\0\0\0\x0fgrpc-"s);
  reader.unseen(4);
  reader.data("us:0\r\n");
  EXPECT_EQ(counts_of(reader), (ReadCounts{.messages = 1, .bytes = 2, .trailers_unreadable = true}));
}

TEST(MessageLoss, BeyondTheMessageInProgressEndsCounting) {
  MessageReader reader(Encoding::kGrpc);
  reader.data("\0\0\0\0\5he"s);
  reader.unseen(4);
  reader.data("\0\0\0\0\2hi"s);
  EXPECT_EQ(counts_of(reader), (ReadCounts{.messages = 1, .bytes = 5, .exact = false}));
}

TEST(MessageLoss, WithinAPrefixEndsCounting) {
  MessageReader reader(Encoding::kGrpc);
  reader.data("\0\0"s);
  reader.unseen(1);
  reader.data("\0\2hi"s);
  EXPECT_EQ(counts_of(reader), (ReadCounts{.exact = false}));
}

TEST(MessageLoss, OfAnUnknownNumberEndsCounting) {
  MessageReader reader(Encoding::kGrpcWeb);
  reader.data("\0\0\0\0\2hi\x80\0\0\0\3a"s);
  reader.lose();
  EXPECT_EQ(counts_of(reader), (ReadCounts{.messages = 1, .bytes = 2, .exact = false, .trailers_unreadable = true}));
  EXPECT_EQ(reader.skippable_bytes(), 0U);
}

TEST(MessageLoss, NothingLostIsNoLoss) {
  MessageReader reader(Encoding::kGrpc);
  reader.unseen(0);
  EXPECT_TRUE(reader.exact());
}

struct Body {
  std::string bytes;
  ReadCounts counts;
};

Body random_body(std::mt19937& random) {
  const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  Body body;
  const auto append = [&](char flag, const std::string& payload) {
    body.bytes += flag;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) body.bytes += static_cast<char>(payload.size() >> shift);
    body.bytes += payload;
  };
  for (std::uint32_t i = below(12); i > 0; --i) {
    const bool compressed = below(3) == 0;
    const std::string payload(below(4) == 0 ? below(600) : below(6), static_cast<char>(below(256)));
    append(compressed ? '\1' : '\0', payload);
    ++body.counts.messages;
    body.counts.bytes += payload.size();
    body.counts.compressed += compressed ? 1 : 0;
  }
  if (below(2) == 0) {
    body.counts.trailers = "grpc-status: 0\r\n";
    append('\x80', body.counts.trailers);
  }
  return body;
}

constexpr std::uint32_t kSeeds = 500;

TEST(MessageLoss, SkippingWhatIsSkippableChangesNothing) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const Body body = random_body(random);
    MessageReader reader(Encoding::kGrpcWeb);
    for (std::string_view rest = body.bytes; !rest.empty();) {
      const std::size_t skippable = std::min<std::size_t>(reader.skippable_bytes(), rest.size());
      const bool skips = skippable > 0 && random() % 2 == 0;
      const std::size_t step = 1 + random() % (skips ? skippable : std::min<std::size_t>(rest.size(), 20));
      if (skips) {
        reader.unseen(step);
      } else {
        reader.data(rest.substr(0, step));
      }
      rest.remove_prefix(step);
    }
    ASSERT_EQ(counts_of(reader), body.counts);
  }
}

TEST(MessageLoss, AfterALossCountsAreLowerBounds) {
  std::uint32_t inexact = 0;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const Body body = random_body(random);
    if (body.bytes.empty()) continue;
    const std::string_view bytes = body.bytes;
    const std::size_t begin = random() % bytes.size();
    const std::size_t lost = 1 + random() % (bytes.size() - begin);
    MessageReader reader(Encoding::kGrpcWeb);
    reader.data(bytes.substr(0, begin));
    if (seed % 2 == 0) {
      reader.lose();
    } else {
      reader.unseen(lost);
    }
    reader.data(bytes.substr(begin + lost));
    const ReadCounts counts = counts_of(reader);
    if (counts.exact) {  // it was within one message, or within the trailers
      ASSERT_EQ(counts.messages, body.counts.messages);
      ASSERT_EQ(counts.bytes, body.counts.bytes);
      ASSERT_EQ(counts.compressed, body.counts.compressed);
      ASSERT_EQ(seed % 2, 1U);
    }
    ASSERT_LE(counts.messages, body.counts.messages);
    ASSERT_LE(counts.bytes, body.counts.bytes);
    ASSERT_LE(counts.compressed, body.counts.compressed);
    ASSERT_TRUE(counts.trailers.empty() || counts.trailers == body.counts.trailers);
    inexact += counts.exact ? 0 : 1;
  }
  EXPECT_GT(inexact, kSeeds / 2);
}

}  // namespace
}  // namespace podwire::grpc
