// The four forms of a request target: RFC 9112, section 3.2.
#pragma once

#include <optional>
#include <string_view>

namespace podwire::http1 {

// Views into the target.
struct RequestTarget {
  std::optional<std::string_view> scheme;     // absolute-form
  std::optional<std::string_view> authority;  // absolute-form and authority-form; without user information
  std::optional<std::string_view> path;       // with query; "*" of the asterisk-form; none of the authority-form
};

// A target of no form is kept whole as the path: it is what the server has to answer.
[[nodiscard]] RequestTarget parse_request_target(std::string_view method, std::string_view target);

}  // namespace podwire::http1
