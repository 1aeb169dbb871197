// How a gRPC call ended (gRPC over HTTP/2, "Responses").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "exchange/exchange.h"

namespace podwire::wire {

struct GrpcStatusView {
  std::uint32_t code = 0;
  std::string_view message;  // still percent-encoded; empty when there is none
};

enum class GrpcContent : std::uint8_t { kNo, kYes, kUnknown };

// By the content type; kUnknown when that header is not there or its value is not known.
[[nodiscard]] GrpcContent grpc_content(const exchange::ResponseView& response);

// Of a gRPC response: from its trailers, or from its headers when it has trailers only. nullopt: not a gRPC response,
// or its status was not seen, is unknown or not a number. Points into the response.
[[nodiscard]] std::optional<GrpcStatusView> grpc_status(const exchange::ResponseView& response);

}  // namespace podwire::wire
