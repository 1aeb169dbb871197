#include "exchange/connection_events.h"

#include "http1/character_class.h"

namespace podwire::exchange {
namespace {

// RFC 7540, section 3.2: HTTP/2 in cleartext, as HTTP/1.1 clients could ask for it.
bool names_http2(const http1::Head& head) {
  const http1::Field* upgrade = head.find("upgrade");
  return upgrade != nullptr && http1::equals_ignoring_case(upgrade->value(head.bytes), "h2c");
}

}  // namespace

http1::MessageKind HttpConnection::Events::kind() const {
  return connection_.is_client(side_) ? http1::MessageKind::kRequest : http1::MessageKind::kResponse;
}

http1::AnsweredMethod HttpConnection::Events::answered_method() { return connection_.tracker_.answered_method(); }

void HttpConnection::Events::head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen) {
  HttpConnection& connection = connection_;
  if (connection.phase_ == Phase::kSearching) connection.head_found(side_, head.start.kind);
  connection.head_seen_ = true;
  connection.undetected_.reset();
  if (kind() == http1::MessageKind::kResponse) {
    connection.to_http2_ = head.start.status == 101 && names_http2(head);
    return connection.tracker_.response_head(head, framing, seen, missing_);
  }
  http1::MessageReader& responses = connection.reader(tcp::opposite(side_));
  const bool response_next = connection.tracker_.request_head(head, framing, seen, responses.in_message(), missing_);
  if (response_next) responses.expect_head(connection.store_.scratch());
}

void HttpConnection::Events::body(std::string_view data) { connection_.tracker_.body(kind(), data); }

void HttpConnection::Events::trailers(std::string_view bytes, std::span<const http1::Field> fields) {
  connection_.tracker_.trailers(kind(), bytes, fields);
}

void HttpConnection::Events::end(const http1::MessageEnd& end) {
  if (kind() == http1::MessageKind::kRequest) {
    connection_.tracker_.request_end(end);
  } else {
    connection_.tracker_.response_end(end, seen_ns_);
  }
}

void HttpConnection::Events::expectation_failed() { connection_.tracker_.expectation_failed(); }

}  // namespace podwire::exchange
