#include "http1/message_framing.h"

#include <limits>

#include "http1/character_class.h"

namespace podwire::http1 {
namespace {

constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

struct LengthFields {
  bool has_transfer_encoding = false;
  bool chunked_last = false;    // of all codings of all fields
  bool chunked_before = false;  // chunked stands where it must not: not last, or twice
  bool has_length = false;
  bool length_valid = true;
  std::uint64_t length = 0;
};

// Calls `visit` with each element of a comma-separated list, commas in quoted strings aside (RFC 9110, section 5.6.1).
template <typename Visit>
void for_each_element(std::string_view list, Visit visit) {
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && quoted && list[i] == '\\') {
      ++i;
    } else if (i < list.size() && list[i] == '"') {
      quoted = !quoted;
    } else if (i >= list.size() || (list[i] == ',' && !quoted)) {
      const std::string_view element = trim_white_space(list.substr(begin, i - begin));
      if (!element.empty()) visit(element);
      begin = i + 1;
    }
  }
}

std::optional<std::uint64_t> parse_length(std::string_view digits) {
  std::uint64_t length = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (length > (kMaxLength - digit) / 10) return std::nullopt;
    length = length * 10 + digit;
  }
  return length;
}

void read_transfer_encoding(std::string_view value, LengthFields& found) {
  found.has_transfer_encoding = true;
  for_each_element(value, [&found](std::string_view coding) {
    if (found.chunked_last) found.chunked_before = true;
    found.chunked_last = equals_ignoring_case(coding, "chunked");
  });
}

// Identical values, in one field or in several, are one (RFC 9110, section 8.6).
void read_content_length(std::string_view value, LengthFields& found) {
  bool any = false;
  for_each_element(value, [&found, &any](std::string_view element) {
    const auto length = parse_length(element);
    if (!length || (found.has_length && *length != found.length)) found.length_valid = false;
    found.length = length.value_or(0);
    found.has_length = true;
    any = true;
  });
  if (!any) {
    found.has_length = true;
    found.length_valid = false;
  }
}

LengthFields read_length_fields(const Head& head) {
  LengthFields found;
  for (const Field& field : head.fields) {
    if (field.name_length == 14 && equals_ignoring_case(field.name(head.bytes), "content-length")) {
      read_content_length(field.value(head.bytes), found);
    } else if (field.name_length == 17 && equals_ignoring_case(field.name(head.bytes), "transfer-encoding")) {
      read_transfer_encoding(field.value(head.bytes), found);
    }
  }
  return found;
}

// Section 6.3, items 3 and 4; of HTTP/1.0, section 6.1 has the framing taken as faulty.
Framing transfer_coded(const Head& head, const LengthFields& found) {
  Framing framing;
  framing.body = found.chunked_last ? BodyKind::kChunked : BodyKind::kUntilClose;
  framing.doubtful = found.has_length || found.chunked_before || head.start.version_minor == 0;
  return framing;
}

std::optional<Framing> length_delimited(const LengthFields& found) {
  if (!found.length_valid) return std::nullopt;  // item 5
  Framing framing;                               // item 6
  framing.body = found.length == 0 ? BodyKind::kNone : BodyKind::kLength;
  framing.length = found.length;
  return framing;
}

}  // namespace

AnsweredMethod answered_method(std::string_view request_method) {
  if (request_method == "HEAD") return AnsweredMethod::kHead;
  return request_method == "CONNECT" ? AnsweredMethod::kConnect : AnsweredMethod::kOther;
}

std::optional<Framing> request_framing(const Head& head) {
  // RFC 9110, section 9.3.6: a CONNECT request has no content.
  if (head.method() == "CONNECT") return Framing{.body = BodyKind::kTunnel};
  const LengthFields found = read_length_fields(head);
  if (found.has_transfer_encoding) {
    if (!found.chunked_last || found.chunked_before) return std::nullopt;  // item 4: the length cannot be told
    return transfer_coded(head, found);
  }
  if (found.has_length) return length_delimited(found);
  return Framing{};  // item 7
}

std::optional<Framing> response_framing(const Head& head, AnsweredMethod answered) {
  const std::uint16_t status = head.start.status;
  // RFC 9110, section 15.2.2.
  if (status == 101) return Framing{.body = BodyKind::kTunnel};
  // Item 2, before item 1: 204 and the like to CONNECT are 2xx as well.
  if (answered == AnsweredMethod::kConnect && status >= 200 && status < 300) return Framing{.body = BodyKind::kTunnel};
  if (answered == AnsweredMethod::kHead || status < 200 || status == 204 || status == 304) return Framing{};  // item 1
  const LengthFields found = read_length_fields(head);
  if (found.has_transfer_encoding) return transfer_coded(head, found);
  if (found.has_length) return length_delimited(found);
  return Framing{.body = BodyKind::kUntilClose};  // item 8
}

}  // namespace podwire::http1
