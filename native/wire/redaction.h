// What of an exchange may not be shown; tap/ has the rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/exchange.h"

namespace podwire::wire {

// Each returns the text as it may be shown: the one given, or one made in `scratch`, which is then overwritten. Valid
// until either changes. One thread at a time.
class Redaction {
 public:
  virtual ~Redaction() = default;
  // nullopt: the value may not be shown at all. An empty name cannot be known, and may be any.
  [[nodiscard]] virtual std::optional<std::string_view> header(const exchange::HeaderField& header,
                                                               std::string& scratch) const = 0;
  // With query.
  [[nodiscard]] virtual std::string_view path(std::string_view path, std::string& scratch) const = 0;
  [[nodiscard]] virtual std::string_view authority(std::string_view authority, std::string& scratch) const = 0;
};

}  // namespace podwire::wire
