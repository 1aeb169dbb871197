#include "random_http2_talk.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace podwire::test {
namespace {

constexpr tcp::Side kClient = Http2Conversation::kClient;
constexpr tcp::Side kServer = Http2Conversation::kServer;
constexpr int kAtOnce = 6;

std::string listed(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += name + '=' + value + ';';
  return text;
}

// "a=b;c=d;" in parts.
std::vector<std::string> parts(const std::string& list) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = list.find(';', at);
    all.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

// Of a section with fields that cannot be known, those that are known stand in the true one, in its order.
void expect_fields(const std::string& seen, const Fields& fields, const SeenExchange& exchange) {
  const std::string truth = listed(fields);
  if (!exchange.missing.has(exchange::Missing::kUnknownHeaders)) {
    EXPECT_EQ(seen, truth) << exchange.line;
    return;
  }
  const std::vector<std::string> true_parts = parts(truth);
  auto next = true_parts.begin();
  for (const std::string& part : parts(seen)) {
    const auto may_be = [&part](const std::string& one) {
      const std::string name = part.substr(0, part.find('='));
      const std::string value = part.substr(part.find('=') + 1);
      return (name == "?" || one.substr(0, one.find('=')) == name) &&
             (value == "?" || one.substr(one.find('=') + 1) == value);
    };
    next = std::find_if(next, true_parts.end(), may_be);
    ASSERT_NE(next, true_parts.end()) << part << " of " << seen << " in " << truth << ' ' << exchange.line;
    ++next;
  }
}

std::string counted(const TrueMessage& message) {
  if (message.messages == 0) return "";
  return "grpc " + std::to_string(message.messages) + '/' + std::to_string(message.message_bytes) + ' ';
}

void expect_messages(const std::string& seen, const TrueMessage& message, const SeenExchange& exchange) {
  const std::string at_least = "at least ";
  if (seen == "none") return;
  if (!seen.starts_with(at_least)) {
    EXPECT_EQ(seen, counted(message)) << exchange.line;
    return;
  }
  if (seen.size() == at_least.size()) return;
  EXPECT_LE(std::stoull(seen.substr(at_least.size() + 5)), message.messages) << seen << exchange.line;
}

}  // namespace

RandomHttp2Talk::RandomHttp2Talk(unsigned seed, int streams, int piece_bytes)
    : random_(seed), piece_bytes_(piece_bytes) {
  while (opened_ < streams || !scripts_.empty()) {
    if (opened_ < streams && (scripts_.empty() || (scripts_.size() < kAtOnce && below(3) == 0))) open();
    const std::size_t which = static_cast<std::size_t>(below(static_cast<int>(scripts_.size())));
    const std::uint32_t stream = scripts_[which].stream;
    const bool over = step(scripts_[which]);
    if (below(10) == 0) talk_.ping(below(2) == 0 ? kClient : kServer);
    if (over || below(2) == 0) talk_.pass();
    streams_.at(stream).end_segment = talk_.segments().size();
    if (over) scripts_.erase(scripts_.begin() + static_cast<std::ptrdiff_t>(which));
  }
  talk_.pass();
}

// Some that come again and are indexed, some that are new.
Fields RandomHttp2Talk::some_fields() {
  const std::pair<std::string, std::string> usual[] = {
      {"user-agent", "shopper/1"},   {"x-team", "cart"}, {"x-trace", "on"}, {"accept-language", "de"},
      {"cache-control", "no-store"}, {"x-shard", "7"}};
  Fields fields;
  for (const auto& one : usual) {
    if (below(2) == 0) fields.push_back(one);
  }
  for (int i = below(3); i > 0; --i) {
    fields.emplace_back("x-id-" + std::to_string(below(5)), std::to_string(random_() % 100'000));
  }
  return fields;
}

void RandomHttp2Talk::open() {
  talk_.pass();
  const std::size_t first_segment = talk_.segments().size();
  TrueExchange exchange;
  Script script{.request_pieces = below(4), .response_pieces = below(4), .informational = below(8) == 0};
  exchange.grpc = below(4) == 0;
  script.will_reset = below(12) == 0;
  exchange.method = exchange.grpc || script.request_pieces > 0 ? "POST" : "GET";
  exchange.path = "/" + std::to_string(opened_++);
  exchange.authority = below(2) == 0 ? "shop" : "cart";
  exchange.request.head = some_fields();
  if (exchange.grpc) exchange.request.head.emplace_back("content-type", "application/grpc");
  exchange.first_segment = first_segment;
  const Fields pseudo = {
      {":method", exchange.method}, {":scheme", "http"}, {":path", exchange.path}, {":authority", exchange.authority}};
  const Fields all = with(pseudo, exchange.request.head);
  const bool whole = script.request_pieces == 0 && !exchange.grpc;
  script.stream = whole ? talk_.request(all) : talk_.open_request(all);
  script.request_ended = whole;
  streams_[script.stream] = exchange;
  scripts_.push_back(script);
  talk_.pass();
}

bool RandomHttp2Talk::step(Script& script) {
  TrueExchange& exchange = streams_.at(script.stream);
  if (script.will_reset && below(5) == 0) {
    exchange.reset = true;
    talk_.reset(below(2) == 0 ? kClient : kServer, script.stream, 8);
    return true;
  }
  if (script.request_ended || below(2) == 0) return step_response(script, exchange);
  if (script.request_pieces-- > 0) {
    piece(kClient, script.stream, exchange.request, exchange.grpc);
  } else {
    exchange.request.trailers = below(6) == 0 ? Fields{{"x-checksum", std::to_string(random_() % 1000)}} : Fields{};
    talk_.end(kClient, script.stream, exchange.request.trailers);
    script.request_ended = true;
  }
  return false;
}

bool RandomHttp2Talk::step_response(Script& script, TrueExchange& exchange) {
  if (std::exchange(script.informational, false)) {
    exchange.has_informational = true;
    exchange.informational = some_fields();
    talk_.informational(script.stream, with({{":status", "103"}}, exchange.informational));
  } else if (!script.responded) {
    respond(script, exchange);
  } else if (script.response_pieces-- > 0) {
    piece(kServer, script.stream, exchange.response, exchange.grpc);
  } else if (script.request_ended) {
    exchange.response.trailers = exchange.grpc ? Fields{{"grpc-status", std::to_string(below(3))}} : Fields{};
    talk_.end(kServer, script.stream, exchange.response.trailers);
    return true;
  }
  return false;
}

void RandomHttp2Talk::respond(Script& script, TrueExchange& exchange) {
  const int statuses[] = {200, 200, 204, 404, 418, 503};
  exchange.status = statuses[below(6)];
  exchange.response.head = some_fields();
  if (exchange.grpc) exchange.response.head.emplace_back("content-type", "application/grpc");
  talk_.open_response(script.stream, with({{":status", std::to_string(exchange.status)}}, exchange.response.head));
  if (exchange.status == 204) script.response_pieces = 0;
  script.responded = true;
}

void RandomHttp2Talk::piece(tcp::Side from, std::uint32_t stream, TrueMessage& message, bool grpc) {
  std::string text(static_cast<std::size_t>(below(piece_bytes_)), '\0');
  for (char& c : text) c = static_cast<char>(random_());
  if (grpc) {
    ++message.messages;
    message.message_bytes += text.size();
    text = '\0' + big_endian(text.size(), 4) + text;
  }
  message.bytes += text.size();
  talk_.data(from, stream, text);
}

namespace {

void expect_whole(const SeenExchange& seen, const TrueExchange& exchange) {
  EXPECT_TRUE(seen.method && seen.path && seen.status && seen.request_bytes && seen.response_bytes) << seen.line;
  EXPECT_EQ(seen.informational, exchange.has_informational ? "103(" + listed(exchange.informational) + ')' : "");
  EXPECT_EQ(seen.request_trailers, listed(exchange.request.trailers)) << seen.line;
  EXPECT_EQ(seen.response_trailers, listed(exchange.response.trailers)) << seen.line;
}

// What is a lower bound until the message has ended.
void expect_sizes(const SeenExchange& seen, const TrueExchange& exchange) {
  EXPECT_EQ(seen.request_bytes.value_or(exchange.request.bytes), exchange.request.bytes) << seen.line;
  EXPECT_EQ(seen.response_bytes.value_or(exchange.response.bytes), exchange.response.bytes) << seen.line;
  if (seen.has_request) expect_messages(seen.request_messages, exchange.request, seen);
  if (seen.has_response) expect_messages(seen.response_messages, exchange.response, seen);
}

}  // namespace

void expect_true(const SeenExchange& seen, const TrueExchange& exchange) {
  EXPECT_EQ(seen.method.value_or(exchange.method), exchange.method) << seen.line;
  EXPECT_EQ(seen.path.value_or(exchange.path), exchange.path) << seen.line;
  EXPECT_EQ(int{seen.status.value_or(exchange.status)}, exchange.status) << seen.line;
  if (seen.has_request && seen.authority != "-") {
    EXPECT_EQ(seen.authority, exchange.authority) << seen.line;
  }
  if (seen.reset) {
    EXPECT_TRUE(exchange.reset && seen.reset->error_code == 8U) << seen.line;
  }
  if (seen.end == exchange::End::kComplete) {
    EXPECT_FALSE(exchange.reset) << seen.line;
    expect_sizes(seen, exchange);
  }
  if (seen.method) expect_fields(seen.request_headers, exchange.request.head, seen);
  if (seen.status) expect_fields(seen.response_headers, exchange.response.head, seen);
  if (!seen.request_trailers.empty()) expect_fields(seen.request_trailers, exchange.request.trailers, seen);
  if (!seen.response_trailers.empty()) expect_fields(seen.response_trailers, exchange.response.trailers, seen);
  if (seen.missing.empty() && seen.end == exchange::End::kComplete) expect_whole(seen, exchange);
}

}  // namespace podwire::test
