// Which bytes may stand where: RFC 9110, section 5.6.2 (tchar) and RFC 9112, section 3 (request-target).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace podwire::http1 {

inline constexpr std::uint8_t kTokenByte = 1;       // tchar
inline constexpr std::uint8_t kTargetByte = 2;      // VCHAR and obs-text: what a request target may hold
inline constexpr std::uint8_t kWhiteSpaceByte = 4;  // SP and HTAB

namespace detail {
constexpr std::array<std::uint8_t, 256> character_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned byte = 0x21; byte < 256; ++byte) {
    if (byte != 0x7f) classes[byte] |= kTargetByte;
  }
  constexpr std::string_view kTokenPunctuation = "!#$%&'*+-.^_`|~";
  for (const char c : kTokenPunctuation) classes[static_cast<std::uint8_t>(c)] |= kTokenByte;
  for (unsigned byte = '0'; byte <= '9'; ++byte) classes[byte] |= kTokenByte;
  for (unsigned byte = 'A'; byte <= 'Z'; ++byte) classes[byte] |= kTokenByte;
  for (unsigned byte = 'a'; byte <= 'z'; ++byte) classes[byte] |= kTokenByte;
  classes[' '] |= kWhiteSpaceByte;
  classes['\t'] |= kWhiteSpaceByte;
  return classes;
}
}  // namespace detail

inline constexpr std::array<std::uint8_t, 256> kCharacterClasses = detail::character_classes();

constexpr bool is_class(char c, std::uint8_t wanted) {
  return (kCharacterClasses[static_cast<std::uint8_t>(c)] & wanted) != 0;
}
constexpr bool is_token_byte(char c) { return is_class(c, kTokenByte); }
constexpr bool is_target_byte(char c) { return is_class(c, kTargetByte); }
constexpr bool is_white_space(char c) { return is_class(c, kWhiteSpaceByte); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Every byte of the class. Without a branch per byte: names are short and nearly always right.
constexpr bool all_of_class(std::string_view text, std::uint8_t wanted) {
  std::uint8_t common = wanted;
  for (const char c : text) common &= kCharacterClasses[static_cast<std::uint8_t>(c)];
  return common == wanted;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

namespace detail {
constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

inline std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, kWordBytes);
  return word;
}

// Eight letters at once: of each byte in 'A'–'Z', and of no other, 0x20 is set.
constexpr std::uint64_t lower_word(std::uint64_t word) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  const std::uint64_t low_bits = word & (kEach * 0x7f);
  const std::uint64_t from_a = low_bits + kEach * (0x80 - 'A');
  const std::uint64_t beyond_z = low_bits + kEach * (0x7f - 'Z');
  return word | ((~word & (from_a ^ beyond_z) & (kEach * 0x80)) >> 2U);
}
}  // namespace detail

// ASCII case-insensitive; `lowered` is in lower case.
inline bool equals_ignoring_case(std::string_view text, std::string_view lowered) {
  const std::size_t size = lowered.size();
  if (text.size() != size) return false;
  if (size < detail::kWordBytes) {
    for (std::size_t i = 0; i < size; ++i) {
      if (lower(text[i]) != lowered[i]) return false;
    }
    return true;
  }
  const auto differs = [&](std::size_t at) {
    return detail::lower_word(detail::word_at(text.data() + at)) != detail::word_at(lowered.data() + at);
  };
  for (std::size_t at = 0; at + detail::kWordBytes < size; at += detail::kWordBytes) {
    if (differs(at)) return false;
  }
  return !differs(size - detail::kWordBytes);
}

constexpr std::string_view trim_white_space(std::string_view text) {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace podwire::http1
