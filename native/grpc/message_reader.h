// Counts the messages in one direction of a gRPC call as its body passes: "Length-Prefixed-Message" of gRPC over
// HTTP/2, and the frames of gRPC-Web with its trailers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "grpc/base64_segments.h"

namespace podwire::grpc {

enum class Encoding : std::uint8_t {
  kGrpc,         // application/grpc, application/grpc+…
  kGrpcWeb,      // application/grpc-web, …+…: a frame with the highest flag bit holds trailers
  kGrpcWebText,  // application/grpc-web-text, …-text-base64, …+…: as before, in base64, possibly with padding amid
};

// Type and subtype of a content-type's value, without parameters and the white space around: RFC 9110, section 8.3.1.
[[nodiscard]] std::string_view media_type(std::string_view content_type);
// Of a content-type's value; nullopt: not gRPC. Parameters and case are ignored.
[[nodiscard]] std::optional<Encoding> encoding_of(std::string_view content_type);

// The longest that is told: a number that every reader of JSON has exactly. 104 days.
inline constexpr std::uint64_t kMaxTimeoutNanos = (std::uint64_t{1} << 53U) - 1;

// "10S", "250m", "1H"… in nanoseconds; nullopt when it is none, or longer than that. At most eight digits. Zero is not
// in the protocol's grammar, but clients send it for a deadline that has passed.
[[nodiscard]] std::optional<std::uint64_t> parse_timeout(std::string_view grpc_timeout);

// Larger gRPC-Web trailers are not kept.
inline constexpr std::size_t kMaxTrailerBytes = std::size_t{16} << 10U;

// Usable across any split of the body. Messages are passed over, not kept.
class MessageReader {
 public:
  explicit MessageReader(Encoding encoding) : encoding_(encoding) {}

  void data(std::string_view bytes);
  // Of the message in progress, bytes that follow and need not be seen; 0 for base64, and once counting has ended.
  [[nodiscard]] std::uint64_t skippable_bytes() const;
  // `bytes` passed unseen: of those that were skippable, or lost. Beyond the message in progress, counting ends.
  void unseen(std::uint64_t bytes);
  // The number of the bytes that passed unseen is not known: counting ends.
  void lose();
  // The body has ended, whole. What is in progress then was cut off by its sender.
  void finish();

  // Whole messages. A message counts when its last byte has passed.
  [[nodiscard]] std::uint64_t messages() const { return messages_; }
  // Of those messages, without their prefixes and as sent (compressed or not).
  [[nodiscard]] std::uint64_t message_bytes() const { return message_bytes_; }
  [[nodiscard]] std::uint64_t compressed() const { return compressed_; }
  // False: the counts are lower bounds, since bytes were lost, or what came is not gRPC (a flag byte with undefined
  // bits, text that is not base64, something after the trailers). It stays so, and nothing that follows is counted.
  [[nodiscard]] bool exact() const { return state_ != State::kLost; }
  // What came is not gRPC, or ended within a message.
  [[nodiscard]] bool malformed() const { return malformed_; }
  // Of gRPC-Web: field lines, each ended by CRLF; empty until they came whole.
  [[nodiscard]] std::string_view trailers() const;
  // Trailers came, or begin, that cannot be told: compressed, larger than kMaxTrailerBytes, or with bytes unseen.
  [[nodiscard]] bool trailers_unreadable() const { return trailers_unreadable_; }

 private:
  enum class State : std::uint8_t {
    kPrefix,
    kMessage,
    kTrailers,
    kEnd,   // after the trailers
    kLost,  // where messages begin is not known any more
  };
  static constexpr std::size_t kPrefixBytes = 5;

  void text(std::string_view bytes);
  void octets(std::string_view bytes);
  void prefix_octet(std::uint8_t octet);
  void begin_message();
  void pass(std::uint64_t bytes);
  void refuse();

  Encoding encoding_;
  State state_ = State::kPrefix;
  std::uint8_t prefix_bytes_ = 0;
  bool trailers_unreadable_ = false;
  bool malformed_ = false;
  std::array<std::uint8_t, kPrefixBytes> prefix_{};
  std::uint32_t length_ = 0;     // of the message or trailers in progress
  std::uint32_t remaining_ = 0;  // of length_, what has not passed
  Base64Segments base64_;
  std::uint64_t messages_ = 0;
  std::uint64_t message_bytes_ = 0;
  std::uint64_t compressed_ = 0;
  std::string trailers_;
};

}  // namespace podwire::grpc
