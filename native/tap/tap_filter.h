// Which exchanges a tap wants.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exchange/exchange.h"
#include "podwire_fields.h"
#include "tap/tap_spec.h"
#include "tap/verdict.h"
#include "wire/redaction.h"

namespace podwire::tap {

// Judges by what is known now. An exchange that is open (End::kOpen) is judged kNotYet where a filter asks for a value
// that may still come: status, latency, gRPC status, a header that was not in what passed. It is to be judged again
// when it ends. A value that was lost is kUnknown. One thread at a time; the spec may be shared.
class TapFilter {
 public:
  // Both outlive the filter. `redaction`: what the tap may not see; null: it sees everything.
  TapFilter(const TapSpec& spec, const wire::Redaction* redaction);

  [[nodiscard]] Verdict judge(const exchange::ExchangeView& view);

  // Of the last verdict that was not kYes: the first filter that said no, or the first that could not be judged.
  [[nodiscard]] wire::Filter decisive() const { return decisive_; }

  // Whether an exchange on a connection to `server` could be wanted, by address and port. `backend`: where translation
  // led it.
  [[nodiscard]] bool may_want(const tcp::Endpoint& server,
                              const std::optional<tcp::Endpoint>& backend = std::nullopt) const;

 private:
  using JudgeField = Verdict (*)(const TapSpec&, const exchange::ExchangeView&);
  struct FieldFilter {
    wire::Filter filter;
    JudgeField judge;
  };

  // Adds one filter's verdict to that of those before it. False: it says no.
  bool decide(wire::Filter filter, Verdict verdict, Verdict& so_far);

  const TapSpec& spec_;
  const wire::Redaction* redaction_;
  std::vector<FieldFilter> fields_;  // those that the spec has entries of, cheap ones first
  wire::Filter decisive_ = wire::Filter::FILTER_UNSPECIFIED;
  std::string scratch_;
};

}  // namespace podwire::tap
