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
  bool coding_invalid = false;  // a value that is no list of codings, or one that is spread over lines
  bool chunked_with_parameters = false;
  bool has_length = false;
  bool length_valid = true;
  std::uint64_t length = 0;
};

// White space around an element, with that of line folding.
std::string_view trim_folded(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Calls `visit` with each element of a comma-separated list, commas in quoted strings aside (RFC 9110, section 5.6.1).
// False: a quoted string has no end.
template <typename Visit>
bool for_each_element(std::string_view list, Visit visit) {
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && quoted && list[i] == '\\') {
      ++i;
    } else if (i < list.size() && list[i] == '"') {
      quoted = !quoted;
    } else if (i >= list.size() || (list[i] == ',' && !quoted)) {
      const std::string_view element = trim_folded(list.substr(begin, i - begin));
      if (!element.empty()) visit(element);
      begin = i + 1;
    }
  }
  return !quoted;
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

// Section 7: a coding is a token, with parameters behind a semicolon; chunked has none (section 7.1).
void read_transfer_encoding(std::string_view value, LengthFields& found) {
  found.has_transfer_encoding = true;
  bool any = false;
  const bool closed = for_each_element(value, [&found, &any](std::string_view coding) {
    const std::string_view name = trim_folded(coding.substr(0, coding.find(';')));
    if (name.empty() || !all_of_class(name, kTokenByte)) found.coding_invalid = true;
    if (found.chunked_last) found.chunked_before = true;
    found.chunked_last = equals_ignoring_case(name, "chunked");
    if (found.chunked_last && name.size() != coding.size()) found.chunked_with_parameters = true;
    any = true;
  });
  if (!closed || !any) found.coding_invalid = true;
}

// Identical values, in one field or in several, are one (RFC 9110, section 8.6).
void read_content_length(std::string_view value, LengthFields& found) {
  if (const auto only = value.empty() || found.has_length ? std::nullopt : parse_length(value)) {  // nearly always
    found.length = *only;
    found.has_length = true;
    return;
  }
  bool any = false;
  const bool closed = for_each_element(value, [&found, &any](std::string_view element) {
    const auto length = parse_length(element);
    if (!length || (found.has_length && *length != found.length)) found.length_valid = false;
    found.length = length.value_or(0);
    found.has_length = true;
    any = true;
  });
  if (!any || !closed) {
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
      if (field.folded) found.coding_invalid = true;
    }
  }
  return found;
}

// Section 6.3, items 3 and 4; of HTTP/1.0, section 6.1 has the framing taken as faulty. nullopt: item 4, the length of
// a request cannot be told; or section 7.1, chunked with parameters.
std::optional<Framing> transfer_coded(const Head& head, const LengthFields& found) {
  const bool request = head.start.kind == MessageKind::kRequest;
  if (found.chunked_with_parameters) return std::nullopt;
  if (request && (!found.chunked_last || found.chunked_before)) return std::nullopt;
  Framing framing;
  framing.body = found.chunked_last ? BodyKind::kChunked : BodyKind::kUntilClose;
  framing.doubtful = found.has_length || found.chunked_before || found.coding_invalid || head.start.version_minor == 0;
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
  if (found.has_transfer_encoding) return transfer_coded(head, found);
  if (found.has_length) return length_delimited(found);
  return Framing{};  // item 7
}

// RFC 9110, section 15.2.2; and item 2, before item 1: 204 and the like to CONNECT are 2xx as well.
bool begins_tunnel(std::uint16_t status, AnsweredMethod answered) {
  return status == 101 || (answered == AnsweredMethod::kConnect && status >= 200 && status < 300);
}

std::optional<Framing> response_framing(const Head& head, AnsweredMethod answered) {
  const std::uint16_t status = head.start.status;
  if (begins_tunnel(status, answered)) return Framing{.body = BodyKind::kTunnel};
  if (answered == AnsweredMethod::kHead || status < 200 || status == 204 || status == 304) return Framing{};  // item 1
  const LengthFields found = read_length_fields(head);
  if (found.has_transfer_encoding) return transfer_coded(head, found);
  if (found.has_length) return length_delimited(found);
  return Framing{.body = BodyKind::kUntilClose};  // item 8
}

}  // namespace podwire::http1
