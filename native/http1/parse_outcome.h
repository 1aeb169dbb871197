// How far a parser came with the bytes it was given.
#pragma once

#include <cstdint>

namespace podwire::http1 {

enum class ParseOutcome : std::uint8_t {
  kComplete,
  kNeedMore,  // call again with the same bytes and more behind them
  kMalformed,
  kHeadTooLarge,   // kMaxHeadBytes, kMaxMethodBytes, kMaxFieldNameBytes
  kTooManyFields,  // the field array is full: call again with a larger one, up to kMaxFields
};

}  // namespace podwire::http1
