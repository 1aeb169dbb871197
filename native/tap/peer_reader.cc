#include "tap/peer_reader.h"

#include <algorithm>

#include "podwire_fields.h"
#include "tap/authority.h"
#include "wire/ascii.h"

namespace podwire::tap {
namespace {

constexpr Range kPortRange{0, 65'535};

}  // namespace

Peer PeerReader::read(protozero::pbf_reader reader, const std::string& name) {
  Peer peer;
  while (reader.next()) {
    switch (static_cast<wire::PeerField>(reader.tag())) {
      case wire::PeerField::networks_:
        read_network(FieldReader(reader, name + ".networks").message(), name + ".networks", peer.networks);
        break;
      case wire::PeerField::port_:
        peer.port = static_cast<std::uint16_t>(FieldReader(reader, name + ".port").number(kPortRange));
        break;
      case wire::PeerField::host_: {
        const std::string host = FieldReader(reader, name + ".host").text(0, kMaxHostBytes);
        peer.host = wire::lower_case(Authority::parse(host).host);
        break;
      }
      default:
        reader.skip();
    }
  }
  peer.networks.seal();
  return peer;
}

void PeerReader::read_network(protozero::pbf_reader reader, const std::string& name, NetworkSet& networks) {
  if (++network_count_ > kMaxNetworks) {
    refuse(SpecErrorCode::kTooMany, name, "at most " + std::to_string(kMaxNetworks) + " in all", "more");
  }
  std::string_view ip;
  std::uint64_t prefix_bits = 0;
  while (reader.next()) {
    switch (static_cast<wire::NetworkField>(reader.tag())) {
      case wire::NetworkField::ip_:
        ip = FieldReader(reader, name + ".ip").bytes();
        break;
      case wire::NetworkField::prefix_bits_:
        prefix_bits = FieldReader(reader, name + ".prefix_bits").number({0, 128});
        break;
      default:
        reader.skip();
    }
  }
  if (ip.size() != 4 && ip.size() != 16) {
    refuse(SpecErrorCode::kOutOfRange, name + ".ip", "4 or 16 bytes", std::to_string(ip.size()));
  }
  if (prefix_bits > ip.size() * 8) {
    refuse(SpecErrorCode::kOutOfRange, name + ".prefix_bits", "0 to 32 for an IPv4 network",
           std::to_string(prefix_bits));
  }
  tcp::Address address;
  address.version = ip.size() == 4 ? 4 : 6;
  std::transform(ip.begin(), ip.end(), address.bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  networks.add(address, static_cast<std::uint8_t>(prefix_bits));
}

}  // namespace podwire::tap
