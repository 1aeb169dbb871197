// What reads a TCP connection once it is known, or supposed, what it carries.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "exchange/http1_pause.h"
#include "tcp/connection_sink.h"

namespace podwire::exchange {

// How sure a reader is that its protocol is the one.
enum class Recognition : std::uint8_t {
  kSearching,  // nothing of it was found
  kSupposed,   // what was found may also stand in another protocol's content
  kRecognised,
};

class ConnectionReader : public tcp::ConnectionSink {
 public:
  [[nodiscard]] virtual Recognition recognition() const { return Recognition::kRecognised; }
  // What an Http1Connection that takes its place later needs to know; nothing when there is more than that.
  [[nodiscard]] virtual std::optional<Http1Pause> pause() const { return std::nullopt; }
  // The source left out `bytes`, which it took for a body's. False: they are none that can be spared, or it is not
  // certain; then nothing was done, and they are a gap.
  [[nodiscard]] virtual bool body_left_out(tcp::Side, std::uint64_t, std::uint64_t) { return false; }
  // Nothing of the connection is wanted any more: the reader has told why, and may go.
  [[nodiscard]] bool over() const { return over_; }
  // Who reads on, after a change of protocol; asked after each call. It takes the place of this one.
  [[nodiscard]] bool has_successor() const { return successor_ != nullptr; }
  [[nodiscard]] std::unique_ptr<ConnectionReader> take_successor() { return std::move(successor_); }

 protected:
  std::unique_ptr<ConnectionReader> successor_;
  bool over_ = false;
};

}  // namespace podwire::exchange
