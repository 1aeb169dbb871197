#include <algorithm>

#include "grpc/message_reader.h"

namespace podwire::grpc {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The type and subtype: RFC 9110, section 8.3.1.
std::string_view media_type(std::string_view content_type) {
  constexpr std::string_view kWhiteSpace = " \t";
  std::string_view type = content_type.substr(0, content_type.find(';'));
  type.remove_prefix(std::min(type.find_first_not_of(kWhiteSpace), type.size()));
  return type.substr(0, type.find_last_not_of(kWhiteSpace) + 1);
}

bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

}  // namespace

std::optional<Encoding> encoding_of(std::string_view content_type) {
  std::string_view type = media_type(content_type);
  type = type.substr(0, type.find('+'));
  if (equal_ignoring_case(type, "application/grpc")) return Encoding::kGrpc;
  if (equal_ignoring_case(type, "application/grpc-web")) return Encoding::kGrpcWeb;
  if (equal_ignoring_case(type, "application/grpc-web-text")) return Encoding::kGrpcWebText;
  if (equal_ignoring_case(type, "application/grpc-web-text-base64")) return Encoding::kGrpcWebText;
  return std::nullopt;
}

}  // namespace podwire::grpc
