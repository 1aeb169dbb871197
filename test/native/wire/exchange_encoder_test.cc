#include "wire/exchange_encoder.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "example_exchange.h"
#include "protoc.h"

namespace podwire::wire {
namespace {

using podwire::testing::decoded;
using podwire::testing::example_get;
using podwire::testing::ExampleExchange;
using podwire::testing::ipv6;

std::string decoded_batch(const exchange::ExchangeView& view, const EncodingRules& rules = {}) {
  OutputBuffer bytes;
  ExchangeEncoder().append(view, rules, bytes);
  return decoded("TapBatch", bytes.view());
}

// Hides one header and replaces what the others may show, so that each hook is seen to be asked.
class MarkingRedaction final : public Redaction {
 public:
  NameRule name_rule(std::string_view name) const override {
    if (name == "Authorization") return {NameRule::Values::kHidden};
    if (name == "Referer") return {NameRule::Values::kJudged, kReferer};
    if (name == "X-Any") return {NameRule::Values::kShown};
    return {NameRule::Values::kShownUnlessMarked, kOther};
  }
  std::optional<std::string_view> value(std::uint8_t kind, std::string_view value,
                                        std::string& scratch) const override {
    if (kind == kReferer) return scratch.assign("shown referer");
    if (value.starts_with("Bearer ")) return std::nullopt;
    return scratch.assign("judged ").append(value);
  }
  std::string_view path(std::string_view, std::string& scratch) const override { return scratch.assign("/shown"); }
  std::string_view authority(std::string_view, std::string& scratch) const override {
    return scratch.assign("shown-host");
  }

 private:
  static constexpr std::uint8_t kReferer = 1;
  static constexpr std::uint8_t kOther = 2;
};

TEST(ExchangeEncoderTest, WritesWhatTheClientAskedForBesideWhoAnswered) {
  ExampleExchange example = example_get();
  example.base.via = podwire::testing::ipv4({198, 19, 10, 73}, 80);
  const std::string text = decoded_batch(example.view());
  EXPECT_NE(text.find(R"(  destination {
    ip: "\306\022\014\003"
    port: 8080
    via {
      ip: "\306\023\nI"
      port: 80
    }
  }
)"),
            std::string::npos)
      << text;
  example.base.via = ipv6({0x20, 1, 0, 2, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 1}, 443);
  EXPECT_NE(decoded_batch(example.view()).find(R"(
    via {
      ip: " \001\000\002\000\000\000\020\000\000\000\000\000\000\000\001"
      port: 443
    }
)"),
            std::string::npos);
}

// 2026-11-22T21:04:05.123456789Z is 1795381445 s after the epoch; the monotonic clock stood at 5 s.
constexpr std::int64_t kOffsetNs = 1'795'381'440'123'456'789;

TEST(ExchangeEncoderTest, WritesAWholeExchange) {
  ExampleExchange example = example_get();
  EXPECT_EQ(decoded_batch(example.view(), {.wall_clock_offset_ns = kOffsetNs}), R"(exchanges {
  id: "\001\002\003\004\005\006\007\010"
  start_seconds: 1795381445
  start_nanos: 123456789
  direction: DIRECTION_OUTBOUND
  source {
    ip: "\306\022\013\003"
    port: 43210
  }
  destination {
    ip: "\306\022\014\003"
    port: 8080
  }
  protocol: PROTOCOL_HTTP_1_1
  request {
    method: "GET"
    scheme: "http"
    authority: "backend:8080"
    path: "/api/cart?id=7"
    headers {
      name: "Host"
      value: "backend:8080"
    }
    headers {
      name: "Accept"
      value: "*/*"
    }
    body_bytes: 0
    wire_bytes: 412
  }
  response {
    status: 200
    reason: "OK"
    headers {
      name: "Content-Type"
      value: "application/json"
    }
    body_bytes: 1203
    wire_bytes: 1498
  }
  first_response_byte_nanos: 12400000
  duration_nanos: 13100000
  end: END_COMPLETE
}
)");
}

TEST(ExchangeEncoderTest, WritesGrpcOverHttp2WithTrailersAndInformationalResponses) {
  ExampleExchange example;
  example.base.protocol = exchange::Protocol::kHttp2;
  example.base.direction = exchange::Direction::kInbound;
  example.base.stream = 7;
  example.base.source = ipv6({0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1);
  example.base.destination = ipv6({0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, 9000);
  example.base.end = exchange::End::kReset;
  example.base.missing.add(exchange::Missing::kJoinedLate);
  example.base.missing.add(exchange::Missing::kUnknownHeaders);
  example.request.path = "/shop.Cart/Get";
  example.request_headers = {{"x-id", "", false}};
  example.request_trailers = {{"x-sum", "1"}};
  example.response_headers = {{"content-type", "application/grpc"}};
  example.response_trailers = {{"grpc-status", "5"}, {"grpc-message", "kein%20Korb%3A%20gr%C3%BCn"}};
  const std::array<exchange::HeaderField, 1> hints{{{"link", "</a.css>"}}};
  const std::array<exchange::InformationalView, 2> informational{{{100, {}}, {103, hints}}};
  example.base.informational = informational;
  EXPECT_EQ(decoded_batch(example.view()), R"(exchanges {
  id: "\000\000\000\000\000\000\000\000"
  direction: DIRECTION_INBOUND
  source {
    ip: " \001\000\002\000\000\000\000\000\000\000\000\000\000\000\001"
    port: 1
  }
  destination {
    ip: " \001\000\002\000\000\000\000\000\000\000\000\000\000\000\002"
    port: 9000
  }
  protocol: PROTOCOL_HTTP_2
  stream: 7
  request {
    path: "/shop.Cart/Get"
    headers {
      name: "x-id"
      unknown: true
    }
    trailers {
      name: "x-sum"
      value: "1"
    }
  }
  response {
    headers {
      name: "content-type"
      value: "application/grpc"
    }
    trailers {
      name: "grpc-status"
      value: "5"
    }
    trailers {
      name: "grpc-message"
      value: "kein%20Korb%3A%20gr%C3%BCn"
    }
    grpc {
      code: 5
      message: "kein Korb: gr\303\274n"
    }
  }
  informational {
    status: 100
  }
  informational {
    status: 103
    headers {
      name: "link"
      value: "</a.css>"
    }
  }
  end: END_RESET
  missing: MISSING_JOINED_LATE
  missing: MISSING_UNKNOWN_HEADERS
}
)");
}

// A WebSocket over HTTP/2 (RFC 8441) that its client gave up.
TEST(ExchangeEncoderTest, WritesMessagesTheirProtocolAndHowTheStreamWasReset) {
  ExampleExchange example;
  example.base.end = exchange::End::kReset;
  example.base.reset = exchange::StreamReset{.error_code = 8, .by_source = true};
  example.request.method = "CONNECT";
  example.request.connect_protocol = "websocket";
  const std::array<exchange::MessageCount, 2> sent{
      {{exchange::MessageKind::kText, 3, 70'000, 2}, {exchange::MessageKind::kPing, 0, 0, 0}}};
  const exchange::MessagesView up{.counts = sent, .exact = false, .close_code = 1001};
  const exchange::MessagesView down{};
  example.request.messages = &up;
  example.response.messages = &down;
  const std::string text = decoded_batch(example.view());
  EXPECT_NE(text.find(R"(  request {
    method: "CONNECT"
    messages {
      counts {
        kind: MESSAGE_KIND_TEXT
        count: 3
        bytes: 70000
        compressed: 2
      }
      counts {
        kind: MESSAGE_KIND_PING
      }
      inexact: true
      close_code: 1001
    }
    connect_protocol: "websocket"
  }
  response {
    messages {
    }
  }
  end: END_RESET
  reset {
    error_code: 8
    by_source: true
  }
)"),
            std::string::npos)
      << text;
}

TEST(ExchangeEncoderTest, WritesTheTimeoutOfAGrpcRequest) {
  ExampleExchange example = example_get();
  example.request_headers = {{"content-type", "application/grpc"}, {"grpc-timeout", "5S"}};
  EXPECT_NE(decoded_batch(example.view()).find("    grpc_timeout_nanos: 5000000000\n"), std::string::npos);
  example.request_headers = {{"content-type", "text/plain"}, {"grpc-timeout", "5S"}};
  EXPECT_EQ(decoded_batch(example.view()).find("grpc_timeout_nanos"), std::string::npos);
}

TEST(ExchangeEncoderTest, LeavesOutHeadersAndKeepsWhatIsReadFromThem) {
  ExampleExchange example = example_get();
  example.request_headers = {{"content-type", "application/grpc"}, {"grpc-timeout", "5S"}};
  example.request_trailers = {{"x-sent", "1"}};
  example.response_headers = {{"content-type", "application/grpc"}};
  example.response_trailers = {{"grpc-status", "5"}, {"grpc-message", "kein%20Korb"}};
  const std::array<exchange::HeaderField, 1> hints{{{"link", "</style.css>"}}};
  const std::array<exchange::InformationalView, 1> informational{{{103, hints}}};
  exchange::ExchangeView view = example.view();
  view.informational = informational;
  const std::string text = decoded_batch(view, {.omit_headers = true});
  EXPECT_EQ(text.find("headers"), std::string::npos) << text;
  EXPECT_EQ(text.find("trailers"), std::string::npos) << text;
  EXPECT_NE(text.find("    grpc_timeout_nanos: 5000000000\n"), std::string::npos) << text;
  EXPECT_NE(text.find("    grpc {\n      code: 5\n      message: \"kein Korb\"\n    }\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  informational {\n    status: 103\n  }\n"), std::string::npos) << text;
  EXPECT_NE(text.find("    path: \"/api/cart?id=7\"\n"), std::string::npos) << text;
}

TEST(ExchangeEncoderTest, WritesAResetByTheServerAndAPush) {
  ExampleExchange example = example_get();
  EXPECT_EQ(decoded_batch(example.view()).find("reset"), std::string::npos);
  EXPECT_EQ(decoded_batch(example.view()).find("pushed"), std::string::npos);
  example.base.reset = exchange::StreamReset{};
  example.base.pushed = true;
  const std::string text = decoded_batch(example.view());
  EXPECT_NE(text.find("  reset {\n  }\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  pushed: true\n"), std::string::npos) << text;
}

TEST(ExchangeEncoderTest, WritesEveryEndAndEveryCauseOfWhatIsMissing) {
  constexpr std::array<const char*, 6> kEnds = {"END_OPEN",   "END_COMPLETE", "END_RESET",
                                                "END_CLOSED", "END_UPGRADED", "END_DETACHED"};
  std::string bytes;
  for (std::size_t i = 0; i < kEnds.size(); ++i) {
    ExampleExchange example = example_get();
    example.base.end = static_cast<exchange::End>(i);
    EXPECT_NE(decoded_batch(example.view()).find("  end: " + std::string(kEnds[i]) + "\n"), std::string::npos);
  }
  ExampleExchange example = example_get();
  for (std::size_t i = 0; i < static_cast<std::size_t>(exchange::Missing::kCount); ++i) {
    example.base.missing.add(static_cast<exchange::Missing>(i));
  }
  EXPECT_NE(decoded_batch(example.view())
                .find("  missing: MISSING_JOINED_LATE\n"
                      "  missing: MISSING_LOST_PACKETS\n"
                      "  missing: MISSING_TRUNCATED\n"
                      "  missing: MISSING_REORDERED_TOO_LONG\n"
                      "  missing: MISSING_MALFORMED\n"
                      "  missing: MISSING_NO_REQUEST\n"
                      "  missing: MISSING_NO_RESPONSE\n"
                      "  missing: MISSING_UNKNOWN_HEADERS\n"
                      "  missing: MISSING_HEADERS_TOO_LARGE\n"
                      "  missing: MISSING_MEMORY_FULL\n"
                      "  missing: MISSING_TOO_MANY_STREAMS\n"
                      "  missing: MISSING_TOO_DEEP_PIPELINE\n"
                      "  missing: MISSING_TOO_MANY_INFORMATIONAL\n"
                      "  missing: MISSING_EVICTED\n"
                      "  missing: MISSING_IDLE\n"),
            std::string::npos);
}

TEST(ExchangeEncoderTest, TellsWhatWasNotSeenFromWhatIsEmpty) {
  ExampleExchange example;
  example.has_request = false;
  example.response.reason = "";
  const std::string text = decoded_batch(example.view());
  EXPECT_EQ(text.find("request"), std::string::npos);
  EXPECT_NE(text.find("  response {\n    reason: \"\"\n  }\n"), std::string::npos) << text;

  // A byte of the request was seen and nothing could be read of it; no byte of the response was seen.
  example.has_request = true;
  example.has_response = false;
  const std::string other = decoded_batch(example.view());
  EXPECT_NE(other.find("  request {\n  }\n"), std::string::npos) << other;
  EXPECT_EQ(other.find("response"), std::string::npos);
}

TEST(ExchangeEncoderTest, WritesEmptyValuesAndNamesThatCannotBeKnown) {
  ExampleExchange example = example_get();
  example.request_headers = {{"Accept", ""}, {"", "x"}, {"", "", false}};
  example.response_headers.clear();
  const std::string text = decoded_batch(example.view());
  EXPECT_NE(text.find("name: \"Accept\"\n      value: \"\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("    headers {\n      value: \"x\"\n    }\n"
                      "    headers {\n      unknown: true\n    }\n"),
            std::string::npos)
      << text;
}

TEST(ExchangeEncoderTest, MakesUtf8OfEveryString) {
  ExampleExchange example = example_get();
  example.request.method = "G\xC9T";
  example.request.scheme = "\xFF";
  example.request.authority =
      "b\xFC"
      "ro";
  example.request.path = "/\xE4?\xE4";
  example.request_headers = {{"X-\xD6", "caf\xE9"}};
  example.response.reason =
      "\xA1"
      "bueno!";
  // protoc refuses a string of proto3 that is not UTF-8.
  const std::string text = decoded_batch(example.view());
  EXPECT_NE(text.find(R"(method: "G\303\211T")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(scheme: "\303\277")"), std::string::npos);
  EXPECT_NE(text.find(R"(authority: "b\303\274ro")"), std::string::npos);
  EXPECT_NE(text.find(R"(path: "/\303\244?\303\244")"), std::string::npos);
  EXPECT_NE(text.find(R"(name: "X-\303\226")"), std::string::npos);
  EXPECT_NE(text.find(R"(value: "caf\303\251")"), std::string::npos);
  EXPECT_NE(text.find(R"(reason: "\302\241bueno!")"), std::string::npos);
}

TEST(ExchangeEncoderTest, AsksTheRedactionForEverythingThatItMayChange) {
  ExampleExchange example = example_get();
  example.request_headers = {{"Authorization", "Bearer s3cr3t"}, {"Referer", "original"}, {"Accept", "*/*"}};
  example.response_trailers = {{"Authorization", "s3cr3t"}, {"Authorization", "", false}};
  const std::array<exchange::HeaderField, 1> early{{{"Authorization", "s3cr3t"}}};
  const std::array<exchange::InformationalView, 1> informational{{{103, early}}};
  example.base.informational = informational;
  const MarkingRedaction redaction;
  const std::string text = decoded_batch(example.view(), {.redaction = &redaction});
  EXPECT_EQ(text.find("s3cr3t"), std::string::npos);
  EXPECT_NE(text.find("name: \"Authorization\"\n      redacted: true\n"), std::string::npos) << text;
  EXPECT_NE(text.find("name: \"Authorization\"\n      unknown: true\n"), std::string::npos) << text;
  EXPECT_NE(text.find("value: \"shown referer\"\n"), std::string::npos);
  EXPECT_NE(text.find("value: \"*/*\"\n"), std::string::npos);
  EXPECT_NE(text.find("path: \"/shown\"\n"), std::string::npos);
  EXPECT_NE(text.find("authority: \"shown-host\"\n"), std::string::npos);
}

TEST(ExchangeEncoderTest, HasValuesJudgedThatAreMarked) {
  const MarkingRedaction redaction;
  const auto shown = [&](const exchange::HeaderField& header) {
    ExampleExchange example = example_get();
    example.request_headers.clear();
    example.response_headers = {header};
    const std::string text = decoded_batch(example.view(), {.redaction = &redaction});
    const auto begin = text.find("headers {");
    return text.substr(begin, text.find("    }\n", begin) - begin);
  };
  const auto headers = [](std::string name, std::string content) {
    return "headers {\n      name: \"" + std::move(name) + "\"\n      " + std::move(content) + "\n";
  };
  EXPECT_EQ(shown({"X-A", "bytes"}), headers("X-A", R"(value: "bytes")"));
  EXPECT_EQ(shown({"X-A", "a/b"}), headers("X-A", R"(value: "a/b")"));
  EXPECT_EQ(shown({"X-A", "a?b"}), headers("X-A", R"(value: "judged a?b")"));
  EXPECT_EQ(shown({"X-A", "http://h/"}), headers("X-A", R"(value: "judged http://h/")"));
  EXPECT_EQ(shown({"X-A", "Bearer s3cr3t"}), headers("X-A", "redacted: true"));
  EXPECT_EQ(shown({"X-A", "basic s3cr3t"}), headers("X-A", R"(value: "judged basic s3cr3t")"));
  EXPECT_EQ(shown({"X-A", "eyJ.e.y"}), headers("X-A", R"(value: "judged eyJ.e.y")"));
  EXPECT_EQ(shown({"X-A", "\xE9?"}), headers("X-A", R"(value: "judged \303\251?")"));
  EXPECT_EQ(shown({"X-Any", "Bearer a?b"}), headers("X-Any", R"(value: "Bearer a?b")"));
  EXPECT_EQ(shown({.name = "X-A", .value = "s3cr3t", .never_indexed = true}), headers("X-A", "redacted: true"));
  EXPECT_EQ(shown({.name = "X-Any", .value = "s3cr3t", .never_indexed = true}), headers("X-Any", "redacted: true"));
  const std::string long_name(100, 'n');
  EXPECT_EQ(shown({long_name, "Bearer s3cr3t"}), headers(long_name, "redacted: true"));
  EXPECT_EQ(shown({long_name, "abc"}), headers(long_name, R"(value: "judged abc")"));
}

TEST(ExchangeEncoderTest, AsksAnotherRedactionAnew) {
  ExampleExchange example = example_get();
  example.request_headers = {{"Authorization", "s3cr3t"}};
  const MarkingRedaction redaction;
  ExchangeEncoder encoder;
  OutputBuffer open;
  encoder.append(example.view(), {}, open);
  EXPECT_NE(decoded("TapBatch", open.view()).find("s3cr3t"), std::string::npos);
  OutputBuffer redacted;
  encoder.append(example.view(), {.redaction = &redaction}, redacted);
  EXPECT_EQ(decoded("TapBatch", redacted.view()).find("s3cr3t"), std::string::npos);
}

// Room is made again and again, at every place where it may be missing, and lengths take one, two and three bytes.
TEST(ExchangeEncoderTest, WritesTheSameIntoABufferThatGrows) {
  OutputBuffer roomy;
  roomy.written_to(roomy.room(1U << 20U));
  ExchangeEncoder encoder;
  for (const std::size_t more : {std::size_t{0}, std::size_t{16'300}}) {
    for (std::size_t size = more; size < more + 300; ++size) {
      const std::string text(size, 't');
      const std::string foreign(size, '\xFC');
      ExampleExchange example = example_get();
      example.request.path = text;
      example.request.body = {text, true};
      example.request_headers = {{"a", text}, {text, "a"}, {"b", foreign}, {"Authorization", text}};
      example.response.reason = foreign;
      roomy.clear();
      OutputBuffer fresh;
      encoder.append(example.view(), {.body_bytes = 100'000}, roomy);
      encoder.append(example.view(), {.body_bytes = 100'000}, fresh);
      ASSERT_EQ(fresh.view(), roomy.view()) << size;
    }
  }
  EXPECT_NE(decoded("TapBatch", roomy.view()).find("headers"), std::string::npos);
}

TEST(ExchangeEncoderTest, CutsBodiesAndSaysSo) {
  ExampleExchange example = example_get();
  example.request.body = {"0123456789", false};
  example.response.body = {std::string_view("\0\xFF", 2), true};
  EXPECT_EQ(decoded_batch(example.view()).find("body {"), std::string::npos);

  const std::string cut = decoded_batch(example.view(), {.body_bytes = 4});
  EXPECT_NE(cut.find("    body {\n      content: \"0123\"\n      truncated: true\n    }\n"), std::string::npos) << cut;
  EXPECT_NE(cut.find("    body {\n      content: \"\\000\\377\"\n      truncated: true\n    }\n"), std::string::npos);

  const std::string whole = decoded_batch(example.view(), {.body_bytes = 10});
  EXPECT_NE(whole.find("    body {\n      content: \"0123456789\"\n    }\n"), std::string::npos) << whole;
}

TEST(ExchangeEncoderTest, LeavesOutABodyThatIsNotThere) {
  ExampleExchange example = example_get();
  EXPECT_EQ(decoded_batch(example.view(), {.body_bytes = 10}).find("body {"), std::string::npos);
  example.response.body.truncated = true;
  EXPECT_NE(decoded_batch(example.view(), {.body_bytes = 10}).find("    body {\n      truncated: true\n    }\n"),
            std::string::npos);
}

TEST(ExchangeEncoderTest, WritesTimesBeforeTheEpoch) {
  ExampleExchange example = example_get();
  const std::string text = decoded_batch(example.view(), {.wall_clock_offset_ns = -5'000'000'001});
  EXPECT_NE(text.find("  start_seconds: -1\n  start_nanos: 999999999\n"), std::string::npos) << text;
}

// Lengths need one, two and three bytes as varints at these sizes.
TEST(ExchangeEncoderTest, WritesHeadersOfEverySize) {
  for (const std::size_t size : {0U, 1U, 110U, 118U, 126U, 127U, 128U, 129U, 16'370U, 16'383U, 16'384U, 70'000U}) {
    ExampleExchange example = example_get();
    const std::string value(size, 'v');
    example.request_headers = {{"a", value}, {"after", "it"}};
    const std::string text = decoded_batch(example.view());
    EXPECT_NE(text.find("value: \"" + value + "\"\n"), std::string::npos) << size;
    EXPECT_NE(text.find("name: \"after\"\n      value: \"it\"\n"), std::string::npos) << size;
  }
}

}  // namespace
}  // namespace podwire::wire
