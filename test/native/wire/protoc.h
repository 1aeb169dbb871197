// Google's protobuf compiler as the other end of the schema: it reads what was encoded here and the other way round.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace podwire::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "podwire-protoc-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// `mode` is --decode or --encode. Throws when protoc refuses the input.
inline std::string protoc(std::string_view mode, std::string_view message, std::string_view input) {
  const TemporaryFolder folder;
  const auto in = folder.path() / "in";
  const auto out = folder.path() / "out";
  std::ofstream(in, std::ios::binary).write(input.data(), static_cast<std::streamsize>(input.size()));
  const std::string command = std::string(PODWIRE_PROTOC) + " " + std::string(mode) + "=podwire.v1." +
                              std::string(message) + " -I " + PODWIRE_PROTO_FOLDER + " podwire.proto < " + in.string() +
                              " > " + out.string();
  if (std::system(command.c_str()) != 0) throw std::runtime_error("protoc refused the input");
  std::ifstream result(out, std::ios::binary);
  return {std::istreambuf_iterator<char>(result), {}};
}

inline std::string decoded(std::string_view message, std::string_view bytes) {
  return protoc("--decode", message, bytes);
}

inline std::string encoded(std::string_view message, std::string_view text) {
  return protoc("--encode", message, text);
}

}  // namespace podwire::testing
