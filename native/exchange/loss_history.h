// What was lost of one direction of a connection, and when, so that each stream is told of what it lived through.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "exchange/exchange.h"

namespace podwire::exchange {

class LossHistory {
 public:
  // Counts the losses.
  [[nodiscard]] std::uint32_t now() const { return now_; }

  void add(MissingSet causes) {
    ++now_;
    for (std::size_t i = 0; i < static_cast<std::size_t>(Missing::kCount); ++i) {
      if (causes.has(static_cast<Missing>(i))) latest_of(static_cast<Missing>(i)) = now_;
    }
  }

  // Causes of the losses after `then`.
  [[nodiscard]] MissingSet since(std::uint32_t then) const {
    MissingSet causes;
    for (const Latest& one : latest_) {
      if (one.loss > then) causes.add(one.cause);
    }
    return causes;
  }

 private:
  struct Latest {
    Missing cause;
    std::uint32_t loss;
  };

  std::uint32_t& latest_of(Missing cause) {
    const auto found = std::ranges::find(latest_, cause, &Latest::cause);
    return found != latest_.end() ? found->loss : latest_.emplace_back(Latest{cause, 0}).loss;
  }

  std::vector<Latest> latest_;  // one for each cause that there was
  std::uint32_t now_ = 0;
};

}  // namespace podwire::exchange
