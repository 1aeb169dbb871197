// Private to Http1Connection: what one side's reader tells during one call.
#pragma once

#include "exchange/http1_connection.h"

namespace podwire::exchange {

class Http1Connection::Events final : public http1::MessageEvents {
 public:
  // `missing`: the cause of the gap during which this is told.
  Events(Http1Connection& connection, tcp::Side side, std::uint64_t seen_ns, MissingSet missing = {})
      : connection_(connection), side_(side), seen_ns_(seen_ns), missing_(missing) {}

  // Of the opposite side's bytes; of what is told during data().
  void set_acknowledged(std::uint64_t bytes) { acknowledged_ = bytes; }

  http1::AnsweredMethod answered_method(const http1::HeadSeen& seen) override;
  void head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen) override;
  void body(std::string_view data) override;
  void trailers(std::string_view bytes, std::span<const http1::Field> fields) override;
  void end(const http1::MessageEnd& end) override;
  void expectation_failed() override;
  void passed_over() override;
  void went_on() override;
  bool contrary_head(const http1::Head& head) override;
  void tunnel(std::string_view bytes) override;

 private:
  [[nodiscard]] http1::MessageKind kind() const;
  void hear_response(std::uint16_t status);
  bool doubts_response(http1::MessageReader& responses);

  Http1Connection& connection_;
  tcp::Side side_;
  std::uint64_t seen_ns_;
  MissingSet missing_;
  std::uint64_t acknowledged_ = http1::kAcknowledgmentUnknown;
};

}  // namespace podwire::exchange
