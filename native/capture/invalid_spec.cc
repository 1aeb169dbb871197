#include "capture/invalid_spec.h"

#include <variant>

#include "tap/tap_spec_decoder.h"

namespace podwire::capture {

tap::TapSpec decode_spec(std::string_view encoded) {
  auto decoded = tap::decode_tap_spec(encoded);
  if (const auto* error = std::get_if<tap::SpecError>(&decoded)) throw InvalidSpec(error->sentence);
  return std::get<tap::TapSpec>(std::move(decoded));
}

}  // namespace podwire::capture
