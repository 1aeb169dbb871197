// What a reader tells, as one value to compare.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "grpc/message_reader.h"

namespace podwire::grpc {

struct ReadCounts {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t compressed = 0;
  bool exact = true;
  std::string trailers = {};
  bool trailers_unreadable = false;

  bool operator==(const ReadCounts&) const = default;
};

inline ReadCounts counts_of(const MessageReader& reader) {
  return {.messages = reader.messages(),
          .bytes = reader.message_bytes(),
          .compressed = reader.compressed(),
          .exact = reader.exact(),
          .trailers = std::string(reader.trailers()),
          .trailers_unreadable = reader.trailers_unreadable()};
}

inline void PrintTo(const ReadCounts& counts, std::ostream* out) {
  *out << counts.messages << " messages of " << counts.bytes << " bytes, " << counts.compressed << " compressed, "
       << (counts.exact ? "exact" : "at least") << ", trailers '" << counts.trailers << "'"
       << (counts.trailers_unreadable ? " unreadable" : "");
}

}  // namespace podwire::grpc
