// Bounds of what is read of one HTTP/1 message.
#pragma once

#include <cstddef>

namespace podwire::http1 {

inline constexpr std::size_t kMaxHeadBytes = std::size_t{256} << 10U;  // start line and fields; also a trailer section
inline constexpr std::size_t kMaxFields = 1'000;                       // field lines of one section
inline constexpr std::size_t kMaxFieldNameBytes = 65'535;              // what Field::name_length holds
inline constexpr std::size_t kMaxMethodBytes = 64;
inline constexpr std::size_t kMaxChunkLineBytes = std::size_t{16} << 10U;  // chunk size with extensions
inline constexpr std::size_t kMaxSearchBytes = std::size_t{64} << 10U;     // kept while searching for the next head

}  // namespace podwire::http1
