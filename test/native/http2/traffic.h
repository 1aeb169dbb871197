// A server's direction of a busy gRPC-like connection: what is written at once, and the segments that it becomes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recorded_stream.h"

namespace podwire::test {

inline constexpr std::size_t kSegmentBytes = 1'448;

struct Traffic {
  RecordedStream stream;
  std::vector<std::size_t> bursts = {0};  // where each begins; the last is the end

  // Ends of segments behind `from`: every kSegmentBytes of a burst, and its end.
  [[nodiscard]] std::vector<std::size_t> segment_ends(std::size_t from) const {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i + 1 < bursts.size(); ++i) {
      for (std::size_t at = bursts[i]; at < bursts[i + 1];) {
        at = std::min(at + kSegmentBytes, bursts[i + 1]);
        if (at > from) ends.push_back(at);
      }
    }
    return ends;
  }
};

class TrafficMaker {
 public:
  explicit TrafficMaker(unsigned seed) : random_(seed) {}

  Traffic make(std::size_t exchanges, std::size_t max_body) {
    Traffic traffic;
    traffic.stream.settings({{3, 128}, {4, 65'535}});
    traffic.stream.other(window_update(0, 1'048'576));
    end_burst(traffic);
    for (std::size_t i = 0; i < exchanges; ++i) exchange(traffic, static_cast<std::uint32_t>(2 * i + 1), max_body);
    traffic.stream.goaway(static_cast<std::uint32_t>(2 * exchanges + 1), 0, "bye");
    end_burst(traffic);
    return traffic;
  }

  std::string random_text(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(random_());
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  void end_burst(Traffic& traffic) { traffic.bursts.push_back(traffic.stream.bytes.size()); }

  // RFC 7541: literals with new and known names, and indexes into both tables.
  std::string fields(std::string_view first) {
    std::string block(first);
    for (std::size_t i = below(4) + 1; i > 0; --i) {
      const std::string value = random_text(below(30) + 1);
      block += "\x5f" + big_endian(value.size(), 1) + value;
      block += static_cast<char>(0xbe + below(20));
    }
    return block;
  }

  void exchange(Traffic& traffic, std::uint32_t stream, std::size_t max_body) {
    RecordedStream& to = traffic.stream;
    BlockShape shape;
    const std::string head = fields("\x88");
    if (below(4) == 0) shape.padding = static_cast<unsigned>(below(40) + 1);
    if (below(5) == 0) shape.cuts = {head.size() / 2};
    to.block(stream, head, shape);
    if (below(3) == 0) end_burst(traffic);
    for (std::size_t i = below(3) + 1; i > 0; --i) {
      if (below(4) == 0) {
        to.data(stream, random_text(below(max_body)), false, static_cast<unsigned>(below(256)));
      } else {
        to.data(stream, std::string("\0\0\0\0", 4) + random_text(below(max_body)));
      }
      if (below(6) == 0) to.other(ping(kAcknowledged));
      if (below(6) == 0)
        to.other(window_update(below(2) == 0 ? 0 : stream, static_cast<std::uint32_t>(below(9'999) + 1)));
      if (below(3) == 0) end_burst(traffic);
    }
    if (below(8) == 0) {
      to.reset(stream, static_cast<std::uint32_t>(below(14)));
    } else {
      to.block(stream, fields(std::string("\x40\x0bgrpc-status\x01") + '0'), {.fin = true});
    }
    if (below(9) == 0) to.other(frame(0x0b + 0x1f * 2, 0, 0, "grease"));
    end_burst(traffic);
  }

  std::mt19937 random_;
};

}  // namespace podwire::test
