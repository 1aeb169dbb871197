// A connection that begins with a TLS handshake: what its ClientHello tells in clear, then nothing more is wanted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "exchange/connection_context.h"
#include "exchange/connection_reader.h"
#include "http2/memory_charge.h"
#include "tls/client_hello.h"

namespace podwire::exchange {

// Tells LossCause::kTls once: with the names when the ClientHello has come whole; without them when it is none, bytes
// of it were lost, or the connection ended first.
class ClientHelloReader final : public ConnectionReader {
 public:
  // The context knows the client. `context` outlives it.
  explicit ClientHelloReader(ConnectionContext& context);

  void data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
            std::optional<std::uint32_t> unacknowledged) override;
  void gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) override;
  void skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) override;

 private:
  void tell(const tls::ClientHello& hello);

  ConnectionContext& context_;
  http2::MemoryCharge charge_;
  std::string records_;
};

}  // namespace podwire::exchange
