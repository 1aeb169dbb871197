// What a reader of HTTP/2 frames tells, in words.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http2/frame_reader.h"

namespace podwire::fuzz {

// What was told, a line each; pieces of data are joined.
class Transcript {
 public:
  void line(const std::string& words) {
    end_data();
    text += words + '\n';
    outline.push_back(words);
  }
  void remark(const std::string& words) {
    end_data();
    text += words + '\n';
  }
  void block(const http2::HeaderBlock& block) { line("block " + words_of(block) + ' ' + std::string(block.fragment)); }
  void data(std::uint32_t stream_id, std::string_view bytes) {
    if (data_stream_ != stream_id) {
      end_data();
      text += "data " + std::to_string(stream_id) + ' ';
      data_stream_ = stream_id;
    }
    text += bytes;
    data_bytes[stream_id] += bytes.size();
  }
  void data_end(const http2::DataFrameEnd& end) {
    line("data end " + std::to_string(end.stream_id) + (end.end_stream ? " last " : " ") +
         std::to_string(end.overhead_bytes));
  }
  void setting(const http2::Setting& setting) {
    line("setting " + std::to_string(setting.id) + '=' + std::to_string(setting.value));
  }
  void reset(std::uint32_t stream_id, std::uint32_t code) {
    line("reset " + std::to_string(stream_id) + ' ' + std::to_string(code));
  }
  void goaway(std::uint32_t last, std::uint32_t code) {
    line("goaway " + std::to_string(last) + ' ' + std::to_string(code));
  }
  void other(const http2::FrameHeader& header) { line("other " + words_of(header)); }

  static std::string words_of(const http2::HeaderBlock& block) {
    return std::to_string(block.stream_id) + '/' + std::to_string(block.promised_stream_id) +
           (block.end_stream ? " last " : " ") + std::to_string(block.wire_bytes);
  }
  static std::string words_of(const http2::FrameHeader& header) {
    return std::to_string(header.type) + ' ' + std::to_string(header.flags) + ' ' + std::to_string(header.stream_id) +
           ' ' + std::to_string(header.length);
  }

  std::string text;
  std::vector<std::string> outline;                   // without data, times and what was lost
  std::map<std::uint32_t, std::uint64_t> data_bytes;  // by stream; also of what passed unseen

 private:
  void end_data() {
    if (data_stream_) text += '\n';
    data_stream_.reset();
  }

  std::optional<std::uint32_t> data_stream_;
};

}  // namespace podwire::fuzz
