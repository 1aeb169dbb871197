#include "exchange/message_bodies.h"

#include <string>
#include <string_view>

#include "grpc/message_reader.h"
#include "http1/character_class.h"
#include "http1/field_section.h"

namespace podwire::exchange {
namespace {

// False: neither an event stream nor gRPC. A quick look, for the many that are none.
bool may_have_messages(std::string_view content_type) {
  constexpr std::string_view kText = "text/";
  constexpr std::string_view kEvent = "event";
  constexpr std::string_view kApplication = "application/";
  constexpr std::string_view kGrpc = "grpc";
  if (content_type.size() < kApplication.size() + kGrpc.size()) return false;
  if (content_type.front() == ' ' || content_type.front() == '\t') return true;
  return http1::equals_ignoring_case(content_type.substr(kText.size(), kEvent.size()), kEvent) ||
         http1::equals_ignoring_case(content_type.substr(kApplication.size(), kGrpc.size()), kGrpc);
}

// HTML Living Standard, section 9.2.
bool is_event_stream(std::string_view content_type) {
  return http1::equals_ignoring_case(grpc::media_type(content_type), "text/event-stream");
}

}  // namespace

void count_request_messages(ExchangeRecord& record) {
  const StoredSection& head = record.request.head;
  const StoredField* type = head.find("content-type");
  if (type != nullptr) record.request.messages = MessageCounter::of_grpc(type->value(head.bytes));
}

void count_response_messages(ExchangeRecord& record) {
  const StoredSection& head = record.response.head;
  const StoredField* type = head.find("content-type");
  if (type == nullptr) return;
  const std::string_view content_type = type->value(head.bytes);
  if (!may_have_messages(content_type)) return;
  if (!is_event_stream(content_type)) {
    record.response.messages = MessageCounter::of_grpc(content_type);
    return;
  }
  const StoredField* coding = head.find("content-encoding");
  const bool coded = coding != nullptr && coding->value(head.bytes) != "identity";
  if (!coded) record.response.messages = MessageCounter::of_events();  // a coding hides them
}

void count_websocket_messages(ExchangeRecord& record) {
  std::string extensions;  // RFC 6455, section 9.1: several fields are one list
  const StoredSection& head = record.response.head;
  for (const StoredField& field : head.fields) {
    if (!http1::equals_ignoring_case(field.name(head.bytes), "sec-websocket-extensions")) continue;
    extensions.append(extensions.empty() ? "" : ",").append(field.value(head.bytes));
  }
  record.request.messages = MessageCounter::of_websocket(extensions, true);
  record.response.messages = MessageCounter::of_websocket(extensions, false);
}

void end_messages(ExchangeRecord& record, End end) {
  for (StoredMessage* message : {&record.request, &record.response}) {
    if (!message->messages) continue;
    if (end == End::kComplete && message->ended && message->body_bytes) message->messages->finish();
    if (message->messages->misframed()) record.missing.add(Missing::kMalformed);
  }
}

void store_message_trailers(ExchangeStore& store, ExchangeRecord& record) {
  if (!record.response.messages) return;
  if (record.response.messages->trailers_unreadable()) record.missing.add(Missing::kUnknownHeaders);
  const std::string_view lines = record.response.messages->trailers();
  if (lines.empty()) return;
  std::string section(lines);
  section.append("\r\n");
  http1::FieldSection parser(http1::SpaceBeforeColon::kRemoved);
  const std::span<http1::Field> fields = store.scratch().fields();
  if (parser.parse(section, fields) != http1::ParseOutcome::kComplete) {
    record.missing.add(Missing::kMalformed);
    return;
  }
  store.store_trailers(record, record.response, section, fields.first(parser.count()));
}

}  // namespace podwire::exchange
