// Runs a FrameReader and writes down what it tells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http2/frame_reader.h"

namespace podwire::test {

// One event, or all of a DATA frame up to its end.
struct Told {
  enum class Kind : std::uint8_t { kBlock, kBlockLost, kData, kReset, kSettings, kGoaway, kOther };
  Kind kind = Kind::kOther;
  std::uint32_t stream = 0;
  std::uint32_t number = 0;  // promised stream, last stream, type of other
  std::uint32_t code = 0;
  bool fin = false;
  bool lost = false;   // of kOther
  bool large = false;  // of kBlockLost
  bool exact = true;
  bool ended = false;              // kData
  std::string bytes;               // fragment, data, settings as text
  std::uint64_t skipped_data = 0;  // of kData
  std::uint64_t lost_data = 0;
  std::uint64_t wire_bytes = 0;  // of a block; overhead of DATA
  std::uint64_t first_byte_ns = 0;
  std::uint64_t told_of_ns = 0;  // the time of the call, or of seen_at()
  bool certain = true;           // position_certain() at the event

  [[nodiscard]] std::string text() const {
    const std::string on = ' ' + std::to_string(stream);
    const std::string end = fin ? " fin" : "";
    const std::string promise = number != 0 ? " promises " + std::to_string(number) : "";
    switch (kind) {
      case Kind::kBlock:
        return "block" + on + promise + end + " <" + bytes + "> " + std::to_string(wire_bytes);
      case Kind::kBlockLost:
        return "block" + on + promise + end + (large ? " too large " : " lost ") + std::to_string(wire_bytes);
      case Kind::kData:
        return "data" + on + " <" + bytes + '>' + (skipped_data > 0 ? " skipped " + std::to_string(skipped_data) : "") +
               (lost_data > 0 ? " lost " + std::to_string(lost_data) : "") + (exact ? "" : " inexact") + end +
               (ended ? " +" + std::to_string(wire_bytes) : " unended");
      case Kind::kReset:
        return "reset" + on + ' ' + std::to_string(code);
      case Kind::kSettings:
        return "settings" + bytes;
      case Kind::kGoaway:
        return "goaway " + std::to_string(number) + ' ' + std::to_string(code);
      case Kind::kOther:
        return "other " + std::to_string(number) + on + (lost ? " lost" : "");
    }
    return "";
  }
};

class FrameTranscript final : public http2::FrameEvents {
 public:
  explicit FrameTranscript(http2::StreamBegin begin) : reader(begin, memory) {}

  http2::ReadOutcome data(std::string_view bytes, std::uint64_t seen_ns = 0) {
    now_ns_ = seen_ns;
    outcome = reader.data(bytes, seen_ns, *this);
    return outcome;
  }
  http2::GapOutcome gap(std::uint64_t bytes) { return reader.gap(bytes, *this); }
  http2::GapOutcome skip(std::uint64_t bytes) { return reader.skip(bytes, *this); }

  // One event a line, and the outcome when it is a failure.
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const Told& one : told) all += one.text() + '\n';
    if (outcome == http2::ReadOutcome::kMalformed) all += "malformed\n";
    if (outcome == http2::ReadOutcome::kMemoryFull) all += "memory full\n";
    return all;
  }

  void seen_at(std::uint64_t seen_ns) override { now_ns_ = seen_ns; }

  void header_block(const http2::HeaderBlock& block) override {
    add_block(Told::Kind::kBlock, block);
    last_fragment = block.fragment;
  }
  void header_block_lost(const http2::HeaderBlock& block, http2::BlockLoss why) override {
    add_block(Told::Kind::kBlockLost, block).large = why == http2::BlockLoss::kTooLarge;
  }
  void data(std::uint32_t stream, std::string_view bytes) override {
    empty_pieces += bytes.empty() ? 1 : 0;
    open_data(stream).bytes += bytes;
  }
  void data_unseen(std::uint32_t stream, std::uint64_t bytes, bool lost, bool exact) override {
    Told& frame = open_data(stream);
    (lost ? frame.lost_data : frame.skipped_data) += bytes;
    frame.exact = frame.exact && exact;
  }
  void data_end(const http2::DataFrameEnd& end) override {
    Told& frame = open_data(end.stream_id);
    frame.ended = true;
    frame.fin = end.end_stream;
    frame.wire_bytes = end.overhead_bytes;
  }
  void reset(std::uint32_t stream, std::uint32_t code) override {
    Told& one = add(Told::Kind::kReset, stream);
    one.code = code;
  }
  void settings(std::span<const http2::Setting> all) override {
    Told& one = add(Told::Kind::kSettings, 0);
    for (const http2::Setting& setting : all) {
      one.bytes += ' ' + std::to_string(setting.id) + '=' + std::to_string(setting.value);
    }
  }
  void goaway(std::uint32_t last, std::uint32_t code) override {
    Told& one = add(Told::Kind::kGoaway, 0);
    one.number = last;
    one.code = code;
  }
  void other(const http2::FrameHeader& header, bool lost) override {
    Told& one = add(Told::Kind::kOther, header.stream_id);
    one.number = header.type;
    one.lost = lost;
  }
  void position_refuted() override { ++refuted; }

  http2::FrameMemory memory{std::size_t{8} << 20U};
  http2::FrameReader reader;
  http2::ReadOutcome outcome = http2::ReadOutcome::kReading;
  std::vector<Told> told;
  std::string_view last_fragment;  // where it stood; perhaps gone
  int empty_pieces = 0;
  int refuted = 0;

 private:
  Told& add(Told::Kind kind, std::uint32_t stream) {
    Told one;
    one.kind = kind;
    one.stream = stream;
    one.certain = reader.position_certain();
    one.told_of_ns = now_ns_;
    told.push_back(one);
    return told.back();
  }
  Told& add_block(Told::Kind kind, const http2::HeaderBlock& block) {
    Told& one = add(kind, block.stream_id);
    one.number = block.promised_stream_id;
    one.fin = block.end_stream;
    one.bytes = block.fragment;
    one.wire_bytes = block.wire_bytes;
    one.first_byte_ns = block.first_byte_ns;
    return one;
  }
  Told& open_data(std::uint32_t stream) {
    const bool open = !told.empty() && told.back().kind == Told::Kind::kData && !told.back().ended;
    if (open && told.back().stream == stream) return told.back();
    return add(Told::Kind::kData, stream);
  }

  std::uint64_t now_ns_ = 0;
};

}  // namespace podwire::test
