// The ends of an exchange as a tap's `to` and `from` name them.
#pragma once

#include "exchange/exchange.h"
#include "tap/tap_spec.h"
#include "tap/verdict.h"

namespace podwire::tap {

// By address and port; a peer that has a host and no network by the request's authority, whose port may be the peer's
// instead of the destination's (a service's port is translated on the way).
[[nodiscard]] Verdict judge_destination(const TapSpec& spec, const exchange::ExchangeView& view);

// A peer by host alone cannot be judged: nothing on the wire says the name of who sends a request.
[[nodiscard]] Verdict judge_source(const TapSpec& spec, const exchange::ExchangeView& view);

// Whether `to` leaves it possible that exchanges with this destination are wanted.
[[nodiscard]] bool may_be_destination(const TapSpec& spec, const tcp::Endpoint& server);

}  // namespace podwire::tap
