#include "exchange/http1_events.h"

namespace podwire::exchange {

http1::MessageKind Http1Connection::Events::kind() const {
  return connection_.context_.is_client(side_) ? http1::MessageKind::kRequest : http1::MessageKind::kResponse;
}

// What the head is read as depends on whose response it can be.
http1::AnsweredMethod Http1Connection::Events::answered_method(const http1::HeadSeen& seen) {
  connection_.tracker_.response_begins(seen);
  return connection_.tracker_.answered_method();
}

void Http1Connection::Events::head(const http1::Head& head, const http1::Framing& framing,
                                   const http1::HeadSeen& seen) {
  Http1Connection& connection = connection_;
  if (connection.searching_) connection.head_found(side_, head.start.kind);
  connection.head_seen_ = true;
  connection.head_confirmed_[static_cast<std::size_t>(side_)] = seen.confirmed;
  connection.confirmed_ = connection.confirmed_ || seen.confirmed;
  if (kind() == http1::MessageKind::kResponse) {
    return connection.tracker_.response_head(head, framing, seen, missing_);
  }
  http1::MessageReader& responses = connection.reader(tcp::opposite(side_));
  const RequestPassage passage{.head_end = connection.told_bytes(side_) - seen.bytes_behind,
                               .response_in_progress = responses.in_message(),
                               .responses_unread = acknowledged_ < connection.told_bytes(tcp::opposite(side_))};
  const bool response_next = connection.tracker_.request_head(head, framing, seen, passage, missing_);
  if (response_next) responses.expect_head(connection.context_.store().scratch());
}

void Http1Connection::Events::body(std::string_view data) { connection_.tracker_.body(kind(), data); }

void Http1Connection::Events::trailers(std::string_view bytes, std::span<const http1::Field> fields) {
  connection_.tracker_.trailers(kind(), bytes, fields);
}

void Http1Connection::Events::end(const http1::MessageEnd& end) {
  if (kind() == http1::MessageKind::kRequest) return connection_.tracker_.request_end(end);
  if (connection_.tracker_.response_end(end, seen_ns_)) connection_.reader(tcp::opposite(side_)).bear_out();
  connection_.pass_on(side_, {}, seen_ns_);
}

void Http1Connection::Events::expectation_failed() { connection_.tracker_.expectation_failed(kind()); }

bool Http1Connection::Events::contrary_head(const http1::Head& head) {
  return connection_.turn_round(side_, head.start.kind);
}

void Http1Connection::Events::tunnel(std::string_view bytes) { connection_.pass_on(side_, bytes, seen_ns_); }

}  // namespace podwire::exchange
