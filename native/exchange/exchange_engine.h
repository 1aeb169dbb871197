// From connections to exchanges: what the flow table calls for each new connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "exchange/capture_needs.h"
#include "exchange/exchange.h"
#include "exchange/exchange_limits.h"
#include "exchange/exchange_store.h"
#include "tcp/flow_events.h"

namespace podwire::exchange {

// One thread. Outlives its connections; `sink` and `needs` outlive it. Time is that of the segments.
class ExchangeEngine final : public tcp::ConnectionSinkFactory {
 public:
  // Ids are a function of `id_salt`, flow and place in the flow; salt 0 for files, where they repeat on every run.
  ExchangeEngine(const ExchangeLimits& limits, ExchangeSink& sink, CaptureNeeds& needs, std::uint64_t id_salt);

  std::unique_ptr<tcp::ConnectionSink> connection(const tcp::ConnectionInfo& info,
                                                  tcp::ConnectionControl& control) override;
  // Of HTTP/1; HTTP/2 takes about twice as much, and its dynamic tables, which have a bound of their own.
  [[nodiscard]] std::size_t sink_bytes() const override;
  [[nodiscard]] std::size_t resting_sink_bytes() const override;

  // Sends every exchange that has been open for kAnnounceAfterNs, once, as End::kOpen.
  void advance(std::uint64_t now_monotime_ns);
  // Visits each open exchange of the attachment with a view that ends as kDetached. The exchanges go on, for others.
  void for_each_open(std::uint32_t attachment_id, const std::function<void(const ExchangeView&)>& visitor);

  [[nodiscard]] std::size_t open_exchanges() const { return store_.open_exchanges(); }
  // Of heads and bodies kept; of heads, frames and TLS handshakes that have not come whole.
  [[nodiscard]] std::size_t stored_bytes() const { return store_.stored_bytes(); }
  [[nodiscard]] std::size_t incomplete_bytes() {
    return store_.scratch().buffered_bytes() + store_.frame_memory().used();
  }

 private:
  ExchangeStore store_;
};

}  // namespace podwire::exchange
