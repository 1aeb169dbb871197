// Base64 (RFC 4648, section 4) of which every part may end with padding, as gRPC-Web's text encoding has it
// ("Text-encoded streams" of the protocol: padding wherever the sender flushed).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace podwire::grpc {

// Usable across any split. An octet is told as soon as its bits are there, so that a missing last padding loses none.
class Base64Segments {
 public:
  struct Step {
    std::size_t consumed = 0;
    std::size_t octets = 0;  // written
    bool malformed = false;  // the byte behind those that were consumed
  };

  // Decodes until `text` ends or `octets`, which is not empty, is full.
  [[nodiscard]] Step decode(std::string_view text, std::span<char> octets);

 private:
  [[nodiscard]] bool padding();

  std::uint32_t bits_ = 0;     // of the sextets of this quantum
  std::uint32_t sextets_ = 0;  // 0–3, of this quantum, with padding
  bool padded_ = false;        // the padding of this quantum has begun
};

}  // namespace podwire::grpc
