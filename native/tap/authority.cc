#include "tap/authority.h"

#include <charconv>
#include <cstddef>

#include "wire/ascii.h"

namespace podwire::tap {
namespace {

std::optional<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return port;
}

}  // namespace

Authority Authority::parse(std::string_view text) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return {text, std::nullopt};
    const auto rest = text.substr(close + 1);
    return {text.substr(1, close - 1), rest.starts_with(':') ? port_of(rest.substr(1)) : std::nullopt};
  }
  Authority authority{text, std::nullopt};
  const auto colon = text.find(':');
  const bool bare_ipv6 = colon != text.rfind(':');
  if (colon != std::string_view::npos && !bare_ipv6)
    authority = {text.substr(0, colon), port_of(text.substr(colon + 1))};
  if (authority.host.ends_with('.')) authority.host.remove_suffix(1);
  return authority;
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
  if (wire::equals_ignoring_case(scheme, "http")) return std::uint16_t{80};
  if (wire::equals_ignoring_case(scheme, "https")) return std::uint16_t{443};
  return std::nullopt;
}

}  // namespace podwire::tap
