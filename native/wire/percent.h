// Percent-encoding (RFC 3986, section 2.1).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace podwire::wire {

constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The octet that `%XX` at `position` stands for; nullopt where no such triplet stands.
constexpr std::optional<char> percent_triplet(std::string_view text, std::size_t position) {
  if (position + 2 >= text.size() || text[position] != '%') return std::nullopt;
  const int high = hex_digit(text[position + 1]);
  const int low = hex_digit(text[position + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

// What is no valid triplet stays as it is.
inline void append_percent_decoded(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const auto octet = percent_triplet(text, i)) {
      out.push_back(*octet);
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
}

}  // namespace podwire::wire
