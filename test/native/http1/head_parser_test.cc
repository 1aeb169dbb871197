#include "http1/head_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "guarded_text.h"
#include "http1/limits.h"
#include "splits.h"

namespace podwire::http1 {
namespace {

// "GET|/x|1" or "200|OK|1", then a line "name=value" for each field.
std::string describe(const Head& head) {
  std::string text;
  if (head.start.kind == MessageKind::kRequest) {
    text = std::string(head.method()) + '|' + std::string(head.target());
  } else {
    text = std::to_string(head.start.status) + '|' + std::string(head.start.reason.in(head.bytes));
  }
  text += '|' + std::to_string(head.start.version_minor);
  for (Field field : head.fields) {
    std::string copy(head.bytes);
    unfold(copy, field);
    text += '\n' + std::string(field.name(copy)) + '=' + std::string(field.value(copy));
  }
  return text;
}

struct Parsed {
  ParseOutcome outcome = ParseOutcome::kNeedMore;
  std::string head;
  std::size_t end = 0;
};

// Hands over the growing text, each time in new memory that ends before an unreadable page.
Parsed parse_pieces(MessageKind kind, const std::vector<std::string_view>& pieces) {
  HeadParser parser(kind);
  std::vector<Field> fields(kMaxFields);
  Parsed parsed;
  std::size_t passed = 0;
  for (const std::string_view piece : pieces) {
    passed += piece.size();
    const std::string_view stream(pieces.front().data(), passed);  // the pieces are neighbours
    const test::GuardedText guarded(stream);
    parsed.outcome = parser.parse(guarded.text(), fields);
    if (parsed.outcome == ParseOutcome::kNeedMore) continue;
    if (parsed.outcome == ParseOutcome::kComplete) {
      parsed.end = parser.end();
      parsed.head = describe({.bytes = guarded.text(),
                              .start = parser.start_line(),
                              .fields = std::span<const Field>(fields).first(parser.field_count())});
    }
    return parsed;
  }
  return parsed;
}

struct Rule {
  const char* paragraph;
  MessageKind kind;
  std::string text;
  ParseOutcome outcome;
  std::string head;  // when complete
};

constexpr auto kRequest = MessageKind::kRequest;
constexpr auto kResponse = MessageKind::kResponse;
constexpr auto kComplete = ParseOutcome::kComplete;
constexpr auto kMalformed = ParseOutcome::kMalformed;
constexpr auto kNeedMore = ParseOutcome::kNeedMore;

const std::vector<Rule>& rules() {
  using namespace std::string_literals;
  static const std::vector<Rule> all = {
      {"9112 3.2.1 origin-form", kRequest, "GET /where?q=now HTTP/1.1\r\nHost: www.example.org\r\n\r\n", kComplete,
       "GET|/where?q=now|1\nHost=www.example.org"},
      {"9112 3.2.2 absolute-form", kRequest, "GET http://www.example.org/pub HTTP/1.1\r\n\r\n", kComplete,
       "GET|http://www.example.org/pub|1"},
      {"9112 3.2.3 authority-form", kRequest, "CONNECT www.example.com:80 HTTP/1.1\r\n\r\n", kComplete,
       "CONNECT|www.example.com:80|1"},
      {"9112 3.2.4 asterisk-form", kRequest, "OPTIONS * HTTP/1.1\r\n\r\n", kComplete, "OPTIONS|*|1"},
      {"9112 2.3 HTTP/1.0", kRequest, "GET / HTTP/1.0\r\n\r\n", kComplete, "GET|/|0"},
      {"9110 2.5 a higher minor version is the highest known", kRequest, "GET / HTTP/1.7\r\n\r\n", kComplete,
       "GET|/|1"},
      {"9112 2.3 the name is case-sensitive", kRequest, "GET / http/1.1\r\n\r\n", kMalformed, ""},
      {"9112 2.3 another major version", kRequest, "PRI * HTTP/2.0\r\n\r\n", kMalformed, ""},
      {"9112 3 no version", kRequest, "GET /\r\n\r\n", kMalformed, ""},
      {"9112 3 no target", kRequest, "GET HTTP/1.1\r\n\r\n", kMalformed, ""},
      {"9112 3 a space in the target", kRequest, "GET /a b HTTP/1.1\r\n\r\n", kMalformed, ""},
      {"9112 3 word boundaries", kRequest, "GET \t /x  HTTP/1.1 \r\n\r\n", kComplete, "GET|/x|1"},
      {"9110 9.1 a method is a token", kRequest, "M-SEARCH /x HTTP/1.1\r\n\r\n", kComplete, "M-SEARCH|/x|1"},
      {"9110 9.1 not a token", kRequest, "G(T /x HTTP/1.1\r\n\r\n", kMalformed, ""},
      {"9112 2.2 empty lines before", kRequest, "\r\n\n\r\nGET / HTTP/1.1\r\n\r\n", kComplete, "GET|/|1"},
      {"9112 2.2 a single LF ends a line", kRequest, "GET / HTTP/1.1\nHost: a\nB: c\n\n", kComplete,
       "GET|/|1\nHost=a\nB=c"},
      {"9112 2.2 a bare CR in the start line", kRequest, "GET /\rx HTTP/1.1\r\n\r\n", kMalformed, ""},
      {"9112 2.2 a bare CR in a value", kRequest, "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", kMalformed, ""},
      {"9112 2.2 a bare CR after the head", kRequest, "GET / HTTP/1.1\r\n\rx\n", kMalformed, ""},
      {"9112 2.2 white space before the first field", kRequest, "GET / HTTP/1.1\r\n A: b\r\n\r\n", kMalformed, ""},
      {"9112 5 white space around a value", kRequest, "GET / HTTP/1.1\r\nA: \t b c \t \r\nD:e\r\n\r\n", kComplete,
       "GET|/|1\nA=b c\nD=e"},
      {"9110 5.5 an empty value", kRequest, "GET / HTTP/1.1\r\nA:\r\nB: \r\n\r\n", kComplete, "GET|/|1\nA=\nB="},
      {"9110 5.5 obs-text", kRequest, "GET /\xc3\xa4 HTTP/1.1\r\nA: \xe4\xff\r\n\r\n", kComplete,
       "GET|/\xc3\xa4|1\nA=\xe4\xff"},
      {"9110 5.5 NUL in a value", kRequest, "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"s, kMalformed, ""},
      {"9110 5.5 other control characters are kept", kRequest,
       "GET / HTTP/1.1\r\nA: b\x01\t\x7f"
       "c\r\n\r\n",
       kComplete,
       "GET|/|1\nA=b\x01\t\x7f"
       "c"},
      {"9112 5.1 white space before the colon of a request", kRequest, "GET / HTTP/1.1\r\nA : b\r\n\r\n", kMalformed,
       ""},
      {"9112 5.1 white space before the colon of a response", kResponse, "HTTP/1.1 200 OK\r\nA \t: b\r\n\r\n",
       kComplete, "200|OK|1\nA=b"},
      {"9112 5 no colon", kRequest, "GET / HTTP/1.1\r\nabc\r\nA: b\r\n\r\n", kMalformed, ""},
      {"9112 5 no name", kRequest, "GET / HTTP/1.1\r\n: b\r\n\r\n", kMalformed, ""},
      {"9110 5.1 a name is a token", kRequest, "GET / HTTP/1.1\r\nA(: b\r\n\r\n", kMalformed, ""},
      {"9112 5.2 obs-fold", kRequest, "GET / HTTP/1.1\r\nA: b \r\n \t c\r\n\td\r\nE: f\r\n\r\n", kComplete,
       "GET|/|1\nA=b c d\nE=f"},
      {"9112 5.2 obs-fold after an empty value", kResponse, "HTTP/1.1 200 OK\r\nA:\r\n  b\r\n\r\n", kComplete,
       "200|OK|1\nA=b"},
      {"9112 5.2 obs-fold of white space alone", kRequest, "GET / HTTP/1.1\r\nA: b\r\n  \r\nC: d\r\n\r\n", kComplete,
       "GET|/|1\nA=b\nC=d"},
      {"9112 4 status line", kResponse, "HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n", kComplete, "404|Not Found|1\nA=b"},
      {"9112 4 empty reason", kResponse, "HTTP/1.1 200 \r\n\r\n", kComplete, "200||1"},
      {"9112 4 absent reason", kResponse, "HTTP/1.0 200\r\n\r\n", kComplete, "200||0"},
      {"9112 4 obs-text in the reason", kResponse,
       "HTTP/1.1 200 \xdc"
       "ber\r\n\r\n",
       kComplete,
       "200|\xdc"
       "ber|1"},
      {"9112 4 two digits", kResponse, "HTTP/1.1 20 OK\r\n\r\n", kMalformed, ""},
      {"9112 4 four digits", kResponse, "HTTP/1.1 2000 OK\r\n\r\n", kMalformed, ""},
      {"9110 15 below 100", kResponse, "HTTP/1.1 099 X\r\n\r\n", kMalformed, ""},
      {"9112 4 another protocol", kResponse, "ICY 200 OK\r\n\r\n", kMalformed, ""},
      {"no end yet", kRequest, "GET / HTTP/1.1\r\nHost: a\r\n", kNeedMore, ""},
      {"no end yet: CR of the last line", kRequest, "GET / HTTP/1.1\r\nHost: a\r\n\r", kNeedMore, ""},
      {"no line yet", kResponse, "HTT", kNeedMore, ""},
      {"first bytes of no request", kRequest, "\x16\x03\x01", kMalformed, ""},
      {"first bytes of no response", kResponse, "HTTP/2", kMalformed, ""},
  };
  return all;
}

TEST(HeadParser, ReadsAsTheSpecificationSaysAcrossAnySplit) {
  for (const Rule& rule : rules()) {
    for (const test::Split& split : test::splits(rule.text)) {
      SCOPED_TRACE(std::string(rule.paragraph) + ", " + split.name);
      const Parsed parsed = parse_pieces(rule.kind, split.pieces);
      ASSERT_EQ(static_cast<int>(parsed.outcome), static_cast<int>(rule.outcome));
      ASSERT_EQ(parsed.head, rule.head);
      if (rule.outcome == kComplete) {
        ASSERT_EQ(parsed.end, rule.text.size());
      }
    }
  }
}

// A head that comes whole is read in one pass where its lines are as nearly all are, one that comes byte by byte never
// is: whatever byte stands where, both say the same.
TEST(HeadParser, ReadsWholeAsByteByByte) {
  const std::pair<MessageKind, std::string> heads[] = {
      {MessageKind::kRequest, "GET /a?b HTTP/1.1\r\nHost: a.b\r\nX-Long-Field-Name-1: v\tw  \r\nE:\r\n\r\n"},
      {MessageKind::kResponse, "HTTP/1.1 200 OK then\r\nDate: Sun, 22 Nov\r\nX-Long-Field-Name-1:  v \r\n\r\n"}};
  const auto parse = [](MessageKind kind, const std::string& text, std::size_t first) {
    HeadParser parser(kind);
    std::vector<Field> fields(8);
    Parsed parsed;
    for (std::size_t size = first; size <= text.size() && parsed.outcome == ParseOutcome::kNeedMore; ++size) {
      parsed.outcome = parser.parse(std::string_view(text).substr(0, size), fields);
    }
    if (parsed.outcome != ParseOutcome::kComplete) return parsed;
    parsed.end = parser.end();
    parsed.head = describe({std::string_view(text).substr(0, parsed.end), parser.start_line(),
                            std::span<const Field>(fields).first(parser.field_count())});
    return parsed;
  };
  for (const auto& [kind, text] : heads) {
    ASSERT_EQ(parse(kind, text, text.size()).outcome, ParseOutcome::kComplete);
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int value = 0; value < 256; ++value) {
        std::string other = text;
        other[at] = static_cast<char>(value);
        const Parsed whole = parse(kind, other, other.size());
        const Parsed bytewise = parse(kind, other, 1);
        ASSERT_EQ(whole.outcome, bytewise.outcome) << at << ' ' << value;
        ASSERT_EQ(whole.head, bytewise.head) << at << ' ' << value;
        ASSERT_EQ(whole.end, bytewise.end) << at << ' ' << value;
      }
    }
  }
}

TEST(HeadParser, StopsBehindTheHead) {
  const std::string text = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\n";
  std::vector<Field> fields(4);
  HeadParser parser(kResponse);
  EXPECT_EQ(parser.parse(text, fields), kComplete);
  EXPECT_EQ(parser.end(), 25U);  // 17 + 6 + 2
}

TEST(HeadParser, AFullFieldArrayIsResumedWithALargerOne) {
  const std::string text = "GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n";
  std::vector<Field> fields(2);
  HeadParser parser(kRequest);
  EXPECT_EQ(parser.parse(text, fields), ParseOutcome::kTooManyFields);
  fields.resize(3);
  EXPECT_EQ(parser.parse(text, fields), kComplete);
  EXPECT_EQ(fields[2].name(text), "C");
}

TEST(HeadParser, FieldsAreBounded) {
  std::string text = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < kMaxFields; ++i) text += "A: b\r\n";
  std::vector<Field> fields(kMaxFields + 10);
  HeadParser most(kRequest);
  EXPECT_EQ(most.parse(text + "\r\n", fields), kComplete);
  HeadParser more(kRequest);
  EXPECT_EQ(more.parse(text + "A: b\r\n\r\n", fields), ParseOutcome::kTooManyFields);
}

TEST(HeadParser, SizeIsBounded) {
  std::vector<Field> fields(4);
  const std::string value(kMaxHeadBytes, 'v');
  HeadParser field(kRequest);
  EXPECT_EQ(field.parse("GET / HTTP/1.1\r\nA: " + value, fields), ParseOutcome::kHeadTooLarge);
  HeadParser whole(kRequest);
  EXPECT_EQ(whole.parse("GET / HTTP/1.1\r\nA: " + value + "\r\n\r\n", fields), ParseOutcome::kHeadTooLarge);
  HeadParser target(kRequest);
  EXPECT_EQ(target.parse("GET /" + value, fields), ParseOutcome::kHeadTooLarge);
  HeadParser allowed(kRequest);
  const std::string most = "GET / HTTP/1.1\r\nA: " + value.substr(0, kMaxHeadBytes - 23) + "\r\n\r\n";
  ASSERT_EQ(most.size(), kMaxHeadBytes);
  EXPECT_EQ(allowed.parse(most, fields), kComplete);
}

TEST(HeadParser, WhatFailedStaysFailed) {
  std::vector<Field> fields(4);
  HeadParser parser(kRequest);
  EXPECT_EQ(parser.parse("\x01", fields), kMalformed);
  EXPECT_EQ(parser.parse("GET / HTTP/1.1\r\n\r\n", fields), kMalformed);
}

}  // namespace
}  // namespace podwire::http1
