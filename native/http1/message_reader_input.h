// Private to MessageReader: one call's bytes on their way, and what a parser's failure is to its caller.
#pragma once

#include "http1/message_reader.h"

namespace podwire::http1 {

constexpr ReadOutcome failure(ParseOutcome outcome) {
  if (outcome == ParseOutcome::kHeadTooLarge) return ReadOutcome::kHeadTooLarge;
  return outcome == ParseOutcome::kTooManyFields ? ReadOutcome::kTooManyFields : ReadOutcome::kMalformed;
}

struct MessageReader::Input {
  std::string_view rest;  // not consumed yet
  const char* begin;      // of the call's bytes
  std::uint64_t seen_ns;
  MessageEvents& events;
  ReaderScratch& scratch;

  [[nodiscard]] bool at_begin() const { return rest.data() == begin; }
};

}  // namespace podwire::http1
