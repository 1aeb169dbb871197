// A decoded header section of HTTP/2 as a message's head: RFC 9113, section 8.
#pragma once

#include <cstddef>
#include <string_view>

#include "exchange/control_data.h"
#include "hpack/decoder.h"

namespace podwire::exchange {

// Points into `fields`.
struct Http2Head {
  const hpack::FieldList& fields;
  ControlData control = {};
  bool request = false;   // a pseudo-header field of requests is there
  bool response = false;  // `:status` is there
  // Of so many fields at the beginning, those without a known name may be pseudo-header fields that are not known.
  std::size_t ambiguous_fields = 0;
  bool begins_known = true;  // its first field's name is known, so all its pseudo-header fields are
  bool malformed = false;    // by section 8.1.1, as far as its fields are known; what is in it is kept as it came
};

// A section that is neither a request's nor a response's is trailers, or its pseudo-header fields cannot be known.
[[nodiscard]] Http2Head read_http2_head(const hpack::FieldList& fields);

[[nodiscard]] constexpr bool is_pseudo_header(std::string_view name) { return name.starts_with(':'); }

}  // namespace podwire::exchange
