#include "grpc/message_reader.h"

namespace podwire::grpc {
namespace {

constexpr std::size_t kMaxDigits = 8;

// 0: no unit.
constexpr std::uint64_t unit_nanos(char unit) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  switch (unit) {
    case 'H':
      return 3600 * kSecond;
    case 'M':
      return 60 * kSecond;
    case 'S':
      return kSecond;
    case 'm':
      return 1'000'000;
    case 'u':
      return 1'000;
    case 'n':
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::uint64_t> parse_timeout(std::string_view grpc_timeout) {
  if (grpc_timeout.size() < 2 || grpc_timeout.size() > kMaxDigits + 1) return std::nullopt;
  const std::uint64_t nanos = unit_nanos(grpc_timeout.back());
  if (nanos == 0) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : grpc_timeout.substr(0, grpc_timeout.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > kMaxTimeoutNanos / nanos) return std::nullopt;
  return value * nanos;
}

}  // namespace podwire::grpc
