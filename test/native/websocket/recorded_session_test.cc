// Sessions that the `ws` package recorded: the counts are those it told itself (recorded/README.md).
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "expect_frames.h"
#include "websocket/handshake.h"

namespace podwire::websocket {
namespace {

using Fields = std::map<std::string, std::string>;

Fields fields_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  Fields fields;
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    fields[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return fields;
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

Count count_in(const std::string& text) {
  Count count;
  std::istringstream(text) >> count.messages >> count.bytes >> count.compressed;
  return count;
}

Told told_by_sender(const Fields& fields, const std::string& end) {
  const int code = std::stoi(fields.at(end + ".close_code"));
  Told told{.text = count_in(fields.at(end + ".text")),
            .binary = count_in(fields.at(end + ".binary")),
            .ping = count_in(fields.at(end + ".ping")),
            .pong = count_in(fields.at(end + ".pong")),
            .close = count_in(fields.at(end + ".close")),
            .masked = end == "client"};
  if (code != 1005) told.close_code = static_cast<std::uint16_t>(code);
  return told;
}

TEST(RecordedSession, CountsAreThoseOfTheSender) {
  int sessions = 0;
  int compressed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PODWIRE_RECORDED)) {
    if (entry.path().extension() != ".txt") continue;
    const Fields fields = fields_of(entry.path());
    const bool compression = agreed_compression(fields.at("extensions"));
    for (const char* end : {"client", "server"}) {
      SCOPED_TRACE(entry.path().stem().string() + ", " + end);
      expect_frames(from_hex(fields.at(std::string(end) + ".bytes")), told_by_sender(fields, end), compression);
    }
    ++sessions;
    compressed += compression ? 1 : 0;
  }
  EXPECT_EQ(sessions, 4);
  EXPECT_EQ(compressed, 2);
}

}  // namespace
}  // namespace podwire::websocket
