// Every way to hand over a stream that the tests know: whole, byte by byte, and split in two at every place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podwire::test {

struct Split {
  std::string name;
  std::vector<std::string_view> pieces;
};

inline std::vector<Split> splits(std::string_view stream) {
  std::vector<Split> all;
  all.push_back({"whole", {stream}});
  Split bytes{"byte by byte", {}};
  for (std::size_t i = 0; i < stream.size(); ++i) bytes.pieces.push_back(stream.substr(i, 1));
  all.push_back(bytes);
  for (std::size_t at = 1; at < stream.size(); ++at) {
    all.push_back({"split at " + std::to_string(at), {stream.substr(0, at), stream.substr(at)}});
  }
  return all;
}

}  // namespace podwire::test
