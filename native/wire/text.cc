#include "wire/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace podwire::wire {
namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
constexpr std::uint64_t kHighBits = 0x8080808080808080U;

std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, kWordBytes);
  return word;
}

// Four words a step without a branch between them, which compilers turn into vector instructions.
std::size_t ascii_prefix(std::string_view bytes) {
  std::size_t i = 0;
  for (; i + 4 * kWordBytes <= bytes.size(); i += 4 * kWordBytes) {
    const char* at = bytes.data() + i;
    const std::uint64_t any =
        word_at(at) | word_at(at + kWordBytes) | word_at(at + 2 * kWordBytes) | word_at(at + 3 * kWordBytes);
    if ((any & kHighBits) != 0) break;
  }
  for (; i + kWordBytes <= bytes.size(); i += kWordBytes) {
    if ((word_at(bytes.data() + i) & kHighBits) != 0) break;
  }
  while (i < bytes.size() && static_cast<unsigned char>(bytes[i]) < 0x80) ++i;
  return i;
}

// Length of the well-formed sequence at the start (RFC 3629, section 4); 0 when there is none.
std::size_t utf8_sequence(std::string_view bytes) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return i < bytes.size() && octet(i) >= low && octet(i) <= high;
  };
  const unsigned lead = octet(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool second = within(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool second = within(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
    return second && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

bool is_utf8_from(std::string_view bytes, std::size_t start) {
  for (std::size_t i = start; i < bytes.size();) {
    const std::size_t length = utf8_sequence(bytes.substr(i));
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::size_t high_octets(std::string_view bytes) {
  std::size_t count = 0;
  for (const char c : bytes) count += static_cast<unsigned char>(c) >> 7U;
  return count;
}

}  // namespace

bool is_utf8(std::string_view bytes) { return is_utf8_from(bytes, ascii_prefix(bytes)); }

Text::Text(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {
  const std::size_t ascii = ascii_prefix(bytes);
  if (ascii == bytes.size() || is_utf8_from(bytes, ascii)) return;
  size_ += high_octets(bytes);
}

char* Text::write_to(char* out) const {
  if (size_ == bytes_.size()) return std::copy(bytes_.begin(), bytes_.end(), out);
  for (const char c : bytes_) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x80) {
      *out++ = c;
    } else {
      *out++ = static_cast<char>(0xC0U | (octet >> 6U));
      *out++ = static_cast<char>(0x80U | (octet & 0x3FU));
    }
  }
  return out;
}

void Text::append_to(std::string& out) const {
  const std::size_t before = out.size();
  out.resize(before + size_);
  write_to(out.data() + before);
}

}  // namespace podwire::wire
