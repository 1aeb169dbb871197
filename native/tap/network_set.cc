#include "tap/network_set.h"

#include <algorithm>
#include <tuple>

namespace podwire::tap {
namespace {

tcp::Address masked(tcp::Address address, unsigned prefix_bits) {
  const unsigned whole = prefix_bits / 8;
  const unsigned rest = prefix_bits % 8;
  for (unsigned i = whole; i < address.bytes.size(); ++i) {
    const bool partial = i == whole && rest != 0;
    address.bytes[i] = partial ? static_cast<std::uint8_t>(address.bytes[i] & (0xFFU << (8 - rest))) : std::uint8_t{0};
  }
  return address;
}

auto order_of(const Network& network) {
  return std::tie(network.address.version, network.prefix_bits, network.address.bytes);
}

}  // namespace

void NetworkSet::add(const tcp::Address& address, std::uint8_t prefix_bits) {
  networks_.push_back({masked(address, prefix_bits), prefix_bits});
}

void NetworkSet::seal() {
  std::sort(networks_.begin(), networks_.end(),
            [](const Network& a, const Network& b) { return order_of(a) < order_of(b); });
  groups_.clear();
  for (std::size_t i = 0; i < networks_.size(); ++i) {
    const auto& [address, prefix_bits] = networks_[i];
    const bool begins =
        groups_.empty() || groups_.back().version != address.version || groups_.back().prefix_bits != prefix_bits;
    if (begins) groups_.push_back({address.version, prefix_bits, i, i});
    groups_.back().end = i + 1;
  }
}

bool NetworkSet::contains(const tcp::Address& address) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const Group& group) {
    if (group.version != address.version) return false;
    const auto wanted = masked(address, group.prefix_bits).bytes;
    const auto begin = networks_.begin() + static_cast<std::ptrdiff_t>(group.begin);
    const auto end = networks_.begin() + static_cast<std::ptrdiff_t>(group.end);
    const auto found = std::lower_bound(
        begin, end, wanted, [](const Network& network, const auto& bytes) { return network.address.bytes < bytes; });
    return found != end && found->address.bytes == wanted;
  });
}

}  // namespace podwire::tap
