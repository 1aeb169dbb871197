#include "websocket/handshake.h"

#include <algorithm>

namespace podwire::websocket {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

std::string_view without_white_space_around(std::string_view text) {
  constexpr std::string_view kWhiteSpace = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
  return text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
}

// Takes the first element off a list; commas within quoted strings are part of them (RFC 9110, sections 5.6.1
// and 5.6.4).
std::string_view take_element(std::string_view& list) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size(); ++end) {
    const char c = list[end];
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted && c == '\\') {
      if (++end == list.size()) break;
    } else if (c == ',' && !quoted) {
      break;
    }
  }
  const std::string_view element = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return element;
}

}  // namespace

bool is_websocket(std::string_view upgrade) {
  while (!upgrade.empty()) {
    if (equal_ignoring_case(without_white_space_around(take_element(upgrade)), "websocket")) return true;
  }
  return false;
}

bool agreed_compression(std::string_view sec_websocket_extensions) {
  while (!sec_websocket_extensions.empty()) {
    const std::string_view extension = take_element(sec_websocket_extensions);
    const std::string_view name = without_white_space_around(extension.substr(0, extension.find(';')));
    if (equal_ignoring_case(name, "permessage-deflate")) return true;
  }
  return false;
}

}  // namespace podwire::websocket
