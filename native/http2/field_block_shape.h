// The shape of a header block's representations (RFC 7541, section 6), without any table.
#pragma once

#include <string_view>

namespace podwire::http2 {

// Whether `fragment` can be the beginning of a header block, or all of it when `whole`. Takes time by representation,
// not by byte.
[[nodiscard]] bool could_be_field_block(std::string_view fragment, bool whole);

}  // namespace podwire::http2
