// What all that read one TCP connection share: whose it is, who asks, and where its exchanges go.
#pragma once

#include <cstdint>

#include "exchange/exchange_store.h"
#include "tcp/connection_sink.h"
#include "tcp/flow_events.h"

namespace podwire::exchange {

class ConnectionContext {
 public:
  // All three outlive it.
  ConnectionContext(ExchangeStore& store, const tcp::ConnectionInfo& info, tcp::ConnectionControl& control)
      : store_(store), control_(control), info_(info) {}

  [[nodiscard]] ExchangeStore& store() { return store_; }
  [[nodiscard]] tcp::ConnectionControl& control() { return control_; }
  [[nodiscard]] const tcp::ConnectionInfo& info() const { return info_; }

  // Told by the content. Until then the initiator is taken for it.
  void set_client(tcp::Side client);
  // What was taken for its content was none.
  void forget_client();
  [[nodiscard]] bool client_known() const { return client_known_; }
  [[nodiscard]] tcp::Side client() const { return client_; }
  [[nodiscard]] bool is_client(tcp::Side side) const { return side == client_; }

  // A new exchange, from the client to the server.
  ExchangeRecord& open(ExchangeOwner& owner, std::uint64_t start_ns);
  void tell_loss(LossCause cause, const TlsNames& names = {});

 private:
  [[nodiscard]] tcp::Endpoint server() const;

  ExchangeStore& store_;
  tcp::ConnectionControl& control_;
  const tcp::ConnectionInfo& info_;
  std::uint32_t exchanges_ = 0;
  tcp::Side client_ = tcp::Side::kInitiator;
  bool client_known_ = false;
};

}  // namespace podwire::exchange
