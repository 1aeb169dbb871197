// What a gRPC call says in its headers: how long it may take, and how it ended (gRPC over HTTP/2, "Requests" and
// "Responses"; gRPC-Web has its trailers within the body, which are trailers here all the same).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "exchange/exchange.h"
#include "wire/ascii.h"

namespace podwire::wire {

struct GrpcStatusView {
  std::uint32_t code = 0;
  std::string_view message;  // still percent-encoded; empty when there is none
  bool sensitive = false;    // its sender marked the message so (RFC 7541, section 7.1.3)
};

enum class GrpcContent : std::uint8_t { kNo, kYes, kUnknown };

// False: a response of this content type is none of gRPC. A quick look, for the many that are not.
[[nodiscard]] constexpr bool may_be_grpc(std::string_view content_type) {
  constexpr std::string_view kType = "application/";
  constexpr std::string_view kSubtype = "grpc";
  if (content_type.size() < kType.size() + kSubtype.size()) return false;
  if (content_type.front() == ' ' || content_type.front() == '\t') return true;
  return equals_ignoring_case(content_type.substr(kType.size(), kSubtype.size()), kSubtype);
}

// By the content type; kUnknown when that header is not there or its value is not known.
[[nodiscard]] GrpcContent grpc_content(const exchange::ResponseView& response);

// Of a gRPC response: from its trailers, or from its headers when it has trailers only. nullopt: not a gRPC response,
// or its status was not seen, is unknown or not a number. A code that gRPC does not define is a code all the same.
// Points into the response.
[[nodiscard]] std::optional<GrpcStatusView> grpc_status(const exchange::ResponseView& response);

// Of a gRPC request. nullopt: not a gRPC request, or it named no timeout that can be read.
[[nodiscard]] std::optional<std::uint64_t> grpc_timeout_nanos(const exchange::RequestView& request);

}  // namespace podwire::wire
