// Request line and status line: RFC 9112, sections 3 and 4.
#pragma once

#include <cstddef>
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

// The same of lines as nearly all are, in one pass: words parted by one SP, CR LF behind. `bytes` begin with the line;
// how many of them it has, with its end. 0: it is none of those, or has not come whole; then nothing is said of it.
[[nodiscard]] std::size_t read_plain_request_line(std::string_view bytes, RequestLine& request);
[[nodiscard]] std::size_t read_plain_status_line(std::string_view bytes, StatusLine& status);

// Could these be the first bytes of such a line? False only when parse_*_line refuses every line that begins so. Looks
// at no more than 2 * kMaxMethodBytes.
[[nodiscard]] bool could_begin_request_line(std::string_view bytes);
[[nodiscard]] bool could_begin_status_line(std::string_view bytes);
[[nodiscard]] inline bool could_begin(MessageKind kind, std::string_view bytes) {
  return kind == MessageKind::kRequest ? could_begin_request_line(bytes) : could_begin_status_line(bytes);
}
// The first word is longer than any method that is read.
[[nodiscard]] bool begins_with_too_long_method(std::string_view bytes);

// "HTTP/1.1 200": the bytes of a status line that are nearly always there and hardly ever elsewhere.
inline constexpr std::size_t kStatusLinePrefixBytes = 12;
// Whether the bytes are the beginning of that, or begin with it.
[[nodiscard]] bool resembles_status_line(std::string_view bytes);

// Where the method stands in a line that ends as a request line does, as offsets into it: the longest run of token
// bytes before the target. The end of something else may stand at its beginning when that was cut from the line.
struct MethodRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
[[nodiscard]] std::optional<MethodRange> find_method(std::string_view line);
// In the IANA's HTTP Method Registry, which RFC 9110, section 16.1 established.
[[nodiscard]] bool is_registered_method(std::string_view method);

}  // namespace podwire::http1
