#include "exchange/http2_head.h"

#include <algorithm>
#include <array>
#include <optional>

#include "http1/character_class.h"

namespace podwire::exchange {
namespace {

// RFC 9113, section 8.2.2.
constexpr std::array<std::string_view, 5> kConnectionSpecific = {"connection", "proxy-connection", "keep-alive",
                                                                 "transfer-encoding", "upgrade"};

// Section 8.2.1.
bool is_valid_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return http1::is_token_byte(c) && (c < 'A' || c > 'Z'); });
}

bool is_valid_value(std::string_view value) {
  bool prohibited = false;
  for (const char c : value) prohibited |= c == '\0' || c == '\r' || c == '\n';
  if (prohibited) return false;
  return value.empty() || (!http1::is_white_space(value.front()) && !http1::is_white_space(value.back()));
}

bool is_valid_regular(std::string_view name, std::optional<std::string_view> value) {
  if (!is_valid_name(name) || (value && !is_valid_value(*value))) return false;
  if (name == "te") return !value || http1::equals_ignoring_case(*value, "trailers");
  return std::ranges::find(kConnectionSpecific, name) == kConnectionSpecific.end();
}

std::optional<std::uint16_t> parse_status(std::string_view text) {
  if (text.size() != 3 || !std::ranges::all_of(text, http1::is_digit) || text[0] == '0') return std::nullopt;
  return static_cast<std::uint16_t>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
}

// The pseudo-header fields of one section, one after the other.
class PseudoHeaders {
 public:
  explicit PseudoHeaders(Http2Head& head) : head_(head) {}

  void read(std::string_view name, std::optional<TextRange> value) {
    const auto known = std::ranges::find(kNames, name);
    if (known == kNames.end()) {
      head_.malformed = true;
      return;
    }
    const auto bit = static_cast<unsigned>(known - kNames.begin());
    if (has(bit)) head_.malformed = true;
    seen_ |= 1U << bit;
    if (bit == kStatus) return read_status(value);
    head_.request = true;
    std::optional<TextRange>& place = *place_of(bit);
    if (!place) place = value;
  }

  // Sections 8.3.1 and 8.5, and RFC 8441, section 4. To be asked when every name of the section is known.
  [[nodiscard]] bool lacks_or_has_too_many() const {
    if (head_.response) return head_.request;
    if (!head_.request) return false;
    if (!has(kMethod)) return true;
    const ControlData& control = head_.control;
    const bool connect = control.method && control.method->in(head_.fields.bytes) == "CONNECT";
    if (connect && !has(kProtocol)) return has(kScheme) || has(kPath) || !has(kAuthority);
    if (has(kProtocol) && control.method && !connect) return true;
    return !has(kScheme) || !has(kPath);
  }

  // No other may be there, but for `:protocol`, with which the method is CONNECT.
  [[nodiscard]] bool has_all() const {
    if (head_.response) return true;
    const bool connect = head_.control.method && head_.control.method->in(head_.fields.bytes) == "CONNECT";
    return has(kMethod) && has(kScheme) && has(kAuthority) && has(kPath) && (!connect || has(kProtocol));
  }

  // Section 8.3.1, for the schemes of HTTP.
  [[nodiscard]] bool has_invalid_target() const {
    const ControlData& control = head_.control;
    const std::string_view bytes = head_.fields.bytes;
    const std::string_view scheme = control.scheme ? control.scheme->in(bytes) : std::string_view();
    if (scheme != "http" && scheme != "https") return false;
    if (control.authority && control.authority->in(bytes).find('@') != std::string_view::npos) return true;
    if (!control.path) return false;
    const std::string_view path = control.path->in(bytes);
    const bool asterisk = path == "*" && (!control.method || control.method->in(bytes) == "OPTIONS");
    return !path.starts_with('/') && !asterisk;
  }

 private:
  enum Bit : unsigned { kMethod, kScheme, kAuthority, kPath, kProtocol, kStatus };
  static constexpr std::array<std::string_view, 6> kNames = {":method", ":scheme",   ":authority",
                                                             ":path",   ":protocol", ":status"};

  [[nodiscard]] bool has(unsigned bit) const { return (seen_ >> bit & 1U) != 0; }

  std::optional<TextRange>* place_of(unsigned bit) {
    ControlData& control = head_.control;
    const std::array places = {&control.method, &control.scheme, &control.authority, &control.path,
                               &control.connect_protocol};
    return places[bit];
  }

  void read_status(std::optional<TextRange> value) {
    head_.response = true;
    if (!value) return;
    const auto code = parse_status(value->in(head_.fields.bytes));
    if (code) head_.control.status = *code;
    if (!code || *code == 101) head_.malformed = true;  // section 8.6
  }

  Http2Head& head_;
  unsigned seen_ = 0;
};

}  // namespace

Http2Head read_http2_head(const hpack::FieldList& fields) {
  Http2Head head{.fields = fields};
  head.control.protocol = Protocol::kHttp2;
  PseudoHeaders pseudo_headers(head);
  head.begins_known = fields.fields.empty() ? fields.whole : fields.fields.front().name_known;
  bool names_known = fields.whole;
  bool regular_seen = false;
  for (const hpack::Field& field : fields.fields) {
    if (!regular_seen) ++head.ambiguous_fields;
    if (!field.name_known) {
      names_known = false;
      continue;
    }
    const std::string_view name = fields.name(field);
    const auto value = field.value_known ? std::optional(fields.value(field)) : std::nullopt;
    if (!is_pseudo_header(name)) {
      regular_seen = true;
      if (!is_valid_regular(name, value)) head.malformed = true;
      continue;
    }
    if (regular_seen || (value && !is_valid_value(*value))) head.malformed = true;  // section 8.3
    const TextRange range{.offset = field.value_offset, .length = field.value_length};
    pseudo_headers.read(name, value ? std::optional(range) : std::nullopt);
  }
  if (names_known && pseudo_headers.lacks_or_has_too_many()) head.malformed = true;
  if (pseudo_headers.has_invalid_target()) head.malformed = true;
  if (pseudo_headers.has_all()) head.ambiguous_fields = 0;
  return head;
}

}  // namespace podwire::exchange
