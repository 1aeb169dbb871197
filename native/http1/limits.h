// Bounds of what is read of one HTTP/1 message.
#pragma once

#include <cstddef>

namespace podwire::http1 {

// Beyond these, a message is not read (ReadOutcome::kHeadTooLarge, kTooManyFields).
inline constexpr std::size_t kMaxHeadBytes = std::size_t{256} << 10U;  // start line and fields; also a trailer section
inline constexpr std::size_t kMaxFields = 1'000;                       // field lines of one section
inline constexpr std::size_t kMaxFieldNameBytes = 65'535;              // what Field::name_length holds
inline constexpr std::size_t kMaxMethodBytes = 64;

// Kept while searching for the next head: so many bytes, that came in so many pieces. A head that needs more of either
// is passed over.
inline constexpr std::size_t kMaxSearchBytes = std::size_t{64} << 10U;
inline constexpr std::size_t kMaxSearchPieces = 1'024;

}  // namespace podwire::http1
