// Between reassembly and its neighbours: who reads a new connection, and who can spare us bytes of it.
#pragma once

#include <cstdint>
#include <memory>

#include "tcp/connection_sink.h"
#include "tcp/segment.h"

namespace podwire::tcp {

struct ConnectionInfo {
  std::uint64_t flow_id = 0;  // unique per flow table, counts up from 1; the same over a capture file on every run
  std::uint32_t attachment_id = 0;
  Endpoint initiator;
  Endpoint responder;
  Hook initiator_hook = Hook::kNone;  // where the initiator's segments are seen
  bool joined_late = false;           // no SYN was seen
};

class ConnectionSinkFactory {
 public:
  virtual ~ConnectionSinkFactory() = default;
  // `info` and `control` live as long as the sink. Null when the connection is not wanted: then it is ignored.
  virtual std::unique_ptr<ConnectionSink> connection(const ConnectionInfo& info, ConnectionControl& control) = 0;
  // What a sink takes of memory between messages, and one that rests, for FlowLimits::total_flow_bytes. Asked once.
  [[nodiscard]] virtual std::size_t sink_bytes() const { return 0; }
  [[nodiscard]] virtual std::size_t resting_sink_bytes() const { return sink_bytes(); }
};

// What the capture source can be told of a flow. A source that cannot skip has `skip` do nothing.
class SourceControl {
 public:
  virtual ~SourceControl() = default;
  // Segments wholly in [from_sequence, until_sequence) need not come; those that do are welcome. One that ends there
  // should come, if without payload, for its time; those with SYN, FIN or RST must come always. Replaces what was told
  // of this direction before; an empty range voids it. The length is at most 2^30, so that serial number arithmetic
  // (RFC 1982) decides.
  virtual void skip(std::uint32_t attachment_id, const Endpoint& source, const Endpoint& destination,
                    std::uint32_t from_sequence, std::uint32_t until_sequence) = 0;
  virtual void ignore(std::uint32_t attachment_id, const Endpoint& one, const Endpoint& other) = 0;
  // The flow ended: what was told of it is void. Called only when something was told.
  virtual void forget(std::uint32_t attachment_id, const Endpoint& one, const Endpoint& other) = 0;
};

}  // namespace podwire::tcp
