#include <algorithm>

#include "grpc/message_reader.h"

namespace podwire::grpc {
namespace {

constexpr bool is_white_space(char c) { return c == ' ' || c == '\t'; }

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// From the end, where media types differ soonest.
bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() && std::equal(text.rbegin(), text.rend(), lower_case.rbegin(),
                                                        [](char c, char lowered) { return lower(c) == lowered; });
}

}  // namespace

std::string_view media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && is_white_space(type.front())) type.remove_prefix(1);
  while (!type.empty() && is_white_space(type.back())) type.remove_suffix(1);
  return type;
}

std::optional<Encoding> encoding_of(std::string_view content_type) {
  constexpr std::string_view kGrpc = "application/grpc";
  std::string_view type = media_type(content_type);
  if (!equal_ignoring_case(type.substr(0, kGrpc.size()), kGrpc)) return std::nullopt;
  type = type.substr(0, type.find('+'));
  if (equal_ignoring_case(type, kGrpc)) return Encoding::kGrpc;
  if (equal_ignoring_case(type, "application/grpc-web")) return Encoding::kGrpcWeb;
  if (equal_ignoring_case(type, "application/grpc-web-text")) return Encoding::kGrpcWebText;
  if (equal_ignoring_case(type, "application/grpc-web-text-base64")) return Encoding::kGrpcWebText;
  return std::nullopt;
}

}  // namespace podwire::grpc
