// Huffman-coded string literals: RFC 7541, section 5.2 and Appendix B.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "hpack/huffman_code.h"

namespace podwire::hpack {

// What `decode_huffman` may write for so many encoded bytes: every code of the shortest length, and one more.
constexpr std::size_t huffman_room(std::size_t encoded_bytes) { return encoded_bytes * 8 / kShortestCodeBits + 1; }

// Writes to `out`, which has huffman_room bytes, and returns how many bytes the string has. Nothing: EOS is coded in
// it, or what follows its last symbol is not padding (up to seven bits of ones).
[[nodiscard]] std::optional<std::size_t> decode_huffman(std::string_view encoded, char* out);

}  // namespace podwire::hpack
