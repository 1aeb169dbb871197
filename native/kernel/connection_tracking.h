// The kernel's connection tracking, asked by ctnetlink (<linux/netfilter/nfnetlink_conntrack.h>): where address
// translation led a connection.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "kernel/file_descriptor.h"
#include "tcp/segment.h"

namespace podwire::kernel {

enum class TrackingOutcome : std::uint8_t {
  kTracked,     // `server` is who answers
  kNotTracked,  // there is no such connection (yet, or any more)
  kFailed,      // the question was not answered: `error`
};

struct TrackingAnswer {
  TrackingOutcome outcome = TrackingOutcome::kFailed;
  tcp::Endpoint server{};  // the one that was asked for, where nothing is translated
  int error = 0;           // an errno value
};

// One thread at a time. Its socket is that of the network namespace in which the first question is asked. Never waits:
// the kernel answers within the call. Needs CAP_NET_ADMIN there.
class ConnectionTracking {
 public:
  // The TCP connection that `client` opened to `server`, both as the client's packets have them.
  [[nodiscard]] TrackingAnswer find(const tcp::Endpoint& client, const tcp::Endpoint& server);

 private:
  [[nodiscard]] TrackingAnswer ask(const tcp::Endpoint& client, const tcp::Endpoint& server);

  FileDescriptor socket_;
  std::uint32_t sequence_ = 0;
};

// Empty when connection tracking can be asked here; else one sentence: what is missing, and what follows.
[[nodiscard]] std::string connection_tracking_limitation();
// The sentence for an errno value of a failed question.
[[nodiscard]] std::string connection_tracking_limitation(int error);

}  // namespace podwire::kernel
