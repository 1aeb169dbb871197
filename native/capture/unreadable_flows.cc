#include "capture/unreadable_flows.h"

#include <algorithm>

namespace podwire::capture {

void UnreadableFlows::add(const tcp::Endpoint& one, const tcp::Endpoint& other, const tcp::Endpoint& server,
                          exchange::LossCause cause) {
  if (flows_.size() < kMaxUnreadableFlows) flows_.insert_or_assign(key_of(one, other), Flow{server, cause});
}

void UnreadableFlows::remove(const tcp::Endpoint& one, const tcp::Endpoint& other) { flows_.erase(key_of(one, other)); }

UnreadableFlows::FlowKey UnreadableFlows::key_of(const tcp::Endpoint& one, const tcp::Endpoint& other) {
  const EndpointKey first{one.address.bytes, one.port};
  const EndpointKey second{other.address.bytes, other.port};
  return std::minmax(first, second);
}

}  // namespace podwire::capture
