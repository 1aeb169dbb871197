// Counts the messages in one direction of a WebSocket connection as they pass: RFC 6455, section 5.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace podwire::websocket {

enum class MessageKind : std::uint8_t { kText, kBinary, kPing, kPong, kClose, kCount };

struct Count {
  std::uint64_t messages = 0;    // whole ones; counted with the last byte of the last fragment
  std::uint64_t bytes = 0;       // of their payloads, as sent
  std::uint64_t compressed = 0;  // of them, with RSV1 set on the first frame (RFC 7692, section 6)
};

// Where the bytes begin that a reader is given first.
enum class StreamBegin : std::uint8_t {
  kFirstFrame,
  kUnknown,  // joined late: nothing tells where frames begin, so nothing is counted
};

// Usable across any split of the stream. Payloads are passed over, not read, but for the code of a Close frame; so
// whether text is UTF-8 (section 8.1) is not judged.
class FrameReader {
 public:
  // `compression`: permessage-deflate was agreed on, so RSV1 may be set.
  explicit FrameReader(bool compression, StreamBegin begin = StreamBegin::kFirstFrame)
      : compression_(compression), state_(begin == StreamBegin::kUnknown ? State::kLost : State::kHeader) {}

  // False: malformed (a reserved opcode or bit, a control frame that is fragmented or longer than 125 bytes, a
  // continuation of nothing, a new message before the last has ended, a length that is not minimal or has its highest
  // bit set, a close payload of one byte or with a code that must not be sent, data behind a Close frame, frames
  // with and without a mask). It stays so; counts are what came before.
  bool data(std::string_view bytes);
  // Of the frame in progress, payload that follows and need not be seen.
  [[nodiscard]] std::uint64_t skippable_bytes() const;
  // `bytes` passed as skippable, or lost within the payload: then `exact` stays, but the close code may be unknown.
  // More than that: where frames begin is not known any more, and counting ends.
  void unseen(std::uint64_t bytes);
  // The number of the bytes that passed unseen is not known: counting ends.
  void lose();

  [[nodiscard]] const Count& count(MessageKind kind) const { return counts_.at(static_cast<std::size_t>(kind)); }
  // False: the counts are lower bounds, since bytes were lost, it joined late, or what came is malformed. It stays so,
  // and nothing that follows is counted.
  [[nodiscard]] bool exact() const { return state_ == State::kHeader || state_ == State::kPayload; }
  [[nodiscard]] bool malformed() const { return state_ == State::kMalformed; }
  // A Close frame came whole: no data follows (section 5.5.1), though control frames may.
  [[nodiscard]] bool closed() const { return count(MessageKind::kClose).messages > 0; }
  // Of the first Close frame, unmasked, also one that must not be sent (section 7.4.1); nullopt: none came whole, or it
  // has none (1005), or it passed unseen.
  [[nodiscard]] std::optional<std::uint16_t> close_code() const { return close_code_; }
  // Frames are masked, as a client's are and a server's are not (section 5.1); nullopt before the first.
  [[nodiscard]] std::optional<bool> masked() const { return masked_; }

 private:
  enum class State : std::uint8_t {
    kHeader,
    kPayload,
    kMalformed,
    kLost,  // where frames begin is not known
  };
  enum class Opcode : std::uint8_t { kContinuation, kText, kBinary, kClose = 8, kPing, kPong };
  // Section 5.2: two bytes, eight of extended length, four of masking key.
  static constexpr std::size_t kMaxHeaderBytes = 14;
  static constexpr std::size_t kCloseCodeBytes = 2;

  bool header_byte(std::uint8_t byte);
  [[nodiscard]] bool opcode_permitted() const;
  bool begin_length();
  bool begin_payload();
  void read_close_code(std::string_view payload);
  bool pass(std::uint64_t bytes);
  bool end_frame();
  bool end_close();
  void end_message(MessageKind kind, std::uint64_t bytes, bool compressed);

  [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>(header_[0] & 0x0fU); }
  [[nodiscard]] bool fin() const { return (header_[0] & 0x80U) != 0; }
  [[nodiscard]] bool control() const { return (header_[0] & 0x08U) != 0; }

  std::array<Count, static_cast<std::size_t>(MessageKind::kCount)> counts_{};
  std::array<std::uint8_t, kMaxHeaderBytes> header_{};
  std::size_t header_bytes_ = 0;   // that came
  std::size_t header_length_ = 0;  // known with the second byte
  bool compression_;
  State state_;
  std::optional<bool> masked_;
  std::uint64_t length_ = 0;     // of the payload in progress
  std::uint64_t remaining_ = 0;  // of length_, what has not passed

  // The data message in progress, over its fragments: section 5.4.
  bool fragmented_ = false;
  bool message_compressed_ = false;
  MessageKind message_kind_ = MessageKind::kText;
  std::uint64_t message_bytes_ = 0;  // of the fragments that ended

  std::optional<std::uint16_t> close_code_;
  std::array<std::uint8_t, kCloseCodeBytes> close_code_bytes_{};  // unmasked
  bool close_code_unseen_ = false;
};

}  // namespace podwire::websocket
