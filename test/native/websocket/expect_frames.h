// Reads frames whole, byte by byte, and at every split in two, each piece before an unreadable page.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "test/native/http1/guarded_text.h"
#include "test/native/http1/splits.h"
#include "websocket/frame_reader.h"

namespace podwire::websocket {

// What a reader tells, as one value to compare.
struct Told {
  Count text = {}, binary = {}, ping = {}, pong = {}, close = {};
  bool exact = true;
  bool malformed = false;
  std::optional<std::uint16_t> close_code = std::nullopt;
  std::optional<bool> masked = false;
};

inline std::string described(const Told& told) {
  std::string text;
  const auto add = [&](const char* name, const Count& count) {
    text += std::string(name) + " " + std::to_string(count.messages) + " of " + std::to_string(count.bytes) +
            " bytes, " + std::to_string(count.compressed) + " compressed; ";
  };
  add("text", told.text);
  add("binary", told.binary);
  add("ping", told.ping);
  add("pong", told.pong);
  add("close", told.close);
  text += told.close_code ? "code " + std::to_string(*told.close_code) : "no code";
  text += !told.masked ? ", no frame" : *told.masked ? ", masked" : ", not masked";
  return text + (told.exact ? ", exact" : ", at least") + (told.malformed ? ", malformed" : "");
}

inline Told told_by(const FrameReader& reader) {
  return {.text = reader.count(MessageKind::kText),
          .binary = reader.count(MessageKind::kBinary),
          .ping = reader.count(MessageKind::kPing),
          .pong = reader.count(MessageKind::kPong),
          .close = reader.count(MessageKind::kClose),
          .exact = reader.exact(),
          .malformed = reader.malformed(),
          .close_code = reader.close_code(),
          .masked = reader.masked()};
}

inline Told read_pieces(const std::vector<std::string_view>& pieces, bool compression) {
  FrameReader reader(compression);
  for (const std::string_view piece : pieces) {
    const test::GuardedText guarded(piece);
    const bool well_formed = reader.data(guarded.text());
    EXPECT_EQ(well_formed, !reader.malformed());
  }
  return told_by(reader);
}

inline void expect_frames(const std::string& frames, const Told& expected, bool compression = false) {
  for (const test::Split& split : test::splits(frames)) {
    SCOPED_TRACE(split.name);
    ASSERT_EQ(described(read_pieces(split.pieces, compression)), described(expected));
  }
}

}  // namespace podwire::websocket
