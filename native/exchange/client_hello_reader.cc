#include "exchange/client_hello_reader.h"

#include "exchange/octets.h"

namespace podwire::exchange {

ClientHelloReader::ClientHelloReader(ConnectionContext& context)
    : context_(context), charge_(context.store().frame_memory()) {}

void ClientHelloReader::data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t,
                             std::optional<std::uint32_t>) {
  if (over_ || !context_.is_client(side)) return;
  records_.append(text_of(bytes));
  tls::ClientHello hello;
  const tls::ParseOutcome outcome = tls::parse_client_hello(records_, hello);
  const bool waits = outcome == tls::ParseOutcome::kNeedMore;
  if (!waits || !charge_.set(records_.capacity())) tell(hello);
}

void ClientHelloReader::gap(tcp::Side side, std::uint64_t, tcp::GapCause, std::uint64_t) {
  if (context_.is_client(side)) tell({});
}

void ClientHelloReader::skipped(tcp::Side, std::uint64_t, std::uint64_t) {}

void ClientHelloReader::end(tcp::Side side, tcp::StreamEnd how, std::uint64_t) {
  if (context_.is_client(side) || how == tcp::StreamEnd::kReset) tell({});
}

void ClientHelloReader::close(tcp::CloseCause, std::uint64_t) { tell({}); }

void ClientHelloReader::tell(const tls::ClientHello& hello) {
  if (over_) return;
  over_ = true;
  context_.tell_loss(LossCause::kTls, {.server_name = hello.server_name, .protocols = hello.protocols});
}

}  // namespace podwire::exchange
