// Bodies that consist of messages: which they are, and what their ends tell.
#pragma once

#include "exchange/exchange_store.h"

namespace podwire::exchange {

// By the content-type of the head that was stored.
void count_request_messages(ExchangeRecord& record);
void count_response_messages(ExchangeRecord& record);
// Both directions are a WebSocket's, by the response's head.
void count_websocket_messages(ExchangeRecord& record);

// What the bodies of an exchange that ends so tell of their messages' framing.
void end_messages(ExchangeRecord& record, End end);

// gRPC-Web carries its trailers within the body: they become the response's.
void store_message_trailers(ExchangeStore& store, ExchangeRecord& record);

}  // namespace podwire::exchange
