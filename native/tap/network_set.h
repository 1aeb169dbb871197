// Networks in CIDR notation (RFC 4632, section 3.1; RFC 4291, section 2.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tcp/segment.h"

namespace podwire::tap {

// The bits after the prefix are zero.
struct Network {
  tcp::Address address;
  std::uint8_t prefix_bits = 0;
};

// Asked in time of the number of distinct prefix lengths times the logarithm of the number of networks.
class NetworkSet {
 public:
  // `prefix_bits` at most 32 or 128; what `address` has after the prefix is ignored. To be followed by `seal`.
  void add(const tcp::Address& address, std::uint8_t prefix_bits);
  // Makes it ready to be asked.
  void seal();

  [[nodiscard]] bool contains(const tcp::Address& address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }
  [[nodiscard]] std::size_t size() const { return networks_.size(); }

 private:
  // Networks of one version and prefix length, which stand together.
  struct Group {
    std::uint8_t version;
    std::uint8_t prefix_bits;
    std::size_t begin;
    std::size_t end;
  };
  std::vector<Network> networks_;
  std::vector<Group> groups_;
};

}  // namespace podwire::tap
