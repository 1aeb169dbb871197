// One exchange as protobuf: the message Exchange of proto/podwire.proto.
#pragma once

#include <cstdint>
#include <string>

#include "exchange/exchange.h"
#include "wire/header_names.h"
#include "wire/header_table.h"
#include "wire/output_buffer.h"
#include "wire/redaction.h"

namespace podwire::wire {

// What one tap gets to see.
struct EncodingRules {
  const Redaction* redaction = nullptr;   // not owned; null: everything as it is
  std::uint32_t body_bytes = 0;           // of each body; 0: no bodies
  std::int64_t wall_clock_offset_ns = 0;  // CLOCK_REALTIME − CLOCK_MONOTONIC; 0 where the times are wall clock
  bool omit_headers = false;              // trailers too; what is read from them is written all the same
  bool share_headers = false;             // trailers too; they are in `table`, and an exchange has their indexes
};

// One thread at a time. Allocates nothing once its scratch text has grown, but for what `out` needs.
class ExchangeEncoder {
 public:
  // Appends `view` as one `exchanges` field of TapBatch. What is remembered of header names is forgotten when
  // `rules.redaction` is another one than before.
  void append(const exchange::ExchangeView& view, const EncodingRules& rules, OutputBuffer& out);

  // What the exchanges share that were appended since it was emptied.
  [[nodiscard]] HeaderTable& table() { return table_; }
  [[nodiscard]] const HeaderTable& table() const { return table_; }

 private:
  HeaderNames names_;
  HeaderTable table_;
  std::string scratch_;
  std::string decoded_;
};

}  // namespace podwire::wire
