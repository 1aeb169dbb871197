#include "tap/tap_spec_decoder.h"

#include <gtest/gtest.h>

#include <random>

#include "spec_text.h"

namespace podwire::tap {
namespace {

using podwire::testing::encoded;
using podwire::testing::spec_of;

constexpr const char* kEveryField = R"(
    to { networks { ip: "\306\022\014\000" prefix_bits: 24 } port: 8080 host: "backend" }
    from { networks { ip: " \001\000\002\000\000\000\000\000\000\000\000\000\000\000\001" prefix_bits: 128 } }
    methods: "GET" paths: "/api" paths: "/a/*" authorities: "Backend:80" schemes: "http"
    protocols: [PROTOCOL_HTTP_1_0, PROTOCOL_HTTP_2] statuses { first: 400 last: 499 negated: true }
    grpc_statuses: [0, 5] min_latency_nanos: 1 max_latency_nanos: 9000000000
    headers { name: "a" } headers { name: "b" value: "" } headers { name: "c" regex: "^x+$" }
    ports: [80, 65535] body_bytes: 4096 unredacted: true max_rate: 100 omit_headers: true shared_headers: true)";

SpecError error_of(std::string_view bytes) {
  const auto result = decode_tap_spec(bytes);
  const auto* error = std::get_if<SpecError>(&result);
  return error == nullptr ? SpecError{SpecErrorCode::kMalformed, "no error"} : *error;
}

TEST(TapSpecDecoderTest, ReadsEveryField) {
  const TapSpec spec = spec_of(kEveryField);
  ASSERT_EQ(spec.to.size(), 1U);
  EXPECT_EQ(spec.to[0].networks.size(), 1U);
  EXPECT_EQ(spec.to[0].port, 8080);
  EXPECT_EQ(spec.to[0].host, "backend");
  ASSERT_EQ(spec.from.size(), 1U);
  EXPECT_EQ(spec.from[0].port, 0);
  EXPECT_EQ(spec.methods, std::vector<std::string>{"GET"});
  ASSERT_EQ(spec.paths.size(), 2U);
  EXPECT_EQ(std::get<PathPrefix>(spec.paths[0]).prefix, "/api");
  EXPECT_TRUE(std::get<Glob>(spec.paths[1]).matches(std::string_view("/a/b")));
  ASSERT_EQ(spec.authorities.size(), 1U);
  EXPECT_EQ(spec.authorities[0].host, "backend");
  EXPECT_EQ(spec.authorities[0].port, 80);
  EXPECT_EQ(spec.schemes, std::vector<std::string>{"http"});
  EXPECT_EQ(spec.protocols, (std::vector{exchange::Protocol::kHttp10, exchange::Protocol::kHttp2}));
  ASSERT_EQ(spec.statuses.size(), 1U);
  EXPECT_EQ(spec.statuses[0].first, 400);
  EXPECT_EQ(spec.statuses[0].last, 499);
  EXPECT_TRUE(spec.statuses[0].negated);
  EXPECT_EQ(spec.grpc_statuses, (std::vector<std::uint32_t>{0, 5}));
  EXPECT_EQ(spec.min_latency_nanos, 1U);
  EXPECT_EQ(spec.max_latency_nanos, 9'000'000'000U);
  ASSERT_EQ(spec.headers.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<HeaderPresent>(spec.headers[0].content));
  EXPECT_EQ(std::get<HeaderEquals>(spec.headers[1].content).value, "");
  EXPECT_TRUE(std::get<ValuePattern>(spec.headers[2].content).matches("xx"));
  EXPECT_EQ(spec.ports, (std::vector<std::uint16_t>{80, 65535}));
  EXPECT_EQ(spec.body_bytes, 4096U);
  EXPECT_TRUE(spec.unredacted);
  EXPECT_TRUE(spec.omit_headers);
  EXPECT_TRUE(spec.share_headers);
  EXPECT_EQ(spec.max_rate, 100U);
}

TEST(TapSpecDecoderTest, OfNothingWantsEverything) {
  const TapSpec spec = spec_of("");
  EXPECT_TRUE(spec.to.empty() && spec.methods.empty() && spec.headers.empty() && spec.ports.empty());
  EXPECT_FALSE(spec.min_latency_nanos);
  EXPECT_FALSE(spec.unredacted);
  EXPECT_EQ(spec.body_bytes, 0U);
  EXPECT_EQ(spec.max_rate, 0U);
}

TEST(TapSpecDecoderTest, SkipsWhatItDoesNotKnow) {
  // Field 1000, a varint; field 1001, three bytes; then methods: "GET".
  const std::string bytes = std::string("\xC0\x3E\x07", 3) + std::string("\xCA\x3E\x03xyz", 6) + "\x1A\x03GET";
  const auto result = decode_tap_spec(bytes);
  ASSERT_TRUE(std::holds_alternative<TapSpec>(result));
  EXPECT_EQ(std::get<TapSpec>(result).methods, std::vector<std::string>{"GET"});
}

// Writers of proto2, and others, do not pack.
TEST(TapSpecDecoderTest, ReadsRepeatedNumbersThatAreNotPacked) {
  const auto result = decode_tap_spec("\x68\x50\x68\xBB\x03");  // ports: 80, ports: 443
  ASSERT_TRUE(std::holds_alternative<TapSpec>(result));
  EXPECT_EQ(std::get<TapSpec>(result).ports, (std::vector<std::uint16_t>{80, 443}));
}

TEST(TapSpecDecoderTest, NamesTheFieldWhatWasExpectedAndWhatCame) {
  struct Case {
    const char* spec;
    SpecErrorCode code;
    const char* sentence;
  };
  for (const auto& [spec, code, sentence] : {
           Case{R"(to { networks { ip: "abc" } })", SpecErrorCode::kOutOfRange,
                "to.networks.ip: expected 4 or 16 bytes, got 3."},
           Case{R"(from { networks { ip: "abcd" prefix_bits: 33 } })", SpecErrorCode::kOutOfRange,
                "from.networks.prefix_bits: expected 0 to 32 for an IPv4 network, got 33."},
           Case{R"(to { networks { ip: "abcdabcdabcdabcd" prefix_bits: 129 } })", SpecErrorCode::kOutOfRange,
                "to.networks.prefix_bits: expected 0 to 128, got 129."},
           Case{"to { port: 65536 }", SpecErrorCode::kOutOfRange, "to.port: expected 0 to 65535, got 65536."},
           Case{"methods: ''", SpecErrorCode::kOutOfRange, "methods: expected 1 to 256 bytes, got 0."},
           Case{"ports: 0", SpecErrorCode::kOutOfRange, "ports: expected 1 to 65535, got 0."},
           Case{"ports: [80, 70000]", SpecErrorCode::kOutOfRange, "ports: expected 1 to 65535, got 70000."},
           Case{"protocols: PROTOCOL_UNSPECIFIED", SpecErrorCode::kOutOfRange, "protocols: expected 1 to 3, got 0."},
           Case{"statuses { last: 200 }", SpecErrorCode::kOutOfRange, "statuses.first: expected 100 to 999, got 0."},
           Case{"statuses { first: 99 last: 200 }", SpecErrorCode::kOutOfRange,
                "statuses.first: expected 100 to 999, got 99."},
           Case{"statuses { first: 300 last: 200 }", SpecErrorCode::kOutOfRange,
                "statuses.last: expected no less than statuses.first, got 200."},
           Case{"min_latency_nanos: 2 max_latency_nanos: 1", SpecErrorCode::kOutOfRange,
                "max_latency_nanos: expected no less than min_latency_nanos, got 1."},
           Case{"headers { value: 'secret' }", SpecErrorCode::kOutOfRange, "headers.name: expected a name, got none."},
           Case{"headers { name: 'a' regex: '(' }", SpecErrorCode::kBadRegex,
                "headers.regex: expected a regular expression in RE2 syntax, got missing ): (."},
           Case{"body_bytes: 1048577", SpecErrorCode::kOutOfRange, "body_bytes: expected 0 to 1048576, got 1048577."},
           Case{"max_rate: 1000001", SpecErrorCode::kOutOfRange, "max_rate: expected 0 to 1000000, got 1000001."},
       }) {
    const SpecError error = error_of(encoded("TapSpec", spec));
    EXPECT_EQ(error.sentence, sentence);
    EXPECT_EQ(error.code, code) << sentence;
  }
}

TEST(TapSpecDecoderTest, RefusesFieldsOfAnotherType) {
  EXPECT_EQ(error_of("\x18\x01").sentence, "methods: expected a length-delimited field, got a varint.");
  EXPECT_EQ(error_of(std::string_view("\x75\0\0\0\0", 5)).sentence,
            "body_bytes: expected a varint, got a 32-bit field.");
  EXPECT_EQ(error_of(std::string_view("\x69\0\0\0\0\0\0\0\0", 9)).sentence,
            "ports: expected a varint, got a 64-bit field.");
  EXPECT_EQ(error_of("\x1A\x01\xFF").sentence, "methods: expected UTF-8, got other bytes.");
}

TEST(TapSpecDecoderTest, BoundsWhatItTakes) {
  std::string text;
  for (std::size_t i = 0; i < kMaxHeaderMatches; ++i) text += "headers { name: 'a' }";
  EXPECT_EQ(spec_of(text).headers.size(), kMaxHeaderMatches);
  EXPECT_EQ(error_of(encoded("TapSpec", text + "headers { name: 'a' }")).sentence,
            "headers: expected at most 64 entries, got more.");

  text.clear();
  for (std::size_t i = 0; i <= kMaxEntries; ++i) text += "methods: 'G'";
  EXPECT_EQ(error_of(encoded("TapSpec", text)).code, SpecErrorCode::kTooMany);

  text = "ports: [1";
  for (std::size_t i = 0; i < kMaxEntries; ++i) text += ", 1";
  EXPECT_EQ(error_of(encoded("TapSpec", text + "]")).sentence, "ports: expected at most 1024 entries, got more.");

  text = "to {";
  for (std::size_t i = 0; i <= kMaxNetworks; ++i) text += "networks { ip: 'abcd' prefix_bits: 32 }";
  EXPECT_EQ(error_of(encoded("TapSpec", text + "}")).sentence, "to.networks: expected at most 65536 in all, got more.");

  EXPECT_EQ(error_of(encoded("TapSpec", "paths: '/" + std::string(kMaxPathBytes, 'a') + "'")).sentence,
            "paths: expected 1 to 1024 bytes, got 1025.");
  EXPECT_EQ(
      error_of(encoded("TapSpec", "headers { name: 'a' regex: '" + std::string(kMaxRegexBytes + 1, 'a') + "' }")).code,
      SpecErrorCode::kOutOfRange);
}

// Cut at every point: a spec with less in it where a field just ends, an error everywhere else; never a crash.
TEST(TapSpecDecoderTest, TakesEveryBeginningOfASpec) {
  const std::string bytes = encoded("TapSpec", kEveryField);
  std::size_t errors = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // In memory of its own, so that reading on is seen.
    const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto result = decode_tap_spec({cut.data(), cut.size()});
    if (const auto* error = std::get_if<SpecError>(&result)) {
      ++errors;
      EXPECT_EQ(error->code, SpecErrorCode::kMalformed) << error->sentence;
    }
  }
  // 21 fields on the top level (packed ones count once); a cut where one begins is a whole spec.
  EXPECT_EQ(errors, bytes.size() - 21);
}

TEST(TapSpecDecoderTest, TakesAnyBytes) {
  std::mt19937 random(1);
  const std::string whole = encoded("TapSpec", kEveryField);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto result = decode_tap_spec(bytes);
    const auto* error = std::get_if<SpecError>(&result);
    EXPECT_TRUE(error == nullptr || !error->sentence.empty());
  }
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    (void)decode_tap_spec(bytes);
  }
}

}  // namespace
}  // namespace podwire::tap
