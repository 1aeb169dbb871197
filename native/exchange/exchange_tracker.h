// Messages of one HTTP/1 connection -> exchanges: which response belongs to which request, and when each is over.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "exchange/connection_context.h"
#include "exchange/pairing.h"
#include "http1/message_reader.h"

namespace podwire::exchange {

// What a 101 response made of the connection.
enum class Upgrade : std::uint8_t { kNone, kHttp2, kWebSocket, kOther };

// How a request passed, but for its head.
struct RequestPassage {
  std::uint64_t head_end = 0;  // how many bytes its sender had sent with it, as HeadSeen::acknowledged counts them
  bool response_in_progress = false;
  bool response_doubted = false;  // the one in progress: as of RequestArrival
  bool responses_unread = false;  // its sender had not acknowledged all of the responses' bytes
};

// What is known of the order when no exchange is open.
struct TrackerPause {
  Pairing pairing;
  MissingSet uncertain_cause;
};

// `missing` of a call: the cause of the loss that the message ran into; empty otherwise.
class ExchangeTracker {
 public:
  // `context` and `owner` outlive it.
  ExchangeTracker(ConnectionContext& context, ExchangeOwner& owner);

  // Goes on from there, as the tracker would whose pause() it is.
  ExchangeTracker(ConnectionContext& context, ExchangeOwner& owner, const TrackerPause& pause);
  // Nothing while an exchange is open, or the connection becomes another protocol's.
  [[nodiscard]] std::optional<TrackerPause> pause() const;

  void join_late(MissingSet cause);

  // True: the next response byte must begin the response to this request (see pairing.h).
  bool request_head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen,
                    const RequestPassage& passage, MissingSet missing);
  void request_end(const http1::MessageEnd& end);

  // Before anything else of a response: it may prove that it is not of the request that waits.
  void response_begins(const http1::HeadSeen& seen);
  [[nodiscard]] http1::AnsweredMethod answered_method() const;
  void response_head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen,
                     MissingSet missing);
  // True: it answered the latest request, and none waits.
  bool response_end(const http1::MessageEnd& end, std::uint64_t seen_ns);
  void response_bytes(std::uint64_t seen_ns) { pairing_.response_bytes(seen_ns); }

  void body(http1::MessageKind kind, std::string_view data);
  void trailers(http1::MessageKind kind, std::string_view bytes, std::span<const http1::Field> fields);
  // The body in progress is wanted, to be kept or for the messages in it.
  [[nodiscard]] bool wants_body(http1::MessageKind kind) const;

  // Bytes of the message in progress were lost: so many, all of them of its body, or 0.
  void bytes_lost(http1::MessageKind kind, std::uint64_t bytes, MissingSet cause);
  // Messages may have passed unseen; `only_an_end`: perhaps no more than the end of the one in progress.
  void position_lost(http1::MessageKind kind, MissingSet cause, bool only_an_end = false);
  // No head stood where one had to: what was told of this direction since it was searched may be none.
  void expectation_failed(http1::MessageKind kind);
  // What may be messages stood behind one of this direction that may be none, and was not told.
  void passed_over(http1::MessageKind kind);
  // The response that was doubted for a request is one.
  void response_went_on() { pairing_.pipelined(); }

  // Of the request in progress, nothing will come any more.
  void requests_ended();
  // No response will come any more.
  void responses_ended(End end);
  // Nothing will come any more: everything that is open ends so.
  void close(End end, MissingSet missing);
  void discard();
  // Nothing of what was told need be so: as after join_late.
  void start_again();

  // The response in progress, or the last one, made the connection another protocol's.
  [[nodiscard]] bool upgraded() const { return upgrade_ != Upgrade::kNone; }
  [[nodiscard]] Upgrade upgrade() const { return upgrade_; }
  // The exchange that goes on in HTTP/2 or as a WebSocket, once its response's head has ended: the caller's from then
  // on. Null when there is none, or no more.
  [[nodiscard]] ExchangeRecord* take_upgraded() { return std::exchange(upgraded_, nullptr); }
  // A CONNECT request was not granted: its stream goes on. Told once.
  [[nodiscard]] bool take_tunnel_refused();

  // The client was never seen to send a request before it had the response to the last one whole.
  [[nodiscard]] bool takes_turns() const { return first_ == nullptr && !pairing_.pipelines(); }
  // The request in progress, of which it is not certain that it was sent, has its response whole.
  [[nodiscard]] bool doubted_request_answered() const {
    return request_ != nullptr && request_doubted_ && request_->response.ended;
  }
  [[nodiscard]] const ExchangeRecord* current_request() const { return request_; }
  [[nodiscard]] const ExchangeRecord* current_response() const { return response_; }

 private:
  StoredMessage* message_in_progress(http1::MessageKind kind);
  ExchangeRecord& record_of_response(const http1::HeadSeen& seen, bool final_response);
  void push(ExchangeRecord& record);
  ExchangeRecord& pop();
  void release_queue(MissingSet missing);
  void leave_informational(MissingSet missing);
  void become_uncertain(MissingSet cause, bool was_uncertain);
  void leave_unpaired(ExchangeRecord& record);
  void pass_on_upgraded(ExchangeRecord& record);
  void end_if_over(ExchangeRecord& record);
  void finish(ExchangeRecord& record, End end);

  ConnectionContext& context_;
  ExchangeStore& store_;
  ExchangeOwner& owner_;
  // Requests that wait, the oldest first; `response_` is not among them any more once its final head came.
  ExchangeRecord* first_ = nullptr;
  ExchangeRecord* last_ = nullptr;
  ExchangeRecord* request_ = nullptr;  // whose request is in progress
  // Whose response is in progress, or of which only 1xx came that nobody asked for.
  ExchangeRecord* response_ = nullptr;
  ExchangeRecord* upgraded_ = nullptr;
  Pairing pairing_;
  std::uint32_t queued_ = 0;
  MissingSet uncertain_cause_;
  bool request_doubted_ = false;  // the latest request's head may stand in a body
  bool informational_ = false;    // the response in progress is a 1xx
  Upgrade upgrade_ = Upgrade::kNone;
  bool tunnel_refused_ = false;
};

}  // namespace podwire::exchange
