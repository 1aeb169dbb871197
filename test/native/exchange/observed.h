// One connection driven through the ConnectionSink interface, and what the engine tells of it.
#pragma once

#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/exchange_engine.h"
#include "exchange/octets.h"
#include "seen_exchange.h"

namespace podwire::test {

class Observed final : public exchange::ExchangeSink, public exchange::CaptureNeeds, public tcp::ConnectionControl {
 public:
  explicit Observed(exchange::ExchangeLimits limits = {}, std::uint64_t salt = 0) : engine(limits, *this, *this, salt) {
    info.flow_id = 1;
    info.attachment_id = 9;
    info.initiator.port = 40'000;
    info.responder.port = 80;
    info.initiator_hook = tcp::Hook::kEgress;
  }
  ~Observed() override { connection_.reset(); }

  // One line for each exchange and loss:
  // "complete GET /x 0 -> 200 5 joined-late": end, method, path or authority, body bytes of the request, status, body
  // bytes of the response, what is missing; "-" for what is not known.
  std::string text;
  std::vector<SeenExchange> exchanges;
  std::vector<std::uint64_t> skips;  // of either side
  std::size_t refused = 0;           // of what was left out
  bool ignored = false;
  bool rests = std::getenv("PODWIRE_TEST_REST") != nullptr;  // after each call, if it can: see CMakeLists.txt
  std::size_t rested = 0;                                    // calls
  std::uint32_t body_wanted = 0;
  tcp::ConnectionInfo info;
  std::uint64_t now = 1000;  // of the next call; each moves it by 10
  exchange::ExchangeEngine engine;

  using Unacknowledged = std::optional<std::uint32_t>;  // as of ConnectionSink::data
  Observed& client(std::string_view bytes, Unacknowledged unacknowledged = {}) {
    return data(tcp::Side::kInitiator, bytes, unacknowledged);
  }
  Observed& server(std::string_view bytes, Unacknowledged unacknowledged = {}) {
    return data(tcp::Side::kResponder, bytes, unacknowledged);
  }
  Observed& data(tcp::Side side, std::string_view bytes, Unacknowledged unacknowledged = {}) {
    sink().data(side, exchange::octets_of(bytes), tick(), unacknowledged);
    return rest();
  }
  Observed& client_gap(std::uint64_t bytes, tcp::GapCause cause = tcp::GapCause::kAcknowledgedUnseen) {
    sink().gap(tcp::Side::kInitiator, bytes, cause, tick());
    return rest();
  }
  Observed& server_gap(std::uint64_t bytes, tcp::GapCause cause = tcp::GapCause::kAcknowledgedUnseen) {
    sink().gap(tcp::Side::kResponder, bytes, cause, tick());
    return rest();
  }
  Observed& skipped(tcp::Side side, std::uint64_t bytes) {
    sink().skipped(side, bytes, tick());
    return rest();
  }
  Observed& end(tcp::Side side, tcp::StreamEnd how = tcp::StreamEnd::kFin) {
    sink().end(side, how, tick());
    return rest();
  }
  Observed& close(tcp::CloseCause cause = tcp::CloseCause::kEnded) {
    sink().close(cause, tick());
    connection_.reset();
    return *this;
  }
  std::string take() { return std::exchange(text, {}); }

  void exchange(const exchange::ExchangeView& view) override {
    exchanges.push_back(see(view));
    text += exchanges.back().line + '\n';
  }
  void loss(std::uint32_t attachment_id, exchange::LossCause cause, const tcp::Endpoint& server,
            const exchange::TlsNames& names) override {
    text +=
        std::string("loss ") + name(cause) + ' ' + std::to_string(attachment_id) + ':' + std::to_string(server.port);
    if (!names.server_name.empty()) text += ' ' + std::string(names.server_name);
    for (const std::string& protocol : names.protocols) text += ' ' + protocol;
    text += '\n';
  }
  std::uint32_t body_bytes(std::uint32_t) override { return body_wanted; }
  void skip(tcp::Side, std::uint64_t bytes) override { skips.push_back(bytes); }
  void refuse_left_out(tcp::Side) override { ++refused; }
  void ignore() override { ignored = true; }

 private:
  tcp::ConnectionSink& sink() {
    if (!connection_) connection_ = engine.connection(info, *this);
    return *connection_;
  }
  Observed& rest() {
    if (rests && sink().rest()) ++rested;
    return *this;
  }
  std::uint64_t tick() {
    const std::uint64_t then = now;
    now += 10;
    return then;
  }

  std::unique_ptr<tcp::ConnectionSink> connection_;
};

inline std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

inline std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace podwire::test
