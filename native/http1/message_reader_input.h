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
  std::uint64_t acknowledged;  // as of MessageReader::data
  MessageEvents& events;
  ReaderScratch& scratch;
  std::size_t rest_behind = 0;  // of the call whose earlier bytes are read again

  [[nodiscard]] bool at_begin() const { return rest.data() == begin; }
  [[nodiscard]] std::size_t bytes_behind() const { return rest.size() + rest_behind; }
};

}  // namespace podwire::http1
