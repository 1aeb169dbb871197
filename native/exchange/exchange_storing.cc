// ExchangeStore: what is kept of heads, trailers and bodies.
#include <optional>
#include <string>
#include <string_view>

#include "exchange/exchange_store.h"

namespace podwire::exchange {
namespace {

// The parts of `control` that point into `bytes`, each up to kMaxBareStartLineBytes, moved into a text of their own.
std::string detach(ControlData& control, std::string_view bytes) {
  std::string kept;
  for (std::optional<TextRange>* part : {&control.method, &control.target, &control.reason, &control.scheme,
                                         &control.authority, &control.path, &control.connect_protocol}) {
    if (!*part) continue;
    if ((*part)->length > kMaxBareStartLineBytes) {
      part->reset();
      continue;
    }
    const std::string_view text = (*part)->in(bytes);
    **part = {.offset = static_cast<std::uint32_t>(kept.size()), .length = (*part)->length};
    kept.append(text);
  }
  return kept;
}

}  // namespace

bool ExchangeStore::store_section(ExchangeRecord& record, StoredSection& section, std::string_view bytes,
                                  std::span<const http1::Field> fields) {
  if (!charge(record, bytes.size() + fields.size() * sizeof(StoredField))) {
    record.missing.add(Missing::kUnknownHeaders);
    return false;
  }
  section.bytes.assign(bytes);
  section.fields.clear();
  section.fields.reserve(fields.size());
  for (http1::Field field : fields) {
    if (field.folded) [[unlikely]]
      http1::unfold(section.bytes, field);
    section.fields.push_back({.name_offset = field.name_offset,
                              .value_offset = field.value_offset,
                              .value_length = field.value_length,
                              .name_length = field.name_length});
  }
  return true;
}

void ExchangeStore::store_head(ExchangeRecord& record, StoredMessage& message, const http1::Head& head) {
  const http1::StartLine& start = head.start;
  message.seen = true;
  message.body_wanted = needs_.body_bytes(record.attachment_id);
  ControlData& control = message.control;
  control.protocol = start.version_minor == 0 ? Protocol::kHttp10 : Protocol::kHttp11;
  if (start.kind == http1::MessageKind::kRequest) {
    control.method = start.method;
    control.target = start.target;
  } else {
    control.status = start.status;
    control.reason = start.reason;
  }
  if (!store_section(record, message.head, head.bytes, head.fields)) message.head.bytes = detach(control, head.bytes);
}

void ExchangeStore::store_head(ExchangeRecord& record, StoredMessage& message, const Http2Head& head) {
  message.seen = true;
  message.body_wanted = needs_.body_bytes(record.attachment_id);
  message.control = head.control;
  if (!store_section(record, message.head, head.fields, head.ambiguous_fields)) {
    message.head.bytes = detach(message.control, head.fields.bytes);
  }
}

// Without pseudo-header fields, and those that may be some.
bool ExchangeStore::store_section(ExchangeRecord& record, StoredSection& section, const hpack::FieldList& list,
                                  std::size_t ambiguous_fields) {
  if (!list.whole) {
    record.missing.add(Missing::kHeadersTooLarge);
    record.missing.add(Missing::kUnknownHeaders);
  }
  if (!charge(record, list.bytes.size() + list.fields.size() * sizeof(StoredField))) {
    record.missing.add(Missing::kUnknownHeaders);
    return false;
  }
  section.bytes.assign(list.bytes);
  section.fields.clear();
  section.fields.reserve(list.fields.size());
  for (const hpack::Field& field : list.fields) {
    if (!field.name_known || !field.value_known) record.missing.add(Missing::kUnknownHeaders);
    const bool ambiguous = &field < list.fields.data() + ambiguous_fields;
    if (field.name_known ? is_pseudo_header(list.name(field)) : ambiguous) continue;
    section.fields.push_back({.name_offset = field.name_offset,
                              .value_offset = field.value_offset,
                              .value_length = field.value_length,
                              .name_length = field.name_known ? field.name_length : std::uint16_t{0},
                              .value_known = field.value_known,
                              .never_indexed = field.never_indexed});
  }
  return true;
}

void ExchangeStore::store_trailers(ExchangeRecord& record, StoredMessage& message, std::string_view bytes,
                                   std::span<const http1::Field> fields) {
  store_section(record, message.trailers, bytes, fields);
}

void ExchangeStore::store_trailers(ExchangeRecord& record, StoredMessage& message, const hpack::FieldList& list) {
  store_section(record, message.trailers, list, 0);
}

StoredInformational* ExchangeStore::add_informational(ExchangeRecord& record, std::uint16_t status) {
  if (record.informational.size() >= kMaxInformational) {
    record.missing.add(Missing::kTooManyInformational);
    return nullptr;
  }
  StoredInformational& stored = record.informational.emplace_back();
  stored.status = status;
  return &stored;
}

void ExchangeStore::store_informational(ExchangeRecord& record, const http1::Head& head) {
  StoredInformational* stored = add_informational(record, head.start.status);
  if (stored != nullptr) store_section(record, stored->head, head.bytes, head.fields);
}

void ExchangeStore::store_informational(ExchangeRecord& record, const Http2Head& head) {
  StoredInformational* stored = add_informational(record, head.control.status);
  if (stored != nullptr) store_section(record, stored->head, head.fields, head.ambiguous_fields);
}

void ExchangeStore::store_body(ExchangeRecord& record, StoredMessage& message, std::string_view data) {
  if (message.body.size() >= message.body_wanted) return;
  const std::string_view kept = data.substr(0, message.body_wanted - message.body.size());
  if (charge(record, kept.size())) {
    message.body.append(kept);
  } else {
    message.body_wanted = static_cast<std::uint32_t>(message.body.size());
  }
}

}  // namespace podwire::exchange
