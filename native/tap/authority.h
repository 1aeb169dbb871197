// Host and port of a URI (RFC 3986, section 3.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace podwire::tap {

// Points into the text it was read from.
struct Authority {
  std::string_view host;  // without the brackets of an IPv6 address, and without the final dot of a name
  std::optional<std::uint16_t> port;

  // User information is left out. What cannot be a port is left out too.
  [[nodiscard]] static Authority parse(std::string_view text);
};

// Of `http` and `https`.
[[nodiscard]] std::optional<std::uint16_t> default_port(std::string_view scheme);

}  // namespace podwire::tap
