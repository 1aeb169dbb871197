// Where address translation on the node (DNAT, as for a Service's address) led the connections of the tapped pods.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "kernel/connection_tracking.h"
#include "tap/network_set.h"
#include "tcp/segment.h"

namespace podwire::capture {

// Connections of one thread whose answer is kept; those that were not asked for longest go first, and are asked anew.
inline constexpr std::size_t kMaxTranslatedFlows = 65'536;
// Questions for one connection that the tracking does not know.
inline constexpr unsigned kMaxTrackingQuestions = 3;
inline constexpr std::uint64_t kTrackingRetryNs = 50'000'000;

// The destinations that may be translated. Immutable once it is shared.
struct TranslatedDestinations {
  tap::NetworkSet networks;  // sealed
  bool all = false;

  [[nodiscard]] bool none() const { return !all && networks.empty(); }
  [[nodiscard]] bool may_hold(const tcp::Address& address) const { return all || networks.contains(address); }
};

// Of all threads of a capture, cumulative.
struct TranslationCounters {
  std::atomic<std::uint64_t> questions{0};    // to the connection tracking
  std::atomic<std::uint64_t> translated{0};   // connections found to lead elsewhere
  std::atomic<std::uint64_t> not_tracked{0};  // connections that were given up: the tracking does not know them
  std::atomic<std::uint64_t> failed{0};       // questions that were not answered
  std::atomic<int> last_error{0};             // an errno value
};

struct TranslationOptions {
  std::shared_ptr<const TranslatedDestinations> destinations = nullptr;  // null: none is translated
  std::shared_ptr<TranslationCounters> counters = nullptr;               // null: nobody asks for them
  std::uint64_t hash_seed = 0;
};

// A connection of an attachment, as its packets have it.
struct ClientFlow {
  std::uint32_t attachment_id = 0;
  tcp::Endpoint client;
  tcp::Endpoint server;

  friend bool operator==(const ClientFlow&, const ClientFlow&) = default;
};

// One thread; it asks the connection tracking of the network namespace that the thread is in.
class DestinationTranslation {
 public:
  explicit DestinationTranslation(const TranslationOptions& options);

  void set_destinations(std::shared_ptr<const TranslatedDestinations> destinations);

  // Who answers, when it is another than `flow.server`. nullopt also as long as it is not known: nothing is guessed.
  // `may_ask`: false while it is not certain that the tracking has this connection and not the next one of its ports.
  [[nodiscard]] std::optional<tcp::Endpoint> backend(const ClientFlow& flow, std::uint64_t now_monotime_ns,
                                                     bool may_ask = true);

  // A new connection between the same ends may lead elsewhere.
  void forget(const ClientFlow& flow);
  void close_attachment(std::uint32_t attachment_id);

 private:
  struct Found {
    std::optional<tcp::Endpoint> backend;
    std::uint64_t retry_monotime_ns = 0;
    unsigned questions = 0;  // without an answer
    bool settled = false;
  };
  struct Hash {
    std::uint64_t seed;
    [[nodiscard]] std::size_t operator()(const ClientFlow& flow) const;
  };
  using Flows = std::unordered_map<ClientFlow, Found, Hash>;

  [[nodiscard]] Found& entry_of(const ClientFlow& flow);
  void ask(const ClientFlow& flow, std::uint64_t now_monotime_ns, Found& found);

  std::shared_ptr<const TranslatedDestinations> destinations_;
  std::shared_ptr<TranslationCounters> counters_;
  kernel::ConnectionTracking tracking_;
  // Two generations of at most half the bound each: what is asked for in the older one moves to the newer.
  Flows current_;
  Flows previous_;
};

}  // namespace podwire::capture
