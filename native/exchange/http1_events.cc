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
    hear_response(head.start.status);
    return connection.tracker_.response_head(head, framing, seen, missing_);
  }
  http1::MessageReader& responses = connection.reader(tcp::opposite(side_));
  responses.converse();
  const bool doubted = doubts_response(responses);
  const RequestPassage passage{.head_end = connection.told_bytes(side_) - seen.bytes_behind,
                               .response_in_progress = responses.in_message(),
                               .response_doubted = doubted,
                               .responses_unread = acknowledged_ < connection.told_bytes(tcp::opposite(side_))};
  const bool response_next = connection.tracker_.request_head(head, framing, seen, passage, missing_);
  if (response_next) responses.expect_head(connection.context_.store().scratch());
}

// 100 (Continue) asks for a body, and other interim responses ask for nothing.
void Http1Connection::Events::hear_response(std::uint16_t status) {
  http1::MessageReader& requests = connection_.reader(tcp::opposite(side_));
  if (status == 100) return requests.announce_body();
  if (status < 200 && status != 101) return;
  requests.withdraw_body();
  requests.converse();
}

// A client that takes turns and has received everything has its response whole. If that seems to go on, either the
// client pipelines, or it answers HEAD, or there was none but a body that looked like one.
bool Http1Connection::Events::doubts_response(http1::MessageReader& responses) {
  const bool responses_read =
      acknowledged_ != http1::kAcknowledgmentUnknown && acknowledged_ >= connection_.told_bytes(tcp::opposite(side_));
  if (!responses_read || !connection_.tracker_.takes_turns()) return false;
  Events events(connection_, tcp::opposite(side_), seen_ns_);
  responses.lack_body(events);
  return responses.doubt();
}

void Http1Connection::Events::body(std::string_view data) { connection_.tracker_.body(kind(), data); }

void Http1Connection::Events::trailers(std::string_view bytes, std::span<const http1::Field> fields) {
  connection_.tracker_.trailers(kind(), bytes, fields);
}

void Http1Connection::Events::end(const http1::MessageEnd& end) {
  if (kind() == http1::MessageKind::kRequest) return connection_.tracker_.request_end(end);
  if (connection_.tracker_.response_end(end, seen_ns_)) connection_.reader(tcp::opposite(side_)).bear_out();
  // A request that was answered before it ended may be one, or stand in the body of one that was never seen.
  if (connection_.tracker_.doubted_request_answered()) connection_.reader(tcp::opposite(side_)).doubt();
  connection_.pass_on(side_, {}, seen_ns_);
}

void Http1Connection::Events::expectation_failed() {
  connection_.reader(tcp::opposite(side_)).withdraw_body();
  connection_.tracker_.expectation_failed(kind());
}

void Http1Connection::Events::passed_over() {
  connection_.reader(tcp::opposite(side_)).withdraw_body();
  connection_.tracker_.passed_over(kind());
}

void Http1Connection::Events::went_on() { connection_.tracker_.response_went_on(); }

bool Http1Connection::Events::contrary_head(const http1::Head& head) {
  return connection_.turn_round(side_, head.start.kind);
}

void Http1Connection::Events::tunnel(std::string_view bytes) { connection_.pass_on(side_, bytes, seen_ns_); }

}  // namespace podwire::exchange
