#include "tap/credential_redaction.h"

#include <algorithm>

#include "tap/credential_names.h"
#include "tap/url_credentials.h"
#include "wire/ascii.h"

namespace podwire::tap {
namespace {

// RFC 7519: three parts of base64url, the first of which begins with `{"`.
bool is_json_web_token(std::string_view value) {
  return value.starts_with("eyJ") && std::count(value.begin(), value.end(), '.') >= 2 &&
         value.find_first_of(" \t,;") == std::string_view::npos;
}

// Each begins_marked.
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

}  // namespace

wire::NameRule CredentialRedaction::name_rule(std::string_view name) const {
  using Values = wire::NameRule::Values;
  const bool hidden = rules_ != nullptr && rules_->headers.has(name);
  const HeaderKind kind = hidden ? HeaderKind::kCredential : header_kind(name);
  const auto rule = [kind](Values values) { return wire::NameRule{values, static_cast<std::uint8_t>(kind)}; };
  switch (kind) {
    case HeaderKind::kCredential:
      return rule(Values::kHidden);
    case HeaderKind::kChallenge:
      return rule(Values::kShown);
    case HeaderKind::kUrl:
    case HeaderKind::kAuthority:
    case HeaderKind::kSubprotocol:
      return rule(Values::kJudged);
    case HeaderKind::kPlain:
      break;
  }
  return rule(Values::kShownUnlessMarked);
}

std::optional<std::string_view> CredentialRedaction::value(std::uint8_t kind, std::string_view value,
                                                           std::string& scratch) const {
  switch (static_cast<HeaderKind>(kind)) {
    case HeaderKind::kCredential:
      return std::nullopt;
    case HeaderKind::kChallenge:
      return value;
    case HeaderKind::kSubprotocol:
      if (smuggles_credential(value)) return std::nullopt;
      return value;
    case HeaderKind::kUrl:
      return url(value, scratch);
    case HeaderKind::kAuthority:
      return redact_authority(value, scratch);
    case HeaderKind::kPlain:
      break;
  }
  if (looks_like_credential(value)) return std::nullopt;
  const bool may_hold_url = value.find('?') != std::string_view::npos || value.find("//") != std::string_view::npos;
  return may_hold_url ? url(value, scratch) : value;
}

std::string_view CredentialRedaction::path(std::string_view path, std::string& scratch) const {
  return url(path, scratch);
}

std::string_view CredentialRedaction::url(std::string_view text, std::string& scratch) const {
  return redact_url(text, scratch, rules_ == nullptr ? nullptr : &rules_->parameters);
}

std::string_view CredentialRedaction::authority(std::string_view authority, std::string& scratch) const {
  return redact_authority(authority, scratch);
}

}  // namespace podwire::tap
