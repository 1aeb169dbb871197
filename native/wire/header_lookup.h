// Headers by name.
#pragma once

#include <span>
#include <string_view>

#include "exchange/exchange.h"
#include "wire/ascii.h"

namespace podwire::wire {

using HeaderFields = std::span<const exchange::HeaderField>;

// The first of that name; null when there is none among those whose name is known.
inline const exchange::HeaderField* find_header(HeaderFields headers, std::string_view name) {
  for (const auto& header : headers) {
    if (equals_ignoring_case(header.name, name)) return &header;
  }
  return nullptr;
}

// Any field may be one whose name cannot be known.
inline bool has_unknown_name(HeaderFields headers) {
  for (const auto& header : headers) {
    if (header.name.empty()) return true;
  }
  return false;
}

}  // namespace podwire::wire
