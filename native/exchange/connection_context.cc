#include "exchange/connection_context.h"

namespace podwire::exchange {
namespace {

Direction direction_of(tcp::Hook initiator_hook, bool client_is_initiator) {
  switch (initiator_hook) {
    case tcp::Hook::kIngress:
      return client_is_initiator ? Direction::kInbound : Direction::kOutbound;
    case tcp::Hook::kEgress:
      return client_is_initiator ? Direction::kOutbound : Direction::kInbound;
    case tcp::Hook::kInternal:
      return Direction::kInternal;
    case tcp::Hook::kNone:
      break;
  }
  return Direction::kUnknown;
}

}  // namespace

void ConnectionContext::set_client(tcp::Side client) {
  client_ = client;
  client_known_ = true;
}

void ConnectionContext::forget_client() {
  client_ = tcp::Side::kInitiator;
  client_known_ = false;
}

ExchangeRecord& ConnectionContext::open(ExchangeOwner& owner, std::uint64_t start_ns) {
  ExchangeRecord& record = store_.open(info_.flow_id, exchanges_++, start_ns);
  const bool client_is_initiator = client_ == tcp::Side::kInitiator;
  record.owner = &owner;
  record.attachment_id = info_.attachment_id;
  record.source = client_is_initiator ? info_.initiator : info_.responder;
  record.destination = client_is_initiator ? info_.responder : info_.initiator;
  record.direction = direction_of(info_.initiator_hook, client_is_initiator);
  return record;
}

void ConnectionContext::tell_loss(LossCause cause, const TlsNames& names) {
  store_.sink().loss(info_.attachment_id, cause, server(), names);
}

// Unless the content told it: the responder, and when no SYN was seen the side with the lower port.
tcp::Endpoint ConnectionContext::server() const {
  if (client_known_) return client_ == tcp::Side::kInitiator ? info_.responder : info_.initiator;
  if (info_.joined_late && info_.initiator.port < info_.responder.port) return info_.initiator;
  return info_.responder;
}

}  // namespace podwire::exchange
