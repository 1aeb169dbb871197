// Messages of netlink(7): a header, a fixed part that depends on the family, then attributes.
#pragma once

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace podwire::kernel {

// A request: its fixed part, then attributes.
class NetlinkRequest {
 public:
  template <typename Fixed>
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, const Fixed& fixed) {
    static_assert(std::is_trivially_copyable_v<Fixed>);
    header_.nlmsg_type = type;
    header_.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
    bytes_.resize(NLMSG_HDRLEN);
    append(&fixed, sizeof(fixed));
  }

  void attribute(std::uint16_t type, std::span<const std::byte> payload);
  void attribute(std::uint16_t type, std::string_view text);  // with its terminating zero
  void attribute(std::uint16_t type, std::uint32_t value);
  // The attributes that `fill` adds become those of one attribute.
  void nested(std::uint16_t type, const std::function<void()>& fill);

  // The message, with its length and this sequence number filled in.
  [[nodiscard]] std::span<const std::byte> message(std::uint32_t sequence);

 private:
  void append(const void* data, std::size_t size);  // padded to NLMSG_ALIGNTO

  nlmsghdr header_{};
  std::vector<std::byte> bytes_;
};

// One attribute, valid as long as the message that holds it.
struct NetlinkAttribute {
  std::uint16_t type = 0;
  std::span<const std::byte> payload;

  [[nodiscard]] std::uint32_t number() const;  // 0 when it is not four bytes
  [[nodiscard]] std::string_view text() const;
};

// Calls `each` for every attribute; stops at one that is malformed.
void for_each_attribute(std::span<const std::byte> attributes,
                        const std::function<void(const NetlinkAttribute&)>& each);

// The fixed part of an answer; false when the answer is shorter.
template <typename Fixed>
[[nodiscard]] bool read_fixed(std::span<const std::byte> answer, Fixed& fixed, std::span<const std::byte>& attributes) {
  if (answer.size() < sizeof(Fixed)) return false;
  std::memcpy(&fixed, answer.data(), sizeof(Fixed));
  const std::size_t aligned = NLMSG_ALIGN(sizeof(Fixed));
  attributes = answer.size() > aligned ? answer.subspan(aligned) : std::span<const std::byte>();
  return true;
}

}  // namespace podwire::kernel
