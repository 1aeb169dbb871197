#include "exchange/exchange_view_builder.h"

#include "http1/request_target.h"

namespace podwire::exchange {
namespace {

Protocol protocol_of(const ExchangeRecord& record) {
  if (record.stream) return Protocol::kHttp2;
  const StoredMessage& message = record.request.seen ? record.request : record.response;
  return message.control.protocol;
}

std::optional<std::string_view> text(const std::optional<TextRange>& range, std::string_view bytes) {
  return range ? std::optional(range->in(bytes)) : std::nullopt;
}

Body body_of(const StoredMessage& message) {
  return {.content = message.body, .truncated = !message.body_bytes || *message.body_bytes > message.body.size()};
}

std::optional<std::uint64_t> since_start(const ExchangeRecord& record, std::optional<std::uint64_t> at_ns) {
  if (!record.request.seen || !at_ns || *at_ns < record.start_ns) return std::nullopt;
  return *at_ns - record.start_ns;
}

bool has_head(const StoredMessage& message) { return message.control.protocol != Protocol::kUnknown; }

MissingSet missing_of(const ExchangeRecord& record, End end) {
  MissingSet missing = record.missing;
  if (!has_head(record.request) || !has_head(record.response)) missing.merge(record.unproven);
  if (!record.request.seen) missing.add(Missing::kNoRequest);
  // Of a stream that was reset, and of which nothing passed unseen, there was none.
  const bool none_was_sent = record.reset && missing.empty();
  if (!record.response.seen && end != End::kOpen && !none_was_sent) missing.add(Missing::kNoResponse);
  return missing;
}

}  // namespace

const ExchangeView& ExchangeViewBuilder::build(const ExchangeRecord& record, End end) {
  collect_fields(record);
  view_ = ExchangeView{};
  view_.id = record.id;
  view_.attachment_id = record.attachment_id;
  view_.start_monotime_ns = record.start_ns;
  view_.direction = record.direction;
  view_.source = record.source;
  view_.destination = record.destination;
  view_.protocol = protocol_of(record);
  if (record.request.seen) build_request(record.request);
  if (record.response.seen) build_response(record.response);
  informational_.clear();
  for (const StoredInformational& stored : record.informational) {
    informational_.push_back({.status = stored.status, .headers = next_fields(stored.head)});
  }
  view_.informational = informational_;
  view_.first_response_byte_nanos = since_start(record, record.first_response_byte_ns);
  view_.duration_nanos = since_start(record, record.last_response_byte_ns);
  view_.end = end;
  view_.stream = record.stream;
  view_.reset = record.reset;
  view_.pushed = record.pushed;
  view_.missing = missing_of(record, end);
  view_.announced = record.announced;
  return view_;
}

// All in one array, laid out before any span into it is taken.
void ExchangeViewBuilder::collect_fields(const ExchangeRecord& record) {
  std::size_t count = 0;
  const auto collect = [this, &count](const StoredSection& section) {
    if (fields_.size() < count + section.fields.size()) fields_.resize(count + section.fields.size());
    HeaderField* next = fields_.data() + count;
    for (const StoredField& field : section.fields) {
      *next++ = {.name = field.name(section.bytes),
                 .value = field.value(section.bytes),
                 .known = field.value_known,
                 .never_indexed = field.never_indexed};
    }
    count += section.fields.size();
  };
  for (const StoredMessage* message : {&record.request, &record.response}) {
    if (!message->seen) continue;
    collect(message->head);
    collect(message->trailers);
  }
  for (const StoredInformational& stored : record.informational) collect(stored.head);
  used_fields_ = 0;
}

std::span<const HeaderField> ExchangeViewBuilder::next_fields(const StoredSection& section) {
  const std::span<const HeaderField> fields(fields_.data() + used_fields_, section.fields.size());
  used_fields_ += section.fields.size();
  return fields;
}

// RFC 9112, section 3.2.2: the authority of an absolute-form target wins over Host.
void ExchangeViewBuilder::read_target(const StoredMessage& message) {
  request_.scheme = "http";
  if (message.control.target && request_.method) {
    const http1::RequestTarget target =
        http1::parse_request_target(*request_.method, message.control.target->in(message.head.bytes));
    if (target.scheme) request_.scheme = target.scheme;
    request_.authority = target.authority;
    request_.path = target.path;
  }
}

void ExchangeViewBuilder::build_request(const StoredMessage& message) {
  request_ = RequestView{};
  const std::string_view bytes = message.head.bytes;
  const ControlData& control = message.control;
  request_.method = text(control.method, bytes);
  if (control.protocol == Protocol::kHttp10 || control.protocol == Protocol::kHttp11) {
    read_target(message);
  } else {
    request_.scheme = text(control.scheme, bytes);
    request_.authority = text(control.authority, bytes);
    request_.path = text(control.path, bytes);
    request_.connect_protocol = text(control.connect_protocol, bytes);
  }
  if (!request_.authority) {
    const StoredField* host = message.head.find("host");
    if (host != nullptr && host->value_known) request_.authority = host->value(bytes);
  }
  request_.headers = next_fields(message.head);
  request_.trailers = next_fields(message.trailers);
  request_.body_bytes = message.body_bytes;
  request_.wire_bytes = message.wire_bytes;
  request_.body = body_of(message);
  if (message.messages) request_.messages = &(request_messages_ = message.messages->view());
  view_.request = &request_;
}

void ExchangeViewBuilder::build_response(const StoredMessage& message) {
  response_ = ResponseView{};
  if (message.control.status != 0) response_.status = message.control.status;
  response_.reason = text(message.control.reason, message.head.bytes);
  response_.headers = next_fields(message.head);
  response_.trailers = next_fields(message.trailers);
  response_.body_bytes = message.body_bytes;
  response_.wire_bytes = message.wire_bytes;
  response_.body = body_of(message);
  if (message.messages) response_.messages = &(response_messages_ = message.messages->view());
  view_.response = &response_;
}

}  // namespace podwire::exchange
