// One entry of a tap's header filter.
#pragma once

#include <string>

#include "exchange/exchange.h"
#include "tap/tap_spec.h"
#include "tap/verdict.h"
#include "wire/redaction.h"

namespace podwire::tap {

// Headers and trailers of request and response. Values are judged as the tap may see them, so that no credential can
// be found out by asking for it: `redaction` (null: none) hides → kUnknown. Name and presence are never hidden. A field
// whose name cannot be known may be the one asked for: kUnknown when no other one is.
[[nodiscard]] Verdict judge_header(const HeaderMatch& match, const exchange::ExchangeView& view,
                                   const wire::Redaction* redaction, std::string& scratch);

}  // namespace podwire::tap
