#include "capture/wanted_ports.h"

#include <algorithm>
#include <set>

#include "bpf/capture_record.h"

namespace podwire::capture {

namespace {

// Empty: all. A host without networks is known by the request's authority, whose port may differ from the TCP port.
std::vector<std::uint16_t> ports_of(const std::vector<tap::Peer>& peers) {
  std::vector<std::uint16_t> ports;
  for (const tap::Peer& peer : peers) {
    if (peer.port == 0 || (!peer.host.empty() && peer.networks.empty())) return {};
    ports.push_back(peer.port);
  }
  return ports;
}

// Empty: all. Fields of a spec combine with and, so that any one of them may restrict; `ports` does it most directly.
std::vector<std::uint16_t> ports_of(const tap::TapSpec& spec, bool translated) {
  if (!spec.ports.empty()) return spec.ports;
  if (!translated) {
    if (auto ports = ports_of(spec.to); !ports.empty()) return ports;
  }
  return ports_of(spec.from);
}

}  // namespace

std::vector<std::uint16_t> wanted_ports(std::span<const tap::TapSpec* const> taps, bool translated) {
  std::set<std::uint16_t> wanted;
  for (const tap::TapSpec* spec : taps) {
    const std::vector<std::uint16_t> ports = ports_of(*spec, translated);
    if (ports.empty()) return {};
    wanted.insert(ports.begin(), ports.end());
  }
  if (wanted.size() > CAPTURE_PORTS_MAX) return {};
  return {wanted.begin(), wanted.end()};
}

}  // namespace podwire::capture
