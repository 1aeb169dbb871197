// Encoded exchanges of one tap at one pod that wait to be handed over as one TapBatch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "exchange/exchange.h"
#include "wire/address_set.h"
#include "wire/exchange_encoder.h"
#include "wire/output_buffer.h"

namespace podwire::wire {

// One for each thread that produces for the tap; used on that thread alone. BatchSequence makes batches of it.
class ExchangeBuffer {
 public:
  void add(const exchange::ExchangeView& view, const EncodingRules& rules);

  // Of the exchanges and the headers that they share, addresses not included: what to hand over a batch by.
  [[nodiscard]] std::size_t bytes() const { return bytes_.size() + encoder_.table().size(); }
  [[nodiscard]] std::uint32_t exchanges() const { return exchanges_; }

  // Appends the `exchanges`, `header_table` and `addresses` fields of a TapBatch to `out`, and empties the buffer.
  void move_to(std::string& out);

 private:
  OutputBuffer bytes_;
  std::uint32_t exchanges_ = 0;
  AddressSet addresses_;
  ExchangeEncoder encoder_;
};

}  // namespace podwire::wire
