// A stream of frames that remembers which they are, and whether what a reader told of it is true.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame_transcript.h"
#include "frames.h"

namespace podwire::test {

struct TrueFrame {
  std::size_t begin = 0;
  std::size_t end = 0;  // of a header block: of all its frames
  unsigned type = 0;
  std::vector<std::size_t> headers;  // where each of its frame headers begins
  Told told;
};

struct BlockShape {
  unsigned padding = 0;
  bool priority = false;
  bool fin = false;
  std::uint32_t promised = 0;
  std::vector<std::size_t> cuts = {};  // where CONTINUATION goes on with the fragment
};

class RecordedStream {
 public:
  std::string bytes;
  std::vector<TrueFrame> frames;

  void block(std::uint32_t stream, const std::string& fragment, const BlockShape& shape = {}) {
    TrueFrame& one = begin_frame(shape.promised != 0 ? 0x5 : 0x1, Told::Kind::kBlock, stream);
    one.told.fin = shape.fin;
    one.told.number = shape.promised;
    one.told.bytes = fragment;
    std::size_t cut = shape.cuts.empty() ? fragment.size() : shape.cuts.front();
    std::string payload = shape.priority ? big_endian(3, 4) + '\x10' : std::string();
    if (shape.promised != 0) payload += big_endian(shape.promised, 4);
    payload += fragment.substr(0, cut);
    unsigned flags = (shape.fin ? kFin : 0) | (shape.priority ? kWithPriority : 0);
    if (shape.cuts.empty()) flags |= kWholeBlock;
    if (shape.padding > 0) flags |= kPad;
    bytes += frame(one.type, flags, stream, shape.padding > 0 ? padded(payload, shape.padding) : payload);
    for (std::size_t i = 0; i < shape.cuts.size(); ++i) {
      const bool last = i + 1 == shape.cuts.size();
      const std::size_t until = last ? fragment.size() : shape.cuts[i + 1];
      one.headers.push_back(bytes.size());
      bytes += continuation(stream, fragment.substr(cut, until - cut), last ? kWholeBlock : 0);
      cut = until;
    }
    one.end = bytes.size();
    one.told.wire_bytes = one.end - one.begin;
  }
  void data(std::uint32_t stream, const std::string& data, bool fin = false, std::optional<unsigned> padding = {}) {
    TrueFrame& one = begin_frame(0x0, Told::Kind::kData, stream);
    one.told.bytes = data;
    one.told.fin = fin;
    one.told.ended = true;
    one.told.wire_bytes = 9 + (padding ? 1 + *padding : 0);
    end_frame(padding ? padded_data(stream, data, *padding, fin ? kFin : 0) : data_frame(stream, data, fin ? kFin : 0));
  }
  void reset(std::uint32_t stream, std::uint32_t code) {
    begin_frame(0x3, Told::Kind::kReset, stream).told.code = code;
    end_frame(rst_stream(stream, code));
  }
  void settings(const std::vector<std::pair<unsigned, std::uint32_t>>& all) {
    TrueFrame& one = begin_frame(0x4, Told::Kind::kSettings, 0);
    for (const auto& [id, value] : all) one.told.bytes += ' ' + std::to_string(id) + '=' + std::to_string(value);
    end_frame(test::settings(all));
  }
  void goaway(std::uint32_t last, std::uint32_t code, std::string_view debug = "") {
    TrueFrame& one = begin_frame(0x7, Told::Kind::kGoaway, 0);
    one.told.number = last;
    one.told.code = code;
    end_frame(test::goaway(last, code, debug));
  }
  void other(const std::string& whole) {
    TrueFrame& one = begin_frame(static_cast<std::uint8_t>(whole[3]), Told::Kind::kOther, 0);
    for (std::size_t i = 5; i < 9; ++i) one.told.stream = one.told.stream << 8U | static_cast<std::uint8_t>(whole[i]);
    one.told.number = one.type;
    end_frame(whole);
  }

 private:
  TrueFrame& begin_frame(unsigned type, Told::Kind kind, std::uint32_t stream) {
    TrueFrame one;
    one.begin = bytes.size();
    one.type = type;
    one.headers = {bytes.size()};
    one.told.kind = kind;
    one.told.stream = stream;
    frames.push_back(one);
    return frames.back();
  }
  void end_frame(const std::string& whole) {
    bytes += whole;
    frames.back().end = bytes.size();
  }
};

// `seen` is `all` without one stretch.
inline bool has_one_hole(std::string_view seen, std::string_view all) {
  std::size_t same = 0;
  while (same < seen.size() && same < all.size() && seen[same] == all[same]) ++same;
  return all.find(seen.substr(same), same) != std::string_view::npos || all.find(seen) != std::string_view::npos;
}

inline bool is_true_data(const Told& told, const Told& frame) {
  const std::uint64_t bytes = told.bytes.size() + told.lost_data + told.skipped_data;
  const std::uint64_t all = frame.bytes.size();
  if (!has_one_hole(told.bytes, frame.bytes)) return false;
  if (!told.ended) return bytes <= all;
  if (told.fin != frame.fin) return false;
  if (told.exact) return bytes == all && told.wire_bytes == frame.wire_bytes;
  return bytes >= all && bytes <= all + 255;
}

inline bool is_true(const Told& told, const TrueFrame& frame) {
  if (told.stream != frame.told.stream) return false;
  switch (told.kind) {
    case Told::Kind::kBlockLost:
      return frame.told.kind == Told::Kind::kBlock && (!told.fin || frame.told.fin);
    case Told::Kind::kData:
      return frame.told.kind == Told::Kind::kData && is_true_data(told, frame.told);
    case Told::Kind::kOther:
      if (told.number == 0x9) return frame.told.kind == Told::Kind::kBlock && frame.headers.size() > 1;
      return told.number == frame.type && (told.lost || frame.told.kind == Told::Kind::kOther);
    default:
      return told.text() == frame.told.text();
  }
}

// The first of `told` that is no frame of the stream, or not in order; empty: all are. `from`: where the bytes began.
inline std::string first_untrue(const std::vector<Told>& told, const RecordedStream& stream, std::size_t from = 0) {
  std::size_t next = 0;
  while (next < stream.frames.size() && stream.frames[next].begin < from) ++next;
  for (const Told& one : told) {
    // What goes on with a block that was told as lost is told by itself.
    if (one.kind == Told::Kind::kOther && one.number == 0x9 && next > 0 && is_true(one, stream.frames[next - 1]))
      continue;
    while (next < stream.frames.size() && !is_true(one, stream.frames[next])) ++next;
    if (next == stream.frames.size()) return one.text();
    ++next;
  }
  return "";
}

}  // namespace podwire::test
