// One connection driven through the ConnectionSink interface, and what the engine tells of it.
#pragma once

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/exchange_engine.h"

namespace podwire::test {

inline const char* name(exchange::End end) {
  const char* const names[] = {"open", "complete", "reset", "closed", "upgraded", "detached"};
  return names[static_cast<int>(end)];
}

inline std::string names(const exchange::MissingSet& set) {
  const char* const all[] = {"joined-late",
                             "lost-packets",
                             "truncated",
                             "reordered-too-long",
                             "malformed",
                             "no-request",
                             "no-response",
                             "unknown-headers",
                             "headers-too-large",
                             "memory-full",
                             "too-many-streams",
                             "too-deep-pipeline",
                             "too-many-informational",
                             "evicted",
                             "idle"};
  static_assert(std::size(all) == static_cast<std::size_t>(exchange::Missing::kCount));
  std::string text;
  for (int i = 0; i < static_cast<int>(exchange::Missing::kCount); ++i) {
    if (set.has(static_cast<exchange::Missing>(i))) text += std::string(" ") + all[i];
  }
  return text;
}

inline const char* name(exchange::LossCause cause) {
  const char* const names[] = {"reorder-timeout", "reorder-buffer-full", "segment-not-captured",
                               "flow-evicted",    "malformed",           "tls",
                               "not-http",        "malformed-stream"};
  static_assert(std::size(names) == static_cast<std::size_t>(exchange::LossCause::kCount));
  return names[static_cast<int>(cause)];
}

// "grpc 2 messages 10 bytes 1 compressed", kinds that did not occur left out; "at least" when that is all that is
// known.
inline std::string text(const exchange::MessagesView* messages) {
  if (messages == nullptr) return "none";
  const char* const kinds[] = {"grpc", "text", "binary", "ping", "pong", "event"};
  std::string text = messages->exact ? "" : "at least ";
  for (const exchange::MessageCount& one : messages->counts) {
    if (one.count == 0) continue;
    text += std::string(kinds[static_cast<int>(one.kind)]) + ' ' + std::to_string(one.count) + '/' +
            std::to_string(one.bytes) + (one.compressed == 0 ? "" : '/' + std::to_string(one.compressed)) + ' ';
  }
  if (messages->close_code) text += "close " + std::to_string(*messages->close_code) + ' ';
  return text;
}

// A view with its texts copied.
struct SeenExchange {
  std::uint64_t id = 0;
  std::uint64_t start_ns = 0;
  exchange::Direction direction{};
  exchange::Protocol protocol{};
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::optional<std::uint64_t> first_ns;
  std::optional<std::uint64_t> duration_ns;
  std::optional<std::uint64_t> request_wire;
  std::optional<std::uint64_t> response_wire;
  std::string scheme, authority, request_headers, response_headers, request_trailers, response_trailers;
  std::string request_body, response_body, informational, reason;
  std::string request_messages, response_messages, connect_protocol;
  std::optional<std::string> method, path;
  std::optional<std::uint16_t> status;
  std::optional<std::uint64_t> request_bytes, response_bytes;
  std::optional<std::uint32_t> stream;
  std::optional<exchange::StreamReset> reset;
  exchange::End end{};
  exchange::MissingSet missing;
  bool pushed = false;
  bool response_truncated = false;
  bool announced = false;
  bool has_request = false;
  bool has_response = false;
  std::string line;
};

class Observed final : public exchange::ExchangeSink, public exchange::CaptureNeeds, public tcp::ConnectionControl {
 public:
  explicit Observed(exchange::ExchangeLimits limits = {}, std::uint64_t salt = 0) : engine(limits, *this, *this, salt) {
    info.flow_id = 1;
    info.attachment_id = 9;
    info.initiator.port = 40'000;
    info.responder.port = 80;
    info.initiator_hook = tcp::Hook::kEgress;
  }
  ~Observed() override { connection_.reset(); }

  // One line for each exchange and loss:
  // "complete GET /x 0 -> 200 5 joined-late": end, method, path or authority, body bytes of the request, status, body
  // bytes of the response, what is missing; "-" for what is not known.
  std::string text;
  std::vector<SeenExchange> exchanges;
  std::vector<std::uint64_t> skips;  // of either side
  bool ignored = false;
  std::uint32_t body_wanted = 0;
  tcp::ConnectionInfo info;
  std::uint64_t now = 1000;  // of the next call; each moves it by 10
  exchange::ExchangeEngine engine;

  Observed& client(std::string_view bytes) { return data(tcp::Side::kInitiator, bytes); }
  Observed& server(std::string_view bytes) { return data(tcp::Side::kResponder, bytes); }
  Observed& data(tcp::Side side, std::string_view bytes) {
    sink().data(side, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, tick());
    return *this;
  }
  Observed& client_gap(std::uint64_t bytes, tcp::GapCause cause = tcp::GapCause::kAcknowledgedUnseen) {
    sink().gap(tcp::Side::kInitiator, bytes, cause, tick());
    return *this;
  }
  Observed& server_gap(std::uint64_t bytes, tcp::GapCause cause = tcp::GapCause::kAcknowledgedUnseen) {
    sink().gap(tcp::Side::kResponder, bytes, cause, tick());
    return *this;
  }
  Observed& skipped(tcp::Side side, std::uint64_t bytes) {
    sink().skipped(side, bytes, tick());
    return *this;
  }
  Observed& end(tcp::Side side, tcp::StreamEnd how = tcp::StreamEnd::kFin) {
    sink().end(side, how, tick());
    return *this;
  }
  Observed& close(tcp::CloseCause cause = tcp::CloseCause::kEnded) {
    sink().close(cause, tick());
    connection_.reset();
    return *this;
  }
  std::string take() { return std::exchange(text, {}); }

  void exchange(const exchange::ExchangeView& view) override {
    exchanges.push_back(copy(view));
    text += exchanges.back().line + '\n';
  }
  void loss(std::uint32_t attachment_id, exchange::LossCause cause, const tcp::Endpoint& server,
            const exchange::TlsNames& names) override {
    text +=
        std::string("loss ") + name(cause) + ' ' + std::to_string(attachment_id) + ':' + std::to_string(server.port);
    if (!names.server_name.empty()) text += ' ' + std::string(names.server_name);
    for (const std::string& protocol : names.protocols) text += ' ' + protocol;
    text += '\n';
  }
  std::uint32_t body_bytes(std::uint32_t) override { return body_wanted; }
  void skip(tcp::Side, std::uint64_t bytes) override { skips.push_back(bytes); }
  void ignore() override { ignored = true; }

  static SeenExchange copy(const exchange::ExchangeView& view) {
    SeenExchange seen;
    seen.id = view.id;
    seen.start_ns = view.start_monotime_ns;
    seen.direction = view.direction;
    seen.protocol = view.protocol;
    seen.source_port = view.source.port;
    seen.destination_port = view.destination.port;
    seen.first_ns = view.first_response_byte_nanos;
    seen.duration_ns = view.duration_nanos;
    seen.announced = view.announced;
    seen.stream = view.stream;
    seen.reset = view.reset;
    seen.pushed = view.pushed;
    seen.end = view.end;
    seen.missing = view.missing;
    seen.has_request = view.request != nullptr;
    seen.has_response = view.response != nullptr;
    const auto number = [](std::optional<std::uint64_t> value) { return value ? std::to_string(*value) : "-"; };
    std::string line = name(view.end);
    if (view.request != nullptr) {
      seen.scheme = view.request->scheme.value_or("-");
      seen.authority = view.request->authority.value_or("-");
      seen.request_headers = fields(view.request->headers);
      seen.request_trailers = fields(view.request->trailers);
      seen.request_body = view.request->body.content;
      seen.request_wire = view.request->wire_bytes;
      seen.request_bytes = view.request->body_bytes;
      seen.request_messages = test::text(view.request->messages);
      seen.connect_protocol = view.request->connect_protocol.value_or("");
      if (view.request->method) seen.method = *view.request->method;
      if (view.request->path) seen.path = *view.request->path;
      line += ' ' + std::string(view.request->method.value_or("-")) + ' ' +
              std::string(view.request->path ? *view.request->path : view.request->authority.value_or("-")) + ' ' +
              number(view.request->body_bytes);
    } else {
      line += " -";
    }
    line += " -> ";
    if (view.response != nullptr) {
      seen.reason = view.response->reason.value_or("-");
      seen.response_headers = fields(view.response->headers);
      seen.response_trailers = fields(view.response->trailers);
      seen.response_body = view.response->body.content;
      seen.response_truncated = view.response->body.truncated;
      seen.response_wire = view.response->wire_bytes;
      seen.response_bytes = view.response->body_bytes;
      seen.response_messages = test::text(view.response->messages);
      seen.status = view.response->status;
      line += std::to_string(view.response->status.value_or(0)) + ' ' + number(view.response->body_bytes);
    } else {
      line += "-";
    }
    for (const exchange::InformationalView& one : view.informational) {
      seen.informational += std::to_string(one.status) + '(' + fields(one.headers) + ')';
    }
    seen.line = line + names(view.missing);
    return seen;
  }

 private:
  static std::string fields(std::span<const exchange::HeaderField> all) {
    std::string text;
    for (const exchange::HeaderField& field : all) {
      text += field.name.empty() ? "?" : std::string(field.name);
      text += '=' + (field.known ? std::string(field.value) : "?") + ';';
    }
    return text;
  }
  tcp::ConnectionSink& sink() {
    if (!connection_) connection_ = engine.connection(info, *this);
    return *connection_;
  }
  std::uint64_t tick() {
    const std::uint64_t then = now;
    now += 10;
    return then;
  }

  std::unique_ptr<tcp::ConnectionSink> connection_;
};

inline std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

inline std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace podwire::test
