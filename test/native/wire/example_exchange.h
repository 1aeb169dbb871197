// One whole exchange over gRPC, with every field of the schema that the native side fills.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "exchange/exchange.h"

namespace podwire::testing {

inline tcp::Endpoint ipv4(std::array<std::uint8_t, 4> octets, std::uint16_t port) {
  tcp::Endpoint endpoint;
  std::copy(octets.begin(), octets.end(), endpoint.address.bytes.begin());
  endpoint.address.version = 4;
  endpoint.port = port;
  return endpoint;
}

inline tcp::Endpoint ipv6(std::array<std::uint8_t, 16> octets, std::uint16_t port) {
  tcp::Endpoint endpoint;
  endpoint.address = {octets, 6};
  endpoint.port = port;
  return endpoint;
}

// Owns what its view points at; `view()` may be called after any change of the members.
struct ExampleExchange {
  std::vector<exchange::HeaderField> request_headers;
  std::vector<exchange::HeaderField> request_trailers;
  std::vector<exchange::HeaderField> response_headers;
  std::vector<exchange::HeaderField> response_trailers;
  exchange::RequestView request;
  exchange::ResponseView response;
  bool has_request = true;
  bool has_response = true;
  exchange::ExchangeView base;

  [[nodiscard]] exchange::ExchangeView view() {
    request.headers = request_headers;
    request.trailers = request_trailers;
    response.headers = response_headers;
    response.trailers = response_trailers;
    exchange::ExchangeView view = base;
    view.request = has_request ? &request : nullptr;
    view.response = has_response ? &response : nullptr;
    return view;
  }
};

// GET http://backend:8080/api/cart?id=7 → 200 after 12.4 ms, complete.
inline ExampleExchange example_get() {
  ExampleExchange example;
  example.base.id = 0x0102030405060708;
  example.base.start_monotime_ns = 5'000'000'000;
  example.base.direction = exchange::Direction::kOutbound;
  example.base.source = ipv4({198, 18, 11, 3}, 43210);
  example.base.destination = ipv4({198, 18, 12, 3}, 8080);
  example.base.protocol = exchange::Protocol::kHttp11;
  example.base.first_response_byte_nanos = 12'400'000;
  example.base.duration_nanos = 13'100'000;
  example.base.end = exchange::End::kComplete;
  example.request.method = "GET";
  example.request.scheme = "http";
  example.request.authority = "backend:8080";
  example.request.path = "/api/cart?id=7";
  example.request.body_bytes = 0;
  example.request.wire_bytes = 412;
  example.request_headers = {{"Host", "backend:8080"}, {"Accept", "*/*"}};
  example.response.status = 200;
  example.response.reason = "OK";
  example.response.body_bytes = 1203;
  example.response.wire_bytes = 1498;
  example.response_headers = {{"Content-Type", "application/json"}};
  return example;
}

}  // namespace podwire::testing
