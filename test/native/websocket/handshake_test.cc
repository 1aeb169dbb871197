#include "websocket/handshake.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/http1/guarded_text.h"

namespace podwire::websocket {
namespace {

// RFC 6455, sections 4.1 and 4.2.1; Upgrade is a list: RFC 9110, section 7.8.
TEST(Handshake, IsWebsocket) {
  for (const char* value :
       {"websocket", "WebSocket", "WEBSOCKET", " websocket\t", "h2c, websocket", "websocket,h2c", ",websocket"}) {
    EXPECT_TRUE(is_websocket(test::GuardedText(value).text())) << value;
  }
  for (const char* value :
       {"", ",", "h2c", "websockets", "web socket", "websocket/13", "x-websocket", "\"websocket\""}) {
    EXPECT_FALSE(is_websocket(test::GuardedText(value).text())) << value;
  }
}

// RFC 6455, section 9.1; RFC 7692, sections 5 and 7.1.
TEST(Handshake, AgreedCompression) {
  for (const char* value : {
           "permessage-deflate",
           "permessage-deflate; server_no_context_takeover",
           "permessage-deflate; client_max_window_bits=10; server_max_window_bits=\"10\"",
           "permessage-deflate;client_no_context_takeover",
           " permessage-deflate ; a",
           "Permessage-Deflate",
           "foo, permessage-deflate",
           "foo; a=\"b,c\", permessage-deflate",
           "foo; a=\"\\\",\",permessage-deflate",
           ",, permessage-deflate",
           "permessage-deflate, foo",
       }) {
    EXPECT_TRUE(agreed_compression(test::GuardedText(value).text())) << value;
  }
  for (const char* value : {
           "",
           " ",
           ";",
           "permessage-bzip2",
           "permessage-deflated",
           "x-permessage-deflate",
           "foo; a=permessage-deflate",
           "foo; permessage-deflate",
           "foo; a=\"x, permessage-deflate\"",
           "foo; a=\"\\\", permessage-deflate\"",
           "foo; a=\"never closed, permessage-deflate",
           "foo; a=\"\\",
       }) {
    EXPECT_FALSE(agreed_compression(test::GuardedText(value).text())) << value;
  }
}

}  // namespace
}  // namespace podwire::websocket
