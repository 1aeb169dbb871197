#include "kernel/netlink_message.h"

#include <linux/rtnetlink.h>

#include <algorithm>

namespace podwire::kernel {

void NetlinkRequest::append(const void* data, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(data);
  bytes_.insert(bytes_.end(), first, first + size);
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

void NetlinkRequest::attribute(std::uint16_t type, std::span<const std::byte> payload) {
  const rtattr header{static_cast<std::uint16_t>(RTA_LENGTH(payload.size())), type};
  append(&header, sizeof(header));
  append(payload.data(), payload.size());
}

void NetlinkRequest::attribute(std::uint16_t type, std::string_view text) {
  std::vector<std::byte> payload(text.size() + 1);
  std::memcpy(payload.data(), text.data(), text.size());
  attribute(type, std::span<const std::byte>(payload));
}

void NetlinkRequest::attribute(std::uint16_t type, std::uint32_t value) {
  attribute(type, std::as_bytes(std::span(&value, 1)));
}

void NetlinkRequest::nested(std::uint16_t type, const std::function<void()>& fill) {
  const std::size_t start = bytes_.size();
  rtattr header{0, static_cast<std::uint16_t>(type | NLA_F_NESTED)};
  append(&header, sizeof(header));
  fill();
  header.rta_len = static_cast<std::uint16_t>(bytes_.size() - start);
  std::memcpy(bytes_.data() + start, &header, sizeof(header));
}

std::span<const std::byte> NetlinkRequest::message(std::uint32_t sequence) {
  header_.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
  header_.nlmsg_seq = sequence;
  std::memcpy(bytes_.data(), &header_, sizeof(header_));
  return bytes_;
}

std::uint32_t NetlinkAttribute::number() const {
  std::uint32_t value = 0;
  if (payload.size() == sizeof(value)) std::memcpy(&value, payload.data(), sizeof(value));
  return value;
}

std::string_view NetlinkAttribute::text() const {
  const std::string_view all(reinterpret_cast<const char*>(payload.data()), payload.size());
  return all.substr(0, all.find('\0'));
}

void for_each_attribute(std::span<const std::byte> attributes,
                        const std::function<void(const NetlinkAttribute&)>& each) {
  while (attributes.size() >= sizeof(rtattr)) {
    rtattr header{};
    std::memcpy(&header, attributes.data(), sizeof(header));
    if (header.rta_len < sizeof(header) || header.rta_len > attributes.size()) return;
    each({static_cast<std::uint16_t>(header.rta_type & NLA_TYPE_MASK),
          attributes.subspan(sizeof(header), header.rta_len - sizeof(header))});
    attributes = attributes.subspan(std::min<std::size_t>(RTA_ALIGN(header.rta_len), attributes.size()));
  }
}

}  // namespace podwire::kernel
