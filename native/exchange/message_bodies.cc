#include "exchange/message_bodies.h"

#include <string>

#include "http1/character_class.h"
#include "http1/field_section.h"

namespace podwire::exchange {

void count_request_messages(ExchangeRecord& record) {
  const StoredSection& head = record.request.head;
  const StoredField* type = head.find("content-type");
  if (type != nullptr) record.request.messages = MessageCounter::of_request(type->value(head.bytes));
}

void count_response_messages(ExchangeRecord& record) {
  const StoredSection& head = record.response.head;
  const StoredField* type = head.find("content-type");
  if (type == nullptr) return;
  const StoredField* coding = head.find("content-encoding");
  const bool coded = coding != nullptr && coding->value(head.bytes) != "identity";
  record.response.messages = MessageCounter::of_response(type->value(head.bytes), coded);
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
