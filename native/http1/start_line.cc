#include "http1/start_line.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "http1/character_class.h"
#include "http1/find_byte.h"
#include "http1/limits.h"

namespace podwire::http1 {
namespace {

constexpr std::string_view kVersionPrefix = "HTTP/1.";
constexpr std::size_t kVersionBytes = kVersionPrefix.size() + 1;

// Sorted. PRI is left out: it is reserved for the preface of HTTP/2 (RFC 9113, section 11.6).
constexpr auto kRegisteredMethods = std::to_array<std::string_view>({"ACL",
                                                                     "BASELINE-CONTROL",
                                                                     "BIND",
                                                                     "CHECKIN",
                                                                     "CHECKOUT",
                                                                     "CONNECT",
                                                                     "COPY",
                                                                     "DELETE",
                                                                     "GET",
                                                                     "HEAD",
                                                                     "LABEL",
                                                                     "LINK",
                                                                     "LOCK",
                                                                     "MERGE",
                                                                     "MKACTIVITY",
                                                                     "MKCALENDAR",
                                                                     "MKCOL",
                                                                     "MKREDIRECTREF",
                                                                     "MKWORKSPACE",
                                                                     "MOVE",
                                                                     "OPTIONS",
                                                                     "ORDERPATCH",
                                                                     "PATCH",
                                                                     "POST",
                                                                     "PROPFIND",
                                                                     "PROPPATCH",
                                                                     "PUT",
                                                                     "REBIND",
                                                                     "REPORT",
                                                                     "SEARCH",
                                                                     "TRACE",
                                                                     "UNBIND",
                                                                     "UNCHECKOUT",
                                                                     "UNLINK",
                                                                     "UNLOCK",
                                                                     "UPDATE",
                                                                     "UPDATEREDIRECTREF",
                                                                     "VERSION-CONTROL"});
static_assert(std::is_sorted(kRegisteredMethods.begin(), kRegisteredMethods.end()));

std::optional<std::uint8_t> minor_version(std::string_view version) {
  if (version.size() != kVersionBytes || !version.starts_with(kVersionPrefix) || !is_digit(version.back())) {
    return std::nullopt;
  }
  return version.back() == '0' ? std::uint8_t{0} : std::uint8_t{1};
}

// "HTTP/1.0" and "HTTP/1.1", which nearly all lines have.
std::optional<std::uint8_t> plain_minor_version(const char* version) {
  if (std::memcmp(version, kVersionPrefix.data(), kVersionPrefix.size()) != 0) return std::nullopt;
  const char minor = version[kVersionPrefix.size()];
  return minor == '0' || minor == '1' ? std::optional(static_cast<std::uint8_t>(minor - '0')) : std::nullopt;
}

std::string_view span_of(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

std::string_view drop_leading_white_space(std::string_view text) {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<RequestLine> parse_request_line(std::string_view line) {
  std::size_t method_end = 0;
  while (method_end < line.size() && is_token_byte(line[method_end])) ++method_end;
  if (method_end == 0 || method_end > kMaxMethodBytes || method_end == line.size()) return std::nullopt;
  if (!is_white_space(line[method_end])) return std::nullopt;

  RequestLine request;
  request.method = line.substr(0, method_end);
  std::string_view rest = trim_white_space(line.substr(method_end));
  if (rest.size() < kVersionBytes + 2) return std::nullopt;
  const auto minor = minor_version(rest.substr(rest.size() - kVersionBytes));
  if (!minor) return std::nullopt;
  request.version_minor = *minor;
  rest.remove_suffix(kVersionBytes);
  if (!is_white_space(rest.back())) return std::nullopt;
  request.target = trim_white_space(rest);
  if (request.target.empty() || !all_of_class(request.target, kTargetByte)) return std::nullopt;
  return request;
}

std::optional<StatusLine> parse_status_line(std::string_view line) {
  if (line.size() < kVersionBytes) return std::nullopt;
  const auto minor = minor_version(line.substr(0, kVersionBytes));
  if (!minor) return std::nullopt;
  std::string_view rest = line.substr(kVersionBytes);
  if (rest.empty() || !is_white_space(rest.front())) return std::nullopt;
  rest = drop_leading_white_space(rest);
  if (rest.size() < 3 || rest[0] == '0' || !is_digit(rest[0]) || !is_digit(rest[1]) || !is_digit(rest[2])) {
    return std::nullopt;
  }
  StatusLine status;
  status.version_minor = *minor;
  status.status = static_cast<std::uint16_t>((rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0'));
  rest.remove_prefix(3);
  if (rest.empty()) return status;
  if (!is_white_space(rest.front())) return std::nullopt;
  status.reason = trim_white_space(rest);
  if (status.reason.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) return std::nullopt;
  return status;
}

std::size_t read_plain_request_line(std::string_view bytes, RequestLine& request) {
  constexpr std::ptrdiff_t kBehindTarget = 1 + kVersionBytes + 2;  // SP HTTP/1.d CR LF
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* const method_end = find<BeyondPlainName>(begin, begin, end);
  if (method_end == begin || method_end - begin > std::ptrdiff_t{kMaxMethodBytes}) return 0;
  if (method_end == end || *method_end != ' ') return 0;
  const char* const target_end = find<BeyondTarget>(begin, method_end + 1, end);
  if (target_end == method_end + 1 || end - target_end < kBehindTarget || *target_end != ' ') return 0;
  const auto minor = plain_minor_version(target_end + 1);
  const char* const line_end = target_end + kBehindTarget;
  if (!minor || line_end[-2] != '\r' || line_end[-1] != '\n') return 0;
  request.method = span_of(begin, method_end);
  request.target = span_of(method_end + 1, target_end);
  request.version_minor = *minor;
  return static_cast<std::size_t>(line_end - begin);
}

std::size_t read_plain_status_line(std::string_view bytes, StatusLine& status) {
  constexpr std::size_t kCode = kVersionBytes + 1;
  constexpr std::size_t kReason = kCode + 4;
  if (bytes.size() < kReason + 2) return 0;
  const auto minor = plain_minor_version(bytes.data());
  if (!minor || bytes[kVersionBytes] != ' ' || bytes[kReason - 1] != ' ' || bytes[kCode] == '0') return 0;
  const std::string_view code = bytes.substr(kCode, 3);
  if (!is_digit(code[0]) || !is_digit(code[1]) || !is_digit(code[2])) return 0;
  const char* const end = bytes.data() + bytes.size();
  const char* const reason = bytes.data() + kReason;
  const char* const reason_end = find<ControlByte>(bytes.data(), reason, end);
  if (end - reason_end < 2 || reason_end[0] != '\r' || reason_end[1] != '\n') return 0;
  if (*reason == ' ' || reason_end[-1] == ' ') return 0;
  status.version_minor = *minor;
  status.status = static_cast<std::uint16_t>((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
  status.reason = span_of(reason, reason_end);
  return static_cast<std::size_t>(reason_end + 2 - bytes.data());
}

bool could_begin_request_line(std::string_view bytes) {
  std::size_t method_end = 0;
  while (method_end < bytes.size() && method_end <= kMaxMethodBytes && is_token_byte(bytes[method_end])) ++method_end;
  if (method_end > kMaxMethodBytes) return false;
  if (method_end == bytes.size()) return true;
  if (method_end == 0 || !is_white_space(bytes[method_end])) return false;
  const std::string_view target = drop_leading_white_space(bytes.substr(method_end, kMaxMethodBytes));
  return target.empty() || is_target_byte(target.front());
}

bool begins_with_too_long_method(std::string_view bytes) {
  return bytes.size() > kMaxMethodBytes && all_of_class(bytes.substr(0, kMaxMethodBytes + 1), kTokenByte);
}

bool could_begin_status_line(std::string_view bytes) {
  constexpr std::string_view kShape = "HTTP/1.d";
  bytes = bytes.substr(0, 2 * kMaxMethodBytes);
  for (std::size_t i = 0; i < kShape.size() && i < bytes.size(); ++i) {
    if (kShape[i] == 'd' ? !is_digit(bytes[i]) : bytes[i] != kShape[i]) return false;
  }
  if (bytes.size() <= kShape.size()) return true;
  if (!is_white_space(bytes[kShape.size()])) return false;
  const std::string_view code = drop_leading_white_space(bytes.substr(kShape.size()));
  for (std::size_t i = 0; i < 3 && i < code.size(); ++i) {
    if (!is_digit(code[i]) || (i == 0 && code[i] == '0')) return false;
  }
  return code.size() <= 3 || is_white_space(code[3]) || code[3] == '\r' || code[3] == '\n';
}

bool resembles_status_line(std::string_view bytes) {
  constexpr std::string_view kShape = "HTTP/1.d ddd";
  static_assert(kShape.size() == kStatusLinePrefixBytes);
  for (std::size_t i = 0; i < kShape.size() && i < bytes.size(); ++i) {
    if (kShape[i] == 'd' ? !is_digit(bytes[i]) : bytes[i] != kShape[i]) return false;
  }
  return true;
}

std::optional<MethodRange> find_method(std::string_view line) {
  const std::string_view text = trim_white_space(line);
  if (text.size() < kVersionBytes || !minor_version(text.substr(text.size() - kVersionBytes))) return std::nullopt;
  const auto text_end = static_cast<std::size_t>(text.data() - line.data()) + text.size();
  const std::size_t version = text_end - kVersionBytes;
  if (version == 0) return std::nullopt;
  const auto target_last = line.find_last_not_of(" \t", version - 1);
  if (target_last == std::string_view::npos || target_last + 1 == version) return std::nullopt;
  const auto before_target = line.find_last_of(" \t", target_last);
  if (before_target == std::string_view::npos) return std::nullopt;
  const auto method_last = line.find_last_not_of(" \t", before_target);
  if (method_last == std::string_view::npos) return std::nullopt;
  MethodRange range{.begin = method_last + 1, .end = method_last + 1};
  while (range.begin > 0 && range.end - range.begin <= kMaxMethodBytes && is_token_byte(line[range.begin - 1])) {
    --range.begin;
  }
  if (range.begin == range.end) return std::nullopt;
  if (!all_of_class(line.substr(before_target + 1, target_last - before_target), kTargetByte)) return std::nullopt;
  return range;
}

bool is_registered_method(std::string_view method) {
  return std::binary_search(kRegisteredMethods.begin(), kRegisteredMethods.end(), method);
}

}  // namespace podwire::http1
