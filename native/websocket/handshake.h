// What the opening handshake agrees on that tells how to read the frames: RFC 6455, section 4; RFC 7692, section 5.
#pragma once

#include <string_view>

namespace podwire::websocket {

// Of an Upgrade field's value: "websocket" is among its protocols, in any case (section 4.2.1).
[[nodiscard]] bool is_websocket(std::string_view upgrade);

// Of the response's Sec-WebSocket-Extensions; of several such fields, their values joined with commas (section 9.1).
// permessage-deflate was accepted (RFC 7692, section 7).
[[nodiscard]] bool agreed_compression(std::string_view sec_websocket_extensions);

}  // namespace podwire::websocket
