// Builds packets and capture files byte for byte, as their specifications have them.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podwire::capture::test {

class Octets {
 public:
  explicit Octets(std::endian order = std::endian::big) : order_(order) {}

  Octets& u8(std::uint64_t value) { return integer(value, 1); }
  Octets& u16(std::uint64_t value) { return integer(value, 2); }
  Octets& u32(std::uint64_t value) { return integer(value, 4); }
  Octets& u64(std::uint64_t value) { return integer(value, 8); }
  Octets& zeros(std::size_t count) {
    bytes_.insert(bytes_.end(), count, 0);
    return *this;
  }
  Octets& text(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  Octets& append(const std::vector<std::uint8_t>& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  Octets& pad_to_four() { return zeros((4 - bytes_.size() % 4) % 4); }
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  Octets& integer(std::uint64_t value, int width) {
    for (int index = 0; index < width; ++index) {
      const int shift = 8 * (order_ == std::endian::big ? width - 1 - index : index);
      bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return *this;
  }

  std::endian order_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace podwire::capture::test
