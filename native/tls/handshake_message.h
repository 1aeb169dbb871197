// The first handshake message of a connection, put together from its records: RFC 8446, sections 4 and 5.1.
#pragma once

#include <string>
#include <string_view>

#include "tls/client_hello.h"

namespace podwire::tls {

// `body` is written with kComplete alone: the ClientHello without the message's header. Another message, or a longer
// one than the limits of client_hello.h permit, is kMalformed.
[[nodiscard]] ParseOutcome read_client_hello_message(std::string_view bytes, std::string& body);

}  // namespace podwire::tls
