#include "tap/credential_redaction.h"

#include <algorithm>
#include <cstring>

#include "tap/url_credentials.h"
#include "wire/ascii.h"

namespace podwire::tap {
namespace {

// RFC 7519: three parts of base64url, the first of which begins with `{"`.
bool is_json_web_token(std::string_view value) {
  return value.starts_with("eyJ") && std::count(value.begin(), value.end(), '.') >= 2 &&
         value.find_first_of(" \t,;") == std::string_view::npos;
}

bool looks_like_credential(std::string_view value) {
  return wire::starts_ignoring_case(value, "bearer ") || wire::starts_ignoring_case(value, "basic ") ||
         is_json_web_token(value);
}

bool contains_ignoring_case(std::string_view text, std::string_view word) {
  const auto equal = [](char a, char b) { return wire::ascii_lower(a) == b; };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), equal) != text.end();
}

// base64url.bearer.authorization.k8s.io.TOKEN, and others of its kind.
bool smuggles_credential(std::string_view subprotocols) {
  return contains_ignoring_case(subprotocols, "bearer") || contains_ignoring_case(subprotocols, "token") ||
         contains_ignoring_case(subprotocols, "auth") || subprotocols.find("eyJ") != std::string_view::npos;
}

template <typename Word>
std::uint64_t word_at(const char* bytes) {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// The first and the last bytes of a name, and how many there are, tell nearly all names apart.
std::size_t slot_of(std::string_view name, std::size_t slots) {
  const char* const end = name.data() + name.size();
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (name.size() >= sizeof(std::uint64_t)) {
    first = word_at<std::uint64_t>(name.data());
    last = word_at<std::uint64_t>(end - sizeof(std::uint64_t));
  } else if (name.size() >= sizeof(std::uint32_t)) {
    first = word_at<std::uint32_t>(name.data());
    last = word_at<std::uint32_t>(end - sizeof(std::uint32_t));
  } else {
    first = static_cast<std::uint8_t>(name.front());
    last = static_cast<std::uint8_t>(name[name.size() / 2]);
  }
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
  const std::uint64_t hash = ((first * kOdd) ^ (last + name.size())) * kOdd;
  return static_cast<std::size_t>(hash >> 40U) & (slots - 1);
}

}  // namespace

HeaderKind HeaderKindMemo::kind_of(std::string_view name) {
  if (name.size() > kNameBytes) return header_kind(name);
  Entry& entry = entries_[slot_of(name, kEntries)];
  if (entry.size == name.size() && std::memcmp(entry.name.data(), name.data(), name.size()) == 0) return entry.kind;
  std::memcpy(entry.name.data(), name.data(), name.size());
  entry.size = static_cast<std::uint8_t>(name.size());
  entry.kind = header_kind(name);
  return entry.kind;
}

std::optional<std::string_view> CredentialRedaction::header(const exchange::HeaderField& header,
                                                            std::string& scratch) const {
  if (header.name.empty() || header.never_indexed) return std::nullopt;
  const std::string_view value = header.value;
  switch (kinds_.kind_of(header.name)) {
    case HeaderKind::kCredential:
      return std::nullopt;
    case HeaderKind::kChallenge:
      return value;
    case HeaderKind::kSubprotocol:
      if (smuggles_credential(value)) return std::nullopt;
      return value;
    case HeaderKind::kUrl:
      return redact_url(value, scratch);
    case HeaderKind::kAuthority:
      return redact_authority(value, scratch);
    case HeaderKind::kPlain:
      break;
  }
  if (looks_like_credential(value)) return std::nullopt;
  const bool may_hold_url = value.find('?') != std::string_view::npos || value.find("//") != std::string_view::npos;
  return may_hold_url ? redact_url(value, scratch) : value;
}

std::string_view CredentialRedaction::path(std::string_view path, std::string& scratch) const {
  return redact_url(path, scratch);
}

std::string_view CredentialRedaction::authority(std::string_view authority, std::string& scratch) const {
  return redact_authority(authority, scratch);
}

}  // namespace podwire::tap
