// Reads the numbers and vectors of TLS: RFC 8446, section 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace podwire::tls {

// Points into the bytes it was given. nullopt: there are not as many.
class PresentationReader {
 public:
  explicit PresentationReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  // Big endian; `bytes` is at most 4.
  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t bytes) {
    const auto digits = opaque(bytes);
    if (!digits) return std::nullopt;
    std::uint32_t value = 0;
    for (const char digit : *digits) value = value << 8U | static_cast<std::uint8_t>(digit);
    return value;
  }

  [[nodiscard]] std::optional<std::string_view> opaque(std::size_t bytes) {
    if (bytes > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  // A vector whose length comes first, in `length_bytes`; nullopt also when it is shorter than `least`.
  [[nodiscard]] std::optional<std::string_view> vector(std::size_t length_bytes, std::size_t least = 0) {
    const auto length = number(length_bytes);
    if (!length || *length < least) return std::nullopt;
    return opaque(*length);
  }

 private:
  std::string_view rest_;
};

}  // namespace podwire::tls
