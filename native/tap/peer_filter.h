// The ends of an exchange as a tap's `to` and `from` name them.
#pragma once

#include <optional>

#include "exchange/exchange.h"
#include "tap/tap_spec.h"
#include "tap/verdict.h"

namespace podwire::tap {

// By address and port, each either the destination's or those that the source asked for (`via`); a peer that has a host
// and no network by the request's authority, whose port may be the peer's too.
[[nodiscard]] Verdict judge_destination(const TapSpec& spec, const exchange::ExchangeView& view);

// A peer by host alone cannot be judged: nothing on the wire says the name of who sends a request.
[[nodiscard]] Verdict judge_source(const TapSpec& spec, const exchange::ExchangeView& view);

// Whether `to` leaves it possible that exchanges with this destination are wanted. `backend`: where translation led it.
[[nodiscard]] bool may_be_destination(const TapSpec& spec, const tcp::Endpoint& server,
                                      const std::optional<tcp::Endpoint>& backend = std::nullopt);

}  // namespace podwire::tap
