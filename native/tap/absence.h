// What it means that a value is not there.
#pragma once

#include "exchange/exchange.h"
#include "tap/verdict.h"

namespace podwire::tap {

// `may_come`: the part of the message it belongs to has not passed yet. Otherwise, a value is known to be absent only
// when nothing of the exchange is missing.
inline Verdict judge_absent(const exchange::ExchangeView& view, bool may_come) {
  if (may_come) return Verdict::kNotYet;
  return view.missing.empty() ? Verdict::kNo : Verdict::kUnknown;
}

}  // namespace podwire::tap
