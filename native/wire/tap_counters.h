// What a tap saw at one pod: the message TapCounters of proto/podwire.proto.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/exchange.h"
#include "podwire_fields.h"

namespace podwire::wire {

// Causes of the schema, LOSS_CAUSE_UNSPECIFIED included.
constexpr std::size_t kLossCauses = static_cast<std::size_t>(LossCause::LOSS_CAUSE_UNRECOGNISED) + 1;
// Filters of the schema, FILTER_UNSPECIFIED included.
constexpr std::size_t kFilters = static_cast<std::size_t>(Filter::FILTER_HEADER) + 1;
// Distinct ends of connections that carry no readable HTTP; those of further ones are in the losses alone.
constexpr std::size_t kMaxUnreadableEndpoints = 32;
// Distinct ones of one such end, in the order in which they came; further ones are not told.
constexpr std::size_t kMaxServerNames = 4;
constexpr std::size_t kMaxApplicationProtocols = 4;

[[nodiscard]] LossCause loss_cause(exchange::LossCause cause);
// The connection carries nothing that will ever be an exchange; where it leads is worth telling.
[[nodiscard]] bool makes_unreadable(LossCause cause);

struct UnreadableEndpoint {
  tcp::Endpoint server;
  LossCause cause = LossCause::LOSS_CAUSE_UNSPECIFIED;
  std::uint64_t connections = 0;
  std::vector<std::string> server_names;           // at most kMaxServerNames
  std::vector<std::string> application_protocols;  // at most kMaxApplicationProtocols
};

class UnreadableEndpoints {
 public:
  // Connections, and what TLS told of them. False when it is a new end and the table is full: nothing was added.
  bool add(const tcp::Endpoint& server, LossCause cause, std::uint64_t connections = 1,
           const exchange::TlsNames& names = {});
  // As if its connections had been added here.
  bool merge(const UnreadableEndpoint& more);
  [[nodiscard]] std::span<const UnreadableEndpoint> entries() const { return entries_; }

 private:
  // Null: there is no room for a new one.
  [[nodiscard]] UnreadableEndpoint* entry_of(const tcp::Endpoint& server, LossCause cause);

  std::vector<UnreadableEndpoint> entries_;  // at most kMaxUnreadableEndpoints
};

// Exchanges that one filter decided about.
struct FilterCount {
  std::uint64_t filtered = 0;
  std::uint64_t unjudged = 0;
};

// A sum, or what came since the last one.
struct TapCounters {
  std::uint64_t seen = 0;
  std::uint64_t published = 0;
  std::uint64_t filtered = 0;
  std::uint64_t unjudged = 0;
  std::uint64_t skipped = 0;
  std::uint64_t reopened = 0;
  std::uint64_t packets = 0;
  std::array<std::uint64_t, kLossCauses> losses{};  // by number of LossCause
  UnreadableEndpoints unreadable;
  std::array<FilterCount, kFilters> by_filter{};  // by number of Filter; their sums are `filtered` and `unjudged`

  void filter(Filter by) {
    ++filtered;
    ++by_filter[static_cast<std::size_t>(by)].filtered;
  }
  void leave_unjudged(Filter by) {
    ++unjudged;
    ++by_filter[static_cast<std::size_t>(by)].unjudged;
  }
  void lose(LossCause cause, std::uint64_t count = 1) { losses[static_cast<std::size_t>(cause)] += count; }
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::uint64_t lost(LossCause cause) const { return losses[static_cast<std::size_t>(cause)]; }
  void merge(const TapCounters& more);
};

// Appends them as the `counters` field of TapBatch.
void append_tap_counters(const TapCounters& counters, std::string& out);

}  // namespace podwire::wire
