#pragma once

#include <cstdint>
#include <string_view>

#include "http2/frame_reader.h"

namespace podwire::http2 {

// What is left of one call.
struct FrameReader::Input {
  std::string_view rest;
  const char* begin = nullptr;  // of the call's bytes
  std::uint64_t seen_ns = 0;
  FrameEvents& events;

  [[nodiscard]] bool at_begin() const { return rest.data() == begin; }
};

}  // namespace podwire::http2
