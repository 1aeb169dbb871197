// A message's content-length against what passed: RFC 9113, section 8.1.1.
#pragma once

#include <cstdint>

#include "exchange/exchange_record.h"

namespace podwire::exchange {

// `body_bytes`: all of the content of `message`, the request or the response of `record`. Of a response that may answer
// HEAD, and of a 304, a length without content contradicts nothing (RFC 9110, section 8.6).
[[nodiscard]] bool contradicts_content_length(const ExchangeRecord& record, const StoredMessage& message,
                                              std::uint64_t body_bytes);

}  // namespace podwire::exchange
