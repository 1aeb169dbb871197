// What the engine tells, as texts that tests compare.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>

#include "exchange/exchange.h"

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
                               "not-http",        "unrecognised",        "malformed-stream"};
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

inline std::string fields(std::span<const exchange::HeaderField> all) {
  std::string text;
  for (const exchange::HeaderField& field : all) {
    text += field.name.empty() ? "?" : std::string(field.name);
    text += '=' + (field.known ? std::string(field.value) : "?") + (field.never_indexed ? " (never indexed);" : ";");
  }
  return text;
}

inline std::string text(std::optional<std::uint64_t> value) { return value ? std::to_string(*value) : "-"; }

// The line's part, and what it leaves out.
inline std::string see_request(const exchange::RequestView* request, SeenExchange& seen) {
  seen.has_request = request != nullptr;
  if (request == nullptr) return "-";
  seen.scheme = request->scheme.value_or("-");
  seen.authority = request->authority.value_or("-");
  seen.request_headers = fields(request->headers);
  seen.request_trailers = fields(request->trailers);
  seen.request_body = request->body.content;
  seen.request_wire = request->wire_bytes;
  seen.request_bytes = request->body_bytes;
  seen.request_messages = text(request->messages);
  seen.connect_protocol = request->connect_protocol.value_or("");
  if (request->method) seen.method = *request->method;
  if (request->path) seen.path = *request->path;
  return std::string(request->method.value_or("-")) + ' ' + seen.path.value_or(seen.authority) + ' ' +
         text(request->body_bytes);
}

inline std::string see_response(const exchange::ResponseView* response, SeenExchange& seen) {
  seen.has_response = response != nullptr;
  if (response == nullptr) return "-";
  seen.reason = response->reason.value_or("-");
  seen.response_headers = fields(response->headers);
  seen.response_trailers = fields(response->trailers);
  seen.response_body = response->body.content;
  seen.response_truncated = response->body.truncated;
  seen.response_wire = response->wire_bytes;
  seen.response_bytes = response->body_bytes;
  seen.response_messages = text(response->messages);
  seen.status = response->status;
  return std::to_string(response->status.value_or(0)) + ' ' + text(response->body_bytes);
}

inline SeenExchange see(const exchange::ExchangeView& view) {
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
  const std::string request = see_request(view.request, seen);
  const std::string response = see_response(view.response, seen);
  seen.line = std::string(name(view.end)) + ' ' + request + " -> " + response + names(view.missing);
  for (const exchange::InformationalView& one : view.informational) {
    seen.informational += std::to_string(one.status) + '(' + fields(one.headers) + ')';
  }
  return seen;
}

}  // namespace podwire::test
