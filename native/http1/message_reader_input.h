// Private to MessageReader: one call's bytes on their way.
#pragma once

#include "http1/message_reader.h"

namespace podwire::http1 {

struct MessageReader::Input {
  std::string_view rest;  // not consumed yet
  const char* begin;      // of the call's bytes
  std::uint64_t seen_ns;
  MessageEvents& events;
  ReaderScratch& scratch;

  [[nodiscard]] bool at_begin() const { return rest.data() == begin; }
};

}  // namespace podwire::http1
