// What a gRPC call says in its headers: how long it may take, and how it ended (gRPC over HTTP/2, "Requests" and
// "Responses"; gRPC-Web has its trailers within the body, which are trailers here all the same).
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
// or its status was not seen, is unknown or not a number. A code that gRPC does not define is a code all the same.
// Points into the response.
[[nodiscard]] std::optional<GrpcStatusView> grpc_status(const exchange::ResponseView& response);

// Of a gRPC request. nullopt: not a gRPC request, or it named no timeout that can be read.
[[nodiscard]] std::optional<std::uint64_t> grpc_timeout_nanos(const exchange::RequestView& request);

}  // namespace podwire::wire
