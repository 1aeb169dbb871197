// All that a view of an exchange says, but for clocks and addresses, in words.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "exchange/exchange.h"

namespace podwire::fuzz {

inline std::string number(const std::optional<std::uint64_t>& value) { return value ? std::to_string(*value) : "-"; }
inline std::string words_of(std::span<const exchange::HeaderField> fields) {
  std::string words;
  for (const exchange::HeaderField& field : fields) {
    words.append("  ").append(field.name).append(": ").append(field.known ? field.value : "?") += '\n';
  }
  return words;
}

inline std::string words_of(const exchange::MessagesView* messages) {
  if (messages == nullptr) return "";
  std::string words = messages->exact ? "exact" : "at least";
  for (const exchange::MessageCount& count : messages->counts) {
    words += ' ' + std::to_string(count.count) + '/' + std::to_string(count.bytes);
  }
  return words + '\n';
}

inline std::string words_of(const exchange::ExchangeView& view) {
  std::string words = std::to_string(view.id) + ' ' + std::to_string(static_cast<int>(view.end)) + ' ' +
                      std::to_string(static_cast<int>(view.protocol)) + ' ' + number(view.stream) + " missing";
  for (int i = 0; i < static_cast<int>(exchange::Missing::kCount); ++i) {
    if (view.missing.has(static_cast<exchange::Missing>(i))) words += ' ' + std::to_string(i);
  }
  words += "\n  " + number(view.first_response_byte_nanos) + ' ' + number(view.duration_nanos) + '\n';
  if (view.request != nullptr) {
    const exchange::RequestView& request = *view.request;
    for (const auto& part : {request.method, request.scheme, request.authority, request.path}) {
      words.append(" ").append(part.value_or("-"));
    }
    words += ' ' + number(request.body_bytes) + '/' + number(request.wire_bytes) + '\n' + words_of(request.headers) +
             words_of(request.trailers) + std::string(request.body.content) + '\n' + words_of(request.messages);
  }
  for (const exchange::InformationalView& one : view.informational) {
    words += std::to_string(one.status) + '\n' + words_of(one.headers);
  }
  if (view.response != nullptr) {
    const exchange::ResponseView& response = *view.response;
    words += ' ' + (response.status ? std::to_string(*response.status) : "-") + ' ' + number(response.body_bytes) +
             '/' + number(response.wire_bytes) + '\n' + words_of(response.headers) + words_of(response.trailers) +
             std::string(response.body.content) + '\n' + words_of(response.messages);
  }
  return words;
}

}  // namespace podwire::fuzz
