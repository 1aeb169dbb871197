#include "exchange/exchange_engine.h"

#include "exchange/connection.h"
#include "exchange/http1_connection.h"

namespace podwire::exchange {
namespace {

constexpr std::size_t kAllocationBytes = 16;  // at most, of one

}  // namespace

ExchangeEngine::ExchangeEngine(const ExchangeLimits& limits, ExchangeSink& sink, CaptureNeeds& needs,
                               std::uint64_t id_salt)
    : store_(limits, sink, needs, id_salt) {}

std::unique_ptr<tcp::ConnectionSink> ExchangeEngine::connection(const tcp::ConnectionInfo& info,
                                                                tcp::ConnectionControl& control) {
  return std::make_unique<Connection>(store_, info, control);
}

std::size_t ExchangeEngine::sink_bytes() const {
  return sizeof(Connection) + sizeof(Http1Connection) + 2 * kAllocationBytes;
}

std::size_t ExchangeEngine::resting_sink_bytes() const { return sizeof(Connection) + kAllocationBytes; }

void ExchangeEngine::advance(std::uint64_t now_monotime_ns) { store_.announce(now_monotime_ns); }

void ExchangeEngine::for_each_open(std::uint32_t attachment_id,
                                   const std::function<void(const ExchangeView&)>& visitor) {
  store_.for_each_open(attachment_id, visitor);
}

}  // namespace podwire::exchange
