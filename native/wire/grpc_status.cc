#include "wire/grpc_status.h"

#include <charconv>

#include "grpc/message_reader.h"
#include "wire/header_lookup.h"

namespace podwire::wire {
namespace {

std::optional<GrpcStatusView> status_in(HeaderFields headers) {
  const auto* status = find_header(headers, "grpc-status");
  if (status == nullptr || !status->known) return std::nullopt;
  GrpcStatusView view;
  const char* end = status->value.data() + status->value.size();
  const auto parsed = std::from_chars(status->value.data(), end, view.code);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  const auto* message = find_header(headers, "grpc-message");
  if (message != nullptr && message->known) {
    view.message = message->value;
    view.sensitive = message->never_indexed;
  }
  return view;
}

}  // namespace

GrpcContent grpc_content(const exchange::ResponseView& response) {
  const auto* type = find_header(response.headers, "content-type");
  if (type == nullptr || !type->known) return GrpcContent::kUnknown;
  return grpc::encoding_of(type->value) ? GrpcContent::kYes : GrpcContent::kNo;
}

std::optional<GrpcStatusView> grpc_status(const exchange::ResponseView& response) {
  if (grpc_content(response) != GrpcContent::kYes) return std::nullopt;
  if (find_header(response.trailers, "grpc-status") != nullptr) return status_in(response.trailers);
  // The status may be the one that cannot be told apart.
  if (has_unknown_name(response.trailers)) return std::nullopt;
  return status_in(response.headers);
}

std::optional<std::uint64_t> grpc_timeout_nanos(const exchange::RequestView& request) {
  const auto* timeout = find_header(request.headers, "grpc-timeout");
  if (timeout == nullptr || !timeout->known) return std::nullopt;
  const auto* type = find_header(request.headers, "content-type");
  if (type == nullptr || !type->known || !grpc::encoding_of(type->value)) return std::nullopt;
  return grpc::parse_timeout(timeout->value);
}

}  // namespace podwire::wire
