// Whether the order of requests and responses on a connection tells which belong together.
//
// Responses come in the order of their requests (RFC 9112, section 9.3.2). Seen from its SYN without loss, a
// connection is `certain`: the n-th final response answers the n-th request, however deep the pipeline.
//
// Lost bytes may have held whole messages:
// - Lost of the requests: requests seen before the loss keep their place, since the next responses are theirs. What
//   comes after them is not known.
// - Lost of the responses: nothing that waits can be told its response any more.
// - Joined late: nobody knows how many requests wait.
//
// Being certain again:
// (a) By counting. When only responses were lost and every request is known, at most u requests wait: those that
//     waited at the loss and those since. Each final response lowers u. At u = 0 nothing waits: certain.
// (b) By turns. A client that does not pipeline sends a request only when it has had the last response whole. So if
//     this client was never seen to send one early, then a request R shows that nothing waits before it, provided that
//       - R is first to come: no other request waits, and no response is under way;
//       - R's first byte is not earlier than any response byte seen;
//       - after a loss of requests, the answer to what was lost came whole before R: a response that no known request
//         waits for, or, when no more than the end of a known request may have been lost, any.
//     The pairing is then `assumed`, and the very next response byte must begin the response to R. It is refuted by
//     anything that such a client cannot cause: a second request before the response is whole, a response that nobody
//     asked for, other bytes where the response has to begin. Then what waits is told as unknown, before any of it
//     was paired; and a client that was seen to pipeline is only believed by (a) again. A response under way of which
//     nobody knows whether it is one (MessageReader::doubt) leaves R unpaired, and shows a pipeline when it goes on.
//
// Acknowledgments show what the order at the hook does not. A client that sends one request for each answer of a
// constant pipeline seems to take turns, but
//   - a response whose sender had not acknowledged the whole head of the request that waits is another's;
//   - a request whose sender had not acknowledged every response byte seen before was sent without waiting for them.
// Either shows a client that pipelines. That something was acknowledged proves nothing: the peer's TCP had it, and more
// may have waited before it. Nor does any of it touch an order that was never in doubt: a server may refuse a request
// before its head is whole.
#pragma once

#include <cstdint>

namespace podwire::exchange {

enum class RequestPlace : std::uint8_t {
  kQueued,
  kQueuedAnew,  // it begins a new order, by (b)
  kUnpaired,    // its response cannot be told
  kRefuted,     // nor can those of the requests that wait
};

struct RequestArrival {
  std::uint64_t first_byte_ns = 0;
  bool others_wait = false;           // requests that wait in the queue, or a response under way
  bool response_in_progress = false;  // as far as the response stream is readable
  // That response may be over, or none, unless the client pipelines: its next bytes tell. No other request waits.
  bool response_doubted = false;
  bool responses_unread = false;  // its sender had not acknowledged every response byte seen
};

class Pairing {
 public:
  void join_late();

  [[nodiscard]] RequestPlace request(const RequestArrival& arrival);
  // A final response's head. `asked_for`: a request of the queue waits for it.
  void final_response(bool asked_for);
  void final_response_whole();
  void response_bytes(std::uint64_t seen_ns) {
    if (seen_ns > last_response_byte_ns_) last_response_byte_ns_ = seen_ns;
  }

  // `only_an_end`: perhaps no more than the end of the latest request.
  void requests_lost(bool only_an_end);
  // `waiting`: requests in the queue.
  void responses_lost(std::uint32_t waiting);
  void refute();
  // The client did not wait for a response, as far as can be told.
  void pipelined() { pipelines_ = true; }
  [[nodiscard]] bool pipelines() const { return pipelines_; }
  // The next response belongs to none of the queue, as its acknowledgment shows. False: that cannot be, since the
  // queue's order was never in doubt.
  [[nodiscard]] bool overtaken();

  // Since the order was lost, a final response came whole. So a request that begins a new order is none that stands in
  // the body of one that was answered then.
  [[nodiscard]] bool answered_since() const { return answered_since_; }
  [[nodiscard]] bool uncertain() const { return state_ == State::kUncertain; }

 private:
  enum class State : std::uint8_t { kCertain, kAssumed, kUncertain };
  enum class Needs : std::uint8_t { kNothing, kAnyResponse, kUnaskedResponse };
  static constexpr std::uint32_t kUncounted = UINT32_MAX;

  std::uint64_t last_response_byte_ns_ = 0;
  std::uint32_t may_wait_ = kUncounted;  // u of rule (a)
  State state_ : 2 = State::kCertain;
  Needs needs_ : 2 = Needs::kNothing;
  bool by_turn_ : 1 = false;           // the queue began by (b)
  bool response_unasked_ : 1 = false;  // the final response under way
  bool answered_since_ : 1 = false;
  bool pipelines_ : 1 = false;
  bool unpaired_waits_ : 1 = false;  // a request since the last final response or loss of responses
};

}  // namespace podwire::exchange
