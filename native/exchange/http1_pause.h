// What an HTTP/1 connection goes on from between its exchanges: all that an idle one keeps.
#pragma once

#include <array>
#include <cstdint>

#include "exchange/exchange.h"
#include "exchange/pairing.h"
#include "http1/message_reader.h"

namespace podwire::exchange {

// Of Http1Connection, its readers and its ExchangeTracker; all else of them is of a message or an exchange.
struct Http1Pause {
  Pairing pairing;
  std::array<std::uint64_t, 2> told_bytes{};
  MissingSet uncertain_cause;
  std::array<http1::ReaderPause, 2> readers;
  bool confirmed : 1 = true;
  bool head_seen : 1 = false;
  bool initiator_seen : 1 = false;
  bool responder_seen : 1 = false;
};
static_assert(sizeof(Http1Pause) == 40, "there may be a million");

}  // namespace podwire::exchange
