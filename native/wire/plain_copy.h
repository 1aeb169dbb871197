// Copying a text and looking at it in one pass. Most texts of HTTP are short: a word or two of the processor.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace podwire::wire {

class PlainLook {
 public:
  constexpr PlainLook() = default;
  constexpr PlainLook(std::uint64_t foreign, std::uint64_t url_marks) : foreign_(foreign), url_marks_(url_marks) {}

  [[nodiscard]] constexpr bool ascii() const { return foreign_ == 0; }
  // There may be a `?` or `//` in it; never false when there is.
  [[nodiscard]] constexpr bool url_marks() const { return url_marks_ != 0; }
  // ASCII without those marks.
  [[nodiscard]] constexpr bool plain() const { return (foreign_ | url_marks_) == 0; }

 private:
  std::uint64_t foreign_ = 0;
  std::uint64_t url_marks_ = 0;
};

namespace plain_copy_internal {

using Block = std::uint8_t __attribute__((vector_size(16)));
using BlockHalves = std::uint64_t __attribute__((vector_size(16)));

constexpr std::uint64_t repeated(char c) { return static_cast<unsigned char>(c) * 0x0101010101010101U; }
constexpr std::uint64_t kOnes = repeated('\x01');
constexpr std::uint64_t kHighBits = repeated('\x80');

template <typename Word>
Word load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

template <typename Word>
void store(char* to, Word word) {
  std::memcpy(to, &word, sizeof(word));
}

// The high bit of each byte of `word` that is `c`, and perhaps of bytes above the lowest such one.
constexpr std::uint64_t bytes_that_are(char c, std::uint64_t word) {
  const std::uint64_t differences = word ^ repeated(c);
  return (differences - kOnes) & ~differences & kHighBits;
}

constexpr std::uint64_t url_marks(std::uint64_t word) {
  const std::uint64_t slashes = bytes_that_are('/', word);
  return bytes_that_are('?', word) | (slashes & (slashes >> 8U));
}

inline PlainLook look_at(std::uint64_t word) { return {word & kHighBits, url_marks(word)}; }

// 1 to 3 bytes.
inline PlainLook copy_few(char* to, const char* from, std::size_t size) {
  const char first = from[0];
  const char middle = from[size / 2];
  const char last = from[size - 1];
  to[0] = first;
  to[size / 2] = middle;
  to[size - 1] = last;
  return look_at(static_cast<std::uint64_t>(static_cast<unsigned char>(first)) |
                 static_cast<std::uint64_t>(static_cast<unsigned char>(middle)) << 8U |
                 static_cast<std::uint64_t>(static_cast<unsigned char>(last)) << 16U);
}

// 4 to 8 bytes, as two halves that may overlap.
inline PlainLook copy_word(char* to, const char* from, std::size_t size) {
  const auto begin = load<std::uint32_t>(from);
  const auto end = load<std::uint32_t>(from + size - 4);
  store(to, begin);
  store(to + size - sizeof(end), end);
  return look_at(static_cast<std::uint64_t>(end) << 32U | begin);
}

// 9 to 16 bytes, the same.
inline PlainLook copy_two_words(char* to, const char* from, std::size_t size) {
  const auto begin = load<std::uint64_t>(from);
  const auto end = load<std::uint64_t>(from + size - 8);
  store(to, begin);
  store(to + size - sizeof(end), end);
  const auto across = static_cast<std::uint64_t>(from[7] == '/') & static_cast<std::uint64_t>(from[8] == '/');
  return {(begin | end) & kHighBits, url_marks(begin) | url_marks(end) | across};
}

inline std::uint64_t folded(Block bytes) {
  const auto halves = std::bit_cast<BlockHalves>(bytes);
  return halves[0] | halves[1];
}

// Bytes that are `?`, or a slash beside the one in `neighbours`.
inline Block marked(Block bytes, Block neighbours) {
  constexpr std::uint8_t kQuestionMark = '?';
  constexpr std::uint8_t kSlash = '/';
  return std::bit_cast<Block>((bytes == kQuestionMark) | ((bytes == kSlash) & (neighbours == kSlash)));
}

// 17 bytes and more.
inline PlainLook copy_blocks(char* to, const char* from, std::size_t size) {
  Block all{};
  Block marks{};
  std::size_t i = 0;
  for (; i + sizeof(Block) < size; i += sizeof(Block)) {
    const auto block = load<Block>(from + i);
    const auto next = load<Block>(from + i + 1);
    store(to + i, block);
    all |= block;
    marks |= marked(block, next);
  }
  i = size - sizeof(Block);
  const auto block = load<Block>(from + i);
  const auto before = load<Block>(from + i - 1);
  store(to + i, block);
  all |= block;
  marks |= marked(block, before);
  return {folded(all) & kHighBits, folded(marks)};
}

}  // namespace plain_copy_internal

// Copies `text` to `to`, which it must not overlap; not a byte more is written.
inline PlainLook plain_copy(char* to, std::string_view text) {
  using namespace plain_copy_internal;
  const std::size_t size = text.size();
  if (size > 16) return copy_blocks(to, text.data(), size);
  if (size > 8) return copy_two_words(to, text.data(), size);
  if (size >= 4) return copy_word(to, text.data(), size);
  if (size > 0) return copy_few(to, text.data(), size);
  return {};
}

}  // namespace podwire::wire
