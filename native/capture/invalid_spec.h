// A tap's specification that cannot be carried out.
#pragma once

#include <stdexcept>
#include <string_view>

#include "tap/tap_spec.h"

namespace podwire::capture {

// `what()` is a sentence that names the field, what was expected and what came.
class InvalidSpec : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws InvalidSpec.
[[nodiscard]] tap::TapSpec decode_spec(std::string_view encoded);

}  // namespace podwire::capture
