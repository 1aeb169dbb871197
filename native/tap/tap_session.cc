#include "tap/tap_session.h"

#include <utility>

namespace podwire::tap {

TapSpec Tap::permitted(TapSpec spec, const RedactionRules* rules) {
  if (rules == nullptr) return spec;
  if (rules->bodies_forbidden) spec.body_bytes = 0;
  if (rules->unredacted_forbidden) spec.unredacted = false;
  return spec;
}

TapSession::TapSession(std::shared_ptr<Tap> tap)
    : tap_(std::move(tap)), redaction_(tap_->rules()), filter_(tap_->spec(), redaction()) {}

Outcome TapSession::consider(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns) {
  const bool open = view.end == exchange::End::kOpen;
  const auto shown_before = open_.find(view.id);
  shown_offset_ns_ = shown_before.value_or(wall_clock_offset_ns_);
  if (shown_before) {
    if (!open) open_.erase(view.id);
    ++counters_.reopened;
    return Outcome::kPublished;
  }
  return open ? consider_open(view, now_monotime_ns) : consider_ended(view, now_monotime_ns);
}

Outcome TapSession::consider_open(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns) {
  if (open_.full() || filter_.judge(view) != Verdict::kYes || !tap_->rate().take(now_monotime_ns)) {
    return Outcome::kNotYet;
  }
  open_.insert(view.id, shown_offset_ns_);
  ++counters_.seen;
  ++counters_.published;
  return Outcome::kPublished;
}

Outcome TapSession::consider_ended(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns) {
  ++counters_.seen;
  switch (filter_.judge(view)) {
    case Verdict::kNo:
      counters_.filter(filter_.decisive());
      return Outcome::kFiltered;
    case Verdict::kUnknown:
    case Verdict::kNotYet:
      counters_.leave_unjudged(filter_.decisive());
      return Outcome::kUnjudged;
    case Verdict::kYes:
      break;
  }
  if (!tap_->rate().take(now_monotime_ns)) {
    ++counters_.skipped;
    return Outcome::kSkipped;
  }
  ++counters_.published;
  return Outcome::kPublished;
}

void TapSession::loss(exchange::LossCause cause, const tcp::Endpoint& server, const exchange::TlsNames& names,
                      const std::optional<tcp::Endpoint>& backend) {
  const wire::LossCause told = wire::loss_cause(cause);
  if (!wire::makes_unreadable(told)) return counters_.lose(told);
  if (!filter_.may_want(server, backend)) return;
  counters_.lose(told);
  counters_.unreadable.add(server, told, 1, names);
}

wire::EncodingRules TapSession::encoding_rules() const {
  const TapSpec& spec = tap_->spec();
  return {redaction(), spec.body_bytes, shown_offset_ns_, spec.omit_headers, spec.share_headers};
}

wire::TapCounters TapSession::take_counters() { return std::exchange(counters_, {}); }

const wire::Redaction* TapSession::redaction() const { return tap_->spec().unredacted ? nullptr : &redaction_; }

}  // namespace podwire::tap
