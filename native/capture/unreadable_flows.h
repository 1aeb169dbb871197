// Connections of one attachment that were found to carry no readable HTTP and are ignored since, so that a tap that
// begins later is told of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "exchange/exchange.h"
#include "tcp/segment.h"

namespace podwire::capture {

// Of one attachment on one thread. A connection beyond it is told only to the taps of its time.
inline constexpr std::size_t kMaxUnreadableFlows = 4096;

// What was found of one connection.
class UnreadableConnection {
 public:
  // Keeps a copy of the names, and of the protocols no more than a tap tells.
  UnreadableConnection(const tcp::Endpoint& server, exchange::LossCause cause, const exchange::TlsNames& names,
                       const std::optional<tcp::Endpoint>& backend = std::nullopt);

  [[nodiscard]] const tcp::Endpoint& server() const { return server_; }
  // Where translation led it, as far as it is known.
  [[nodiscard]] const std::optional<tcp::Endpoint>& backend() const { return backend_; }
  [[nodiscard]] exchange::LossCause cause() const { return cause_; }
  // Points into this.
  [[nodiscard]] exchange::TlsNames names() const { return {server_name_, protocols_}; }

 private:
  tcp::Endpoint server_;
  std::optional<tcp::Endpoint> backend_;
  exchange::LossCause cause_;
  std::string server_name_;
  std::vector<std::string> protocols_;
};

// One thread.
class UnreadableFlows {
 public:
  void add(const tcp::Endpoint& one, const tcp::Endpoint& other, UnreadableConnection connection);
  // It ended.
  void remove(const tcp::Endpoint& one, const tcp::Endpoint& other);
  // `told` has a `loss` as TapWriter has: as if each had been found just now.
  template <typename Told>
  void tell(Told& told) const {
    for (const auto& [key, flow] : flows_) told.loss(flow.cause(), flow.server(), flow.names(), flow.backend());
  }
  [[nodiscard]] std::size_t size() const { return flows_.size(); }

 private:
  using EndpointKey = std::tuple<std::array<std::uint8_t, 16>, std::uint16_t>;
  using FlowKey = std::pair<EndpointKey, EndpointKey>;  // lower first

  [[nodiscard]] static FlowKey key_of(const tcp::Endpoint& one, const tcp::Endpoint& other);

  std::map<FlowKey, UnreadableConnection> flows_;
};

}  // namespace podwire::capture
