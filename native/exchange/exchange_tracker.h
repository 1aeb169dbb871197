// Messages of one connection -> exchanges: which response belongs to which request, and when each is over.
#pragma once

#include <cstdint>
#include <string_view>

#include "exchange/exchange_store.h"
#include "exchange/pairing.h"
#include "http1/message_reader.h"
#include "tcp/flow_events.h"

namespace podwire::exchange {

// `missing` of a call: the cause of the loss that the message ran into; empty otherwise.
class ExchangeTracker {
 public:
  // `info`, `store` and `owner` outlive it.
  ExchangeTracker(const tcp::ConnectionInfo& info, ExchangeStore& store, ExchangeOwner& owner);

  void set_client(tcp::Side client) { client_ = client; }
  [[nodiscard]] tcp::Side client() const { return client_; }
  void join_late(MissingSet cause);

  // True: the next response byte must begin the response to this request (see pairing.h).
  bool request_head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen,
                    bool response_in_progress, MissingSet missing);
  void request_end(const http1::MessageEnd& end);

  [[nodiscard]] http1::AnsweredMethod answered_method() const;
  void response_head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen,
                     MissingSet missing);
  void response_end(const http1::MessageEnd& end, std::uint64_t seen_ns);
  void response_bytes(std::uint64_t seen_ns) { pairing_.response_bytes(seen_ns); }

  void body(http1::MessageKind kind, std::string_view data);
  void trailers(http1::MessageKind kind, std::string_view bytes, std::span<const http1::Field> fields);
  // More of the body in progress is wanted.
  [[nodiscard]] bool wants_body(http1::MessageKind kind) const;

  // Bytes of the message in progress were lost.
  void bytes_lost(http1::MessageKind kind, MissingSet cause);
  // Messages may have passed unseen; `only_an_end`: perhaps no more than the end of the one in progress.
  void position_lost(http1::MessageKind kind, MissingSet cause, bool only_an_end = false);
  void expectation_failed();

  // Of the request in progress, nothing will come any more.
  void requests_ended();
  // No response will come any more.
  void responses_ended(End end);
  // Nothing will come any more: everything that is open ends so.
  void close(End end, MissingSet missing);
  void discard();

  // The response in progress, or the last one, made the connection another protocol's.
  [[nodiscard]] bool upgraded() const { return upgraded_; }
  // A CONNECT request was not granted: its stream goes on. Told once.
  [[nodiscard]] bool take_tunnel_refused();

  [[nodiscard]] const ExchangeRecord* current_request() const { return request_; }
  [[nodiscard]] const ExchangeRecord* current_response() const { return response_; }

 private:
  ExchangeRecord& open(std::uint64_t start_ns);
  StoredMessage* message_in_progress(http1::MessageKind kind);
  ExchangeRecord& record_of_response(const http1::HeadSeen& seen, bool final_response);
  void push(ExchangeRecord& record);
  ExchangeRecord& pop();
  void release_queue(MissingSet missing);
  void become_uncertain(MissingSet cause, bool was_uncertain);
  void leave_unpaired(ExchangeRecord& record);
  void end_if_over(ExchangeRecord& record);
  void finish(ExchangeRecord& record, End end);

  const tcp::ConnectionInfo& info_;
  ExchangeStore& store_;
  ExchangeOwner& owner_;
  // Requests that wait, the oldest first; `response_` is not among them any more once its final head came.
  ExchangeRecord* first_ = nullptr;
  ExchangeRecord* last_ = nullptr;
  ExchangeRecord* request_ = nullptr;  // whose request is in progress
  ExchangeRecord* response_ =
      nullptr;  // whose response is in progress, or of which only 1xx came that nobody asked for
  Pairing pairing_;
  std::uint32_t queued_ = 0;
  std::uint32_t ordinal_ = 0;
  MissingSet uncertain_cause_;
  tcp::Side client_ = tcp::Side::kInitiator;
  bool informational_ = false;  // the response in progress is a 1xx
  bool upgraded_ = false;
  bool tunnel_refused_ = false;
};

}  // namespace podwire::exchange
