#include "wire/grpc_status.h"

#include <charconv>

#include "wire/ascii.h"

namespace podwire::wire {
namespace {

using Headers = std::span<const exchange::HeaderField>;

const exchange::HeaderField* find(Headers headers, std::string_view name) {
  for (const auto& header : headers) {
    if (equals_ignoring_case(header.name, name)) return &header;
  }
  return nullptr;
}

std::optional<GrpcStatusView> status_in(Headers headers) {
  const auto* status = find(headers, "grpc-status");
  if (status == nullptr || !status->known) return std::nullopt;
  GrpcStatusView view;
  const char* end = status->value.data() + status->value.size();
  const auto parsed = std::from_chars(status->value.data(), end, view.code);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  const auto* message = find(headers, "grpc-message");
  if (message != nullptr && message->known) view.message = message->value;
  return view;
}

}  // namespace

GrpcContent grpc_content(const exchange::ResponseView& response) {
  const auto* type = find(response.headers, "content-type");
  if (type == nullptr || !type->known) return GrpcContent::kUnknown;
  return starts_ignoring_case(type->value, "application/grpc") ? GrpcContent::kYes : GrpcContent::kNo;
}

std::optional<GrpcStatusView> grpc_status(const exchange::ResponseView& response) {
  if (grpc_content(response) != GrpcContent::kYes) return std::nullopt;
  if (find(response.trailers, "grpc-status") != nullptr) return status_in(response.trailers);
  return status_in(response.headers);
}

}  // namespace podwire::wire
