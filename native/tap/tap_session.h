// One tap at one pod: what it shows, what it does not, and why.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "exchange/exchange.h"
#include "tap/credential_redaction.h"
#include "tap/open_exchanges.h"
#include "tap/rate_limit.h"
#include "tap/redaction_rules.h"
#include "tap/tap_filter.h"
#include "tap/tap_spec.h"
#include "wire/exchange_encoder.h"
#include "wire/tap_counters.h"

namespace podwire::tap {

// What the threads of a tap share. The pods of one node may share it too, or the rate limit alone.
class Tap {
 public:
  // `rules`: of the node; what they forbid is not in `spec()`, whatever was asked for. Null: none.
  explicit Tap(TapSpec spec, std::shared_ptr<const RedactionRules> rules = nullptr)
      : spec_(permitted(std::move(spec), rules.get())),
        rules_(std::move(rules)),
        rate_(std::make_shared<RateLimit>(spec_.max_rate)) {}
  // `rate`: made of the spec's max_rate.
  Tap(TapSpec spec, std::shared_ptr<RateLimit> rate) : spec_(std::move(spec)), rate_(std::move(rate)) {}

  [[nodiscard]] const TapSpec& spec() const { return spec_; }
  [[nodiscard]] const std::shared_ptr<const RedactionRules>& rules() const { return rules_; }
  [[nodiscard]] RateLimit& rate() { return *rate_; }

 private:
  static TapSpec permitted(TapSpec spec, const RedactionRules* rules);

  const TapSpec spec_;
  const std::shared_ptr<const RedactionRules> rules_;
  const std::shared_ptr<RateLimit> rate_;
};

enum class Outcome : std::uint8_t {
  kPublished,  // this view is to be sent
  kFiltered,
  kUnjudged,
  kSkipped,  // over the rate
  kNotYet,   // still open, and not to be sent now: it is judged when it ends. Nothing was counted.
};

// All views of one exchange come to the same session. One thread at a time; each thread that produces for a tap of a
// pod has its own.
//
// Every exchange is counted once: seen = published + filtered + unjudged + skipped. While it is open, it is counted
// only if it is shown then (the filters say yes, the rate allows it, and no more than kMaxOpenExchanges are); its later
// views are then shown too whatever the rate, and counted as `reopened` alone. Otherwise it is judged when it ends.
class TapSession {
 public:
  explicit TapSession(std::shared_ptr<Tap> tap);
  TapSession(const TapSession&) = delete;
  TapSession& operator=(const TapSession&) = delete;

  // CLOCK_REALTIME − CLOCK_MONOTONIC, for exchanges that are shown from now on for the first time.
  void set_wall_clock_offset(std::int64_t offset_ns) { wall_clock_offset_ns_ = offset_ns; }

  [[nodiscard]] Outcome consider(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns);

  // Connections that never carry an exchange are not this tap's when its filters leave their server out; a loss that
  // may have hidden an exchange always is. `backend`: where translation led it; it is told by `server` all the same.
  void loss(exchange::LossCause cause, const tcp::Endpoint& server, const exchange::TlsNames& names = {},
            const std::optional<tcp::Endpoint>& backend = std::nullopt);

  // How the view that was considered last is to be encoded. Points into this session.
  [[nodiscard]] wire::EncodingRules encoding_rules() const;

  // What was counted since the last call: for BatchSequence::hand_over.
  [[nodiscard]] wire::TapCounters take_counters();

 private:
  Outcome consider_open(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns);
  Outcome consider_ended(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns);
  [[nodiscard]] const wire::Redaction* redaction() const;

  const std::shared_ptr<Tap> tap_;
  const CredentialRedaction redaction_;
  TapFilter filter_;
  OpenExchanges open_;
  wire::TapCounters counters_;
  std::int64_t wall_clock_offset_ns_ = 0;
  std::int64_t shown_offset_ns_ = 0;  // of the view that was considered last
};

}  // namespace podwire::tap
