// The recorded hellos: hellos/README.md.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace podwire::tls {

struct RecordedHello {
  std::string program;
  std::string server_name;
  std::vector<std::string> protocols;
  std::string bytes;
};

inline std::string value_behind(const std::string& name, const std::string& line) {
  return line.substr(0, name.size()) == name ? line.substr(name.size()) : "no " + name;
}

inline RecordedHello recorded_hello(const std::filesystem::path& path) {
  std::ifstream file(path);
  RecordedHello hello;
  std::string line;
  std::getline(file, line);
  hello.program = value_behind("program: ", line);
  std::getline(file, line);
  hello.server_name = value_behind("server_name: ", line);
  std::getline(file, line);
  std::istringstream protocols(value_behind("protocols: ", line));
  for (std::string protocol; protocols >> protocol;) hello.protocols.push_back(protocol);
  while (std::getline(file, line)) {
    for (std::size_t i = 0; i < line.size(); i += 2) {
      hello.bytes += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    }
  }
  return hello;
}

inline std::vector<RecordedHello> recorded_hellos() {
  std::vector<RecordedHello> hellos;
  for (const auto& entry : std::filesystem::directory_iterator(PODWIRE_RECORDED)) {
    if (entry.path().extension() == ".txt") hellos.push_back(recorded_hello(entry.path()));
  }
  return hellos;
}

}  // namespace podwire::tls
