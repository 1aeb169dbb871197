// A TapSpec written in protobuf's text format, encoded by protoc and read by the decoder under test.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <variant>

#include "tap/tap_spec_decoder.h"
#include "test/native/wire/protoc.h"

namespace podwire::testing {

inline tap::TapSpec spec_of(std::string_view text) {
  auto result = tap::decode_tap_spec(encoded("TapSpec", text));
  if (const auto* error = std::get_if<tap::SpecError>(&result)) throw std::runtime_error(error->sentence);
  return std::get<tap::TapSpec>(std::move(result));
}

}  // namespace podwire::testing
