// Which headers and query parameters carry credentials, by their names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace podwire::tap {

// Names are compared in lower case and without anything but letters and digits: X-Api-Key, x_api_key and XApiKey are
// one name. A name is a credential's when it is one of a list, or contains a word such as `token`, `secret`,
// `password`, `apikey` or `cookie`; a header's also when it ends with `auth`. Exceptions: limits (RateLimit-…: numbers
// of tokens), Access-Control-… (permission to send credentials), page tokens among the parameters, and challenges
// (WWW-Authenticate), which ask for a credential.

enum class HeaderKind : std::uint8_t {
  kPlain,
  kCredential,
  kUrl,          // a URL, or text with URLs in it, whose parameters or user information may be credentials
  kAuthority,    // a host that may have user information before it
  kChallenge,    // names an authentication scheme without a credential
  kSubprotocol,  // Sec-WebSocket-Protocol, in which browsers smuggle bearer tokens
};

[[nodiscard]] HeaderKind header_kind(std::string_view name);

// Of a query, a fragment or a path parameter. `name` is percent-decoded. An authorization `code` and a `state` (RFC
// 6749, section 4.1) are told from ordinary ones by their length.
[[nodiscard]] bool is_credential_parameter(std::string_view name, std::size_t value_bytes);

}  // namespace podwire::tap
