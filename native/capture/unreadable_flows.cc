#include "capture/unreadable_flows.h"

#include <algorithm>

#include "wire/tap_counters.h"

namespace podwire::capture {

UnreadableConnection::UnreadableConnection(const tcp::Endpoint& server, exchange::LossCause cause,
                                           const exchange::TlsNames& names, const std::optional<tcp::Endpoint>& backend)
    : server_(server), backend_(backend), cause_(cause), server_name_(names.server_name) {
  const auto told = names.protocols.first(std::min(names.protocols.size(), wire::kMaxApplicationProtocols));
  protocols_.assign(told.begin(), told.end());
}

void UnreadableFlows::add(const tcp::Endpoint& one, const tcp::Endpoint& other, UnreadableConnection connection) {
  if (flows_.size() < kMaxUnreadableFlows) flows_.insert_or_assign(key_of(one, other), std::move(connection));
}

void UnreadableFlows::remove(const tcp::Endpoint& one, const tcp::Endpoint& other) { flows_.erase(key_of(one, other)); }

UnreadableFlows::FlowKey UnreadableFlows::key_of(const tcp::Endpoint& one, const tcp::Endpoint& other) {
  const EndpointKey first{one.address.bytes, one.port};
  const EndpointKey second{other.address.bytes, other.port};
  return std::minmax(first, second);
}

}  // namespace podwire::capture
