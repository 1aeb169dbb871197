#include "tap/peer_filter.h"

#include <algorithm>

#include "tap/absence.h"
#include "tap/authority.h"
#include "wire/ascii.h"

namespace podwire::tap {
namespace {

bool is_by_host(const Peer& peer) { return peer.networks.empty() && !peer.host.empty(); }

bool has_port(const Peer& peer, const tcp::Endpoint& endpoint) { return peer.port == 0 || peer.port == endpoint.port; }

bool has_address(const Peer& peer, const tcp::Endpoint& endpoint) {
  return peer.networks.empty() || peer.networks.contains(endpoint.address);
}

bool is_at(const Peer& peer, const tcp::Endpoint& endpoint) {
  return has_port(peer, endpoint) && has_address(peer, endpoint);
}

// A connection that has two addresses and two ports at this end.
bool is_at(const Peer& peer, const tcp::Endpoint& endpoint, const std::optional<tcp::Endpoint>& also) {
  return (has_port(peer, endpoint) || (also && has_port(peer, *also))) &&
         (has_address(peer, endpoint) || (also && has_address(peer, *also)));
}

Verdict judge_host(const Peer& peer, const exchange::ExchangeView& view) {
  if (view.request == nullptr || !view.request->authority) return judge_absent(view, false);
  const Authority authority = Authority::parse(*view.request->authority);
  if (!wire::equals_ignoring_case(authority.host, peer.host)) return Verdict::kNo;
  if (has_port(peer, view.destination) || (view.via && has_port(peer, *view.via))) return Verdict::kYes;
  const auto& scheme = view.request->scheme;
  const auto port = authority.port || !scheme ? authority.port : default_port(*scheme);
  return yes_if(port == peer.port);
}

}  // namespace

Verdict judge_destination(const TapSpec& spec, const exchange::ExchangeView& view) {
  if (spec.to.empty()) return Verdict::kYes;
  Verdict verdict = Verdict::kNo;
  for (const auto& peer : spec.to) {
    verdict =
        any_of(verdict, is_by_host(peer) ? judge_host(peer, view) : yes_if(is_at(peer, view.destination, view.via)));
    if (verdict == Verdict::kYes) break;
  }
  return verdict;
}

Verdict judge_source(const TapSpec& spec, const exchange::ExchangeView& view) {
  if (spec.from.empty()) return Verdict::kYes;
  Verdict verdict = Verdict::kNo;
  for (const auto& peer : spec.from) {
    verdict = any_of(verdict, is_by_host(peer) ? Verdict::kUnknown : yes_if(is_at(peer, view.source)));
    if (verdict == Verdict::kYes) break;
  }
  return verdict;
}

bool may_be_destination(const TapSpec& spec, const tcp::Endpoint& server, const std::optional<tcp::Endpoint>& backend) {
  return spec.to.empty() || std::any_of(spec.to.begin(), spec.to.end(), [&](const Peer& peer) {
           return is_by_host(peer) || is_at(peer, server, backend);
         });
}

}  // namespace podwire::tap
