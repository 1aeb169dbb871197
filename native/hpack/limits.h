// Bounds of header decompression.
#pragma once

#include <cstddef>

namespace podwire::hpack {

// Of one decoded section: names, values and field count. Beyond, fields are left out of the list and it says so; the
// dynamic table is kept up all the same.
inline constexpr std::size_t kMaxListBytes = std::size_t{256} << 10U;
inline constexpr std::size_t kMaxFields = 1'000;
inline constexpr std::size_t kMaxNameBytes = 65'535;
// Kept of one dynamic table, by the reckoning of RFC 7541, section 4.1, however large its encoder may let it grow.
// References to what was older are unknown.
inline constexpr std::size_t kMaxTableBytes = std::size_t{64} << 10U;
// What a dynamic table holds unless a size update says otherwise (RFC 9113, section 6.5.2).
inline constexpr std::size_t kInitialTableBytes = 4'096;

}  // namespace podwire::hpack
