// Request line and status line: RFC 9112, sections 3 and 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace podwire::http1 {

enum class MessageKind : std::uint8_t { kRequest, kResponse };

// Views into the line. HTTP/1.x only.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::uint8_t version_minor = 1;
};

struct StatusLine {
  std::uint16_t status = 0;  // 100–999
  std::string_view reason;   // empty when empty or absent
  std::uint8_t version_minor = 1;
};

// `line` is without its terminator. Words may be parted by any run of SP and HTAB, and white space at the end is
// dropped (RFC 9112, section 3, allows that reading); HTTP/1.2 and later count as 1.1 (RFC 9110, section 2.5).
[[nodiscard]] std::optional<RequestLine> parse_request_line(std::string_view line);
[[nodiscard]] std::optional<StatusLine> parse_status_line(std::string_view line);

// Could these be the first bytes of such a line? Looks at no more than kMaxMethodBytes and a few.
[[nodiscard]] bool could_begin_request_line(std::string_view bytes);
[[nodiscard]] bool could_begin_status_line(std::string_view bytes);
[[nodiscard]] inline bool could_begin(MessageKind kind, std::string_view bytes) {
  return kind == MessageKind::kRequest ? could_begin_request_line(bytes) : could_begin_status_line(bytes);
}

// "HTTP/1.1 200": the bytes of a status line that are nearly always there and hardly ever elsewhere.
inline constexpr std::size_t kStatusLinePrefixBytes = 12;

// Where in this line a start line begins that runs to the line's end. It need not be the line's first byte: the end
// of a body may stand before it. Methods that are registered are preferred for where a request line begins.
[[nodiscard]] std::optional<std::size_t> find_start_line(MessageKind kind, std::string_view line);

}  // namespace podwire::http1
