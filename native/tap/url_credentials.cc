#include "tap/url_credentials.h"

#include <array>
#include <cstddef>
#include <limits>
#include <optional>

#include "tap/credential_names.h"
#include "wire/percent.h"

namespace podwire::tap {
namespace {

constexpr std::size_t kAnyLength = std::numeric_limits<std::size_t>::max();

// A set of characters.
class Characters {
 public:
  constexpr explicit Characters(std::string_view members) {
    for (const char c : members) is_member_[static_cast<unsigned char>(c)] = true;
  }
  [[nodiscard]] constexpr bool has(char c) const { return is_member_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> is_member_{};
};

// Around a URL in text there is what never stands raw within one.
constexpr Characters kParameterBegins("?&;#");
constexpr Characters kNameEnds("?&;#\t\r\n\"<>");
constexpr Characters kValueEndsInQuery("&# \t\r\n\"<>");
constexpr Characters kValueEndsInPath("&#?/; \t\r\n\"<>");
constexpr Characters kAuthorityEnds("/?# \t\r\n\"<>");

// A character as it stands, or the one that a percent triplet stands for.
struct Character {
  char value;
  std::size_t bytes;  // 1 or 3
  [[nodiscard]] bool encoded() const { return bytes != 1; }
};

Character character_at(std::string_view text, std::size_t position) {
  if (text[position] != '%') return {text[position], 1};
  if (const auto octet = wire::percent_triplet(text, position)) return {*octet, 3};
  return {'%', 1};
}

// The names of parameters whose values are credentials.
class ParameterNames {
 public:
  explicit ParameterNames(const NameSet* more) : more_(more) {}
  // `name` is percent-decoded.
  [[nodiscard]] bool has(std::string_view name, std::size_t value_bytes) const {
    return is_credential_parameter(name, value_bytes) || (more_ != nullptr && more_->has(name));
  }

 private:
  const NameSet* more_;
};

// Goes over the text once from left to right; copies to `out` from the first credential on.
class Redactor {
 public:
  Redactor(std::string_view text, std::string& out, const ParameterNames& names)
      : text_(text), out_(out), names_(names) {}

  std::string_view run() {
    std::size_t position = after_authority(0);
    while (position < text_.size()) {
      const Character c = character_at(text_, position);
      const std::size_t next = position + c.bytes;
      if (kParameterBegins.has(c.value)) {
        if (c.value != ';') in_query_ = true;
        position = after_parameter(next);
      } else if (c.value == ':') {
        position = after_authority(next);
      } else {
        position = next;
      }
    }
    if (copied_ == 0) return text_;
    out_.append(text_.substr(copied_));
    return out_;
  }

 private:
  // At what may be the `//` before an authority: replaces its user information. Returns where to go on.
  std::size_t after_authority(std::size_t position) {
    const bool encoded = position < text_.size() && character_at(text_, position).encoded();
    for (int slashes = 0; slashes < 2; ++slashes) {
      if (position >= text_.size()) return position;
      const Character c = character_at(text_, position);
      if (c.value != '/') return position;
      position += c.bytes;
    }
    const std::size_t begin = position;
    std::optional<std::size_t> last_at;
    for (std::size_t i = begin; i < text_.size();) {
      const Character c = character_at(text_, i);
      const bool delimits = !c.encoded() || encoded;
      if (delimits && kAuthorityEnds.has(c.value)) break;
      if (delimits && c.value == '@') last_at = i;
      i += c.bytes;
    }
    if (!last_at || *last_at == begin) return begin;
    replace(begin, *last_at);
    return *last_at;
  }

  // At the beginning of `name=value`: replaces the value when it is a credential. Returns where to go on.
  std::size_t after_parameter(std::size_t begin) {
    std::size_t position = begin;
    while (position < text_.size()) {
      const Character c = character_at(text_, position);
      if (c.value == '=') break;
      if (kNameEnds.has(c.value)) return position;
      position += c.bytes;
    }
    if (position >= text_.size()) return begin;
    const Character equals = character_at(text_, position);
    const std::size_t value = position + equals.bytes;
    const std::string_view name = text_.substr(begin, position - begin);
    // The end is looked for only then, so that no part of the text is gone over again and again.
    if (!is_credential_name(name, kAnyLength)) return value;
    const std::size_t end = value_end(value, equals.encoded());
    if (end == value || !is_credential_name(name, end - value)) return value;
    replace(value, end);
    return end;
  }

  // A value whose `=` was encoded ends at an encoded delimiter too. Outside of a query a value ends with its segment.
  std::size_t value_end(std::size_t position, bool encoded) const {
    const Characters& ends = in_query_ ? kValueEndsInQuery : kValueEndsInPath;
    while (position < text_.size()) {
      const Character c = character_at(text_, position);
      const bool delimits = !c.encoded() || encoded;
      if (delimits && ends.has(c.value)) break;
      position += c.bytes;
    }
    return position;
  }

  bool is_credential_name(std::string_view name, std::size_t value_bytes) {
    if (name.find('%') == std::string_view::npos) return names_.has(name, value_bytes);
    name_.clear();
    wire::append_percent_decoded(name_, name);
    return names_.has(name_, value_bytes);
  }

  void replace(std::size_t begin, std::size_t end) {
    if (copied_ == 0) out_.clear();
    out_.append(text_.substr(copied_, begin - copied_)).append(kRedacted);
    copied_ = end;
  }

  std::string_view text_;
  std::string& out_;
  const ParameterNames& names_;
  std::string name_;
  std::size_t copied_ = 0;  // of text_; 0: nothing was replaced so far
  bool in_query_ = false;
};

// Of a text without percent-encoding and user information. True may be wrong: a value may be empty, or a short `code`.
bool has_credential_parameter(std::string_view text, const ParameterNames& names) {
  for (auto equals = text.find('='); equals != std::string_view::npos; equals = text.find('=', equals + 1)) {
    std::size_t begin = equals;
    while (begin > 0 && text[begin - 1] != '=' && !kNameEnds.has(text[begin - 1])) --begin;
    if (begin == 0 || !kParameterBegins.has(text[begin - 1])) continue;
    if (names.has(text.substr(begin, equals - begin), kAnyLength)) return true;
  }
  return false;
}

}  // namespace

std::string_view redact_url(std::string_view text, std::string& scratch, const NameSet* more) {
  const ParameterNames names(more);
  // User information has an `@`; in a text without percent-encoding a parameter with a value has its `=`.
  const auto has = [&](char c) { return text.find(c) != std::string_view::npos; };
  const bool has_credential = has('%') || has('@') || has_credential_parameter(text, names);
  return has_credential ? Redactor(text, scratch, names).run() : text;
}

std::string_view redact_authority(std::string_view authority, std::string& scratch) {
  if (authority.find('@') == std::string_view::npos) return authority;
  const auto at = authority.rfind('@');
  if (at == 0) return authority;
  scratch.assign(kRedacted).append(authority.substr(at));
  return scratch;
}

}  // namespace podwire::tap
