// Why bytes of a stream passed unseen, in the words of an exchange and of a loss.
#pragma once

#include <optional>

#include "exchange/exchange.h"
#include "tcp/connection_sink.h"

namespace podwire::exchange {

[[nodiscard]] MissingSet missing_for(tcp::GapCause cause);
// nullopt: the exchanges alone tell of it.
[[nodiscard]] std::optional<LossCause> loss_for(tcp::GapCause cause);

// How exchanges end that their connection leaves open.
struct Ending {
  End how = End::kClosed;
  MissingSet missing = {};
};
[[nodiscard]] Ending ending_for(tcp::CloseCause cause);

[[nodiscard]] constexpr MissingSet only(Missing cause) {
  MissingSet set;
  set.add(cause);
  return set;
}

}  // namespace podwire::exchange
