// Credentials within URLs: values of parameters, and user information (RFC 3986, section 3.2.1).
#pragma once

#include <string>
#include <string_view>

#include "tap/redaction_rules.h"

namespace podwire::tap {

constexpr std::string_view kRedacted = "REDACTED";

// `text` is a URL, a path with query, or text with URLs in it. Parameters of query, fragment and path (`;name=value`)
// are found, with names and delimiters percent-encoded or not, so that a URL within a parameter is searched too.
// `more`: names of parameters that are credentials, beside those that always are; null: none. Returns `text` itself
// when it has no credential, otherwise what was made of it in `scratch`.
[[nodiscard]] std::string_view redact_url(std::string_view text, std::string& scratch, const NameSet* more = nullptr);

// `user:password@host`.
[[nodiscard]] std::string_view redact_authority(std::string_view authority, std::string& scratch);

}  // namespace podwire::tap
