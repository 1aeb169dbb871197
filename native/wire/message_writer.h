// Protobuf messages (https://protobuf.dev/programming-guides/encoding) written forward into an OutputBuffer. For what
// is written once an exchange; what is written once a batch uses protozero (fields.h).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "tcp/segment.h"
#include "wire/output_buffer.h"
#include "wire/plain_copy.h"

namespace podwire::wire {

constexpr std::size_t kMaxVarintBytes = 10;

constexpr std::size_t varint_length(std::uint64_t value) {
  return static_cast<std::size_t>((std::bit_width(value | 1U) + 6) / 7);
}

// This and all others that take a pointer write to room that the caller made, and return the end of what they wrote.
inline char* put_varint(char* at, std::uint64_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<char>(value | 0x80U);
    value >>= 7U;
  }
  *at++ = static_cast<char>(value);
  return at;
}

enum class WireType : std::uint8_t { kVarint = 0, kLengthDelimited = 2 };

constexpr std::uint32_t kFirstNumberOfTwoBytes = 16;

// A tag of one byte: of fields whose number is below 16.
template <auto field, WireType type = WireType::kLengthDelimited>
constexpr char tag_of() {
  constexpr auto kNumber = static_cast<std::uint32_t>(field);
  static_assert(kNumber > 0 && kNumber < kFirstNumberOfTwoBytes);
  return static_cast<char>(kNumber << 3U | static_cast<std::uint32_t>(type));
}

template <auto field, WireType type>
char* put_tag(char* at) {
  constexpr std::uint32_t kTag = static_cast<std::uint32_t>(field) << 3U | static_cast<std::uint32_t>(type);
  return put_varint(at, kTag);
}

constexpr std::size_t kMaxTagBytes = 2;
constexpr std::size_t kMaxNumberBytes = kMaxTagBytes + kMaxVarintBytes;

// Unsigned numbers, booleans, enumerations; signed ones as int64.
template <auto field>
char* put_number(char* at, std::uint64_t value) {
  return put_varint(put_tag<field, WireType::kVarint>(at), value);
}

// Tag and length of a field of which `bytes` bytes have to follow.
template <auto field>
char* put_length(char* at, std::size_t bytes) {
  return put_varint(put_tag<field, WireType::kLengthDelimited>(at), bytes);
}

inline char* put_bytes(char* at, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

constexpr std::size_t kMaxAddressBytes = 2 + 16;

template <auto field>
char* put_address(char* at, const tcp::Address& address) {
  const std::span<const std::uint8_t> octets = address.octets();
  at = put_length<field>(at, octets.size());
  if (octets.size() == 4) {
    std::memcpy(at, octets.data(), 4);
    return at + 4;
  }
  std::memcpy(at, octets.data(), 16);
  return at + 16;
}

// What Text makes of it, for a text that is not ASCII throughout.
void append_foreign_text(OutputBuffer& out, char tag, std::string_view text);

inline void append_text(OutputBuffer& out, char tag, std::string_view text) {
  char* at = out.room(1 + kMaxVarintBytes + text.size());
  *at++ = tag;
  at = put_varint(at, text.size());
  if (!plain_copy(at, text).ascii()) [[unlikely]]
    return append_foreign_text(out, tag, text);
  out.written_to(at + text.size());
}

// A message within another, whose length shows at its end: room is left for the length that most have.
class NestedMessage {
 public:
  NestedMessage(OutputBuffer& out, char tag) : out_(out) {
    char* at = out.room(1 + kLengthBytes);
    *at = tag;
    out.written_to(at + 1 + kLengthBytes);
    content_ = out.size();
  }
  NestedMessage(const NestedMessage&) = delete;
  NestedMessage& operator=(const NestedMessage&) = delete;

  // To be called when its content is written.
  void end() {
    const std::size_t bytes = out_.size() - content_;
    if (varint_length(bytes) != kLengthBytes) return end_moving(bytes);
    put_varint(out_.at(content_ - kLengthBytes), bytes);
  }

 private:
  static constexpr std::size_t kLengthBytes = 2;

  void end_moving(std::size_t bytes);

  OutputBuffer& out_;
  std::size_t content_;
};

}  // namespace podwire::wire
