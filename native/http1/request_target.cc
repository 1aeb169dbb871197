#include "http1/request_target.h"

#include "http1/character_class.h"

namespace podwire::http1 {
namespace {

// User information is a credential: RFC 9110, section 4.2.4, has it treated as an error.
std::string_view without_user_information(std::string_view authority) {
  const auto at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

bool is_scheme(std::string_view text) {  // RFC 3986, section 3.1
  if (text.empty() || lower(text.front()) < 'a' || lower(text.front()) > 'z') return false;
  for (const char c : text) {
    const bool letter = lower(c) >= 'a' && lower(c) <= 'z';
    if (!letter && !is_digit(c) && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

}  // namespace

RequestTarget parse_request_target(std::string_view method, std::string_view target) {
  RequestTarget parsed;
  if (method == "CONNECT") {
    parsed.authority = without_user_information(target);
    return parsed;
  }
  const auto scheme_end = target.find("://");
  if (target.starts_with('/') || scheme_end == std::string_view::npos || !is_scheme(target.substr(0, scheme_end))) {
    parsed.path = target;
    return parsed;
  }
  parsed.scheme = target.substr(0, scheme_end);
  const std::string_view rest = target.substr(scheme_end + 3);
  const auto authority_end = rest.find_first_of("/?#");
  parsed.authority = without_user_information(rest.substr(0, authority_end));
  if (authority_end != std::string_view::npos) {
    parsed.path = rest.substr(authority_end);  // before a query an empty path is left so
  } else {
    // Of OPTIONS it is the asterisk-form (section 3.2.4), else "/" (RFC 9110, section 4.2.3).
    parsed.path = method == "OPTIONS" ? "*" : "/";
  }
  return parsed;
}

}  // namespace podwire::http1
