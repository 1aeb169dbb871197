// A second, plain reader of HTTP/2 frames, to compare with: it has the whole stream, which is well formed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http2_transcript.h"

namespace podwire::fuzz {

inline std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

inline constexpr std::uint32_t kStreamIdBits = 0x7fff'ffff;

// The frames of a stream that is well formed, read one whole frame after the other: RFC 9113, sections 4.1 and 6.
class WholeFrames {
 public:
  // Returns how many bytes whole frames have.
  std::size_t read(std::string_view stream) {
    std::size_t at = 0;
    while (stream.size() - at >= 9) {
      const std::uint32_t length = number(stream, at, 3);
      if (stream.size() - at - 9 < length) break;
      frame({.length = length,
             .type = static_cast<std::uint8_t>(stream[at + 3]),
             .flags = static_cast<std::uint8_t>(stream[at + 4]),
             .stream_id = number(stream, at + 5, 4) & kStreamIdBits},
            stream.substr(at + 9, length));
      at += 9 + length;
    }
    return at;
  }

  Transcript told;

 private:
  void frame(const http2::FrameHeader& header, std::string_view payload) {
    const std::size_t whole = payload.size();
    std::size_t padding = 0;
    const bool padded = (header.flags & 0x8U) != 0 && (header.type == 0 || header.type == 1 || header.type == 5);
    if (padded) {
      padding = static_cast<std::uint8_t>(payload[0]);
      payload = payload.substr(1, payload.size() - 1 - padding);
    }
    switch (header.type) {
      case 0:
        if (!payload.empty()) told.data(header.stream_id, payload);
        told.data_end({.stream_id = header.stream_id,
                       .end_stream = (header.flags & 1U) != 0,
                       .overhead_bytes = 9 + whole - payload.size()});
        break;
      case 1:
        if ((header.flags & 0x20U) != 0) payload.remove_prefix(5);
        begin_block(header, 0, (header.flags & 1U) != 0, payload);
        break;
      case 5:
        begin_block(header, number(payload, 0, 4) & kStreamIdBits, false, payload.substr(4));
        break;
      case 9:
        add_fragment(header, payload);
        break;
      case 3:
        told.reset(header.stream_id, number(payload, 0, 4));
        break;
      case 4:
        if ((header.flags & 1U) != 0) return told.other(header);
        for (; payload.size() >= 6; payload.remove_prefix(6)) {
          told.setting({.id = static_cast<std::uint16_t>(number(payload, 0, 2)), .value = number(payload, 2, 4)});
        }
        break;
      case 7:
        told.goaway(number(payload, 0, 4) & kStreamIdBits, number(payload, 4, 4));
        break;
      default:
        told.other(header);
    }
  }
  void begin_block(const http2::FrameHeader& header, std::uint32_t promised, bool end_stream,
                   std::string_view payload) {
    block_ = {};
    block_.stream_id = header.stream_id;
    block_.promised_stream_id = promised;
    block_.end_stream = end_stream;
    fragments_.clear();
    add_fragment(header, payload);
  }
  void add_fragment(const http2::FrameHeader& header, std::string_view payload) {
    block_.wire_bytes += 9 + header.length;
    fragments_ += payload;
    if ((header.flags & 4U) == 0) return;
    block_.fragment = fragments_;
    told.block(block_);
    told.text += "seen at 0\n";
  }

  http2::HeaderBlock block_;
  std::string fragments_;
};

}  // namespace podwire::fuzz
