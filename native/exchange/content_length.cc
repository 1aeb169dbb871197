#include "exchange/content_length.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace podwire::exchange {
namespace {

bool is_other_length(std::string_view text, std::uint64_t bytes) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error != std::errc() || end != text.data() + text.size() || length != bytes;
}

bool may_lack_content(const ExchangeRecord& record, const StoredMessage& message) {
  if (&message == &record.request) return false;
  return !record.request.control.method || record.request.method() == "HEAD" || message.control.status == 304;
}

}  // namespace

bool contradicts_content_length(const ExchangeRecord& record, const StoredMessage& message, std::uint64_t body_bytes) {
  const bool may_lack = body_bytes == 0 && may_lack_content(record, message);
  const StoredSection& head = message.head;
  return std::ranges::any_of(head.fields, [&](const StoredField& field) {
    return field.value_known && field.name(head.bytes) == "content-length" && !may_lack &&
           is_other_length(field.value(head.bytes), body_bytes);
  });
}

}  // namespace podwire::exchange
