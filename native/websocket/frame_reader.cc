#include "websocket/frame_reader.h"

#include <algorithm>

namespace podwire::websocket {
namespace {

// Section 5.2.
constexpr std::uint8_t kRsv1 = 0x40;
constexpr std::uint8_t kRsv2And3 = 0x30;
constexpr std::uint8_t kMask = 0x80;
constexpr std::uint8_t kLengthBits = 0x7f;
constexpr std::uint8_t kLengthIn16Bits = 126;
constexpr std::uint8_t kLengthIn64Bits = 127;
constexpr std::uint64_t kMaxControlBytes = 125;  // section 5.5
constexpr std::uint8_t kLengthBytes16 = 2;
constexpr std::uint8_t kLengthBytes64 = 8;
constexpr std::uint8_t kMaskingKeyBytes = 4;

// Section 7.4.1: codes that tell an application what happened, and "MUST NOT be set" in a Close frame.
constexpr bool must_not_be_sent(std::uint16_t close_code) {
  return close_code == 1005 || close_code == 1006 || close_code == 1015;
}

}  // namespace

bool FrameReader::data(std::string_view bytes) {
  while (!bytes.empty() && exact()) {
    bool well_formed = true;
    if (state_ == State::kHeader) {
      well_formed = header_byte(static_cast<std::uint8_t>(bytes.front()));
      bytes.remove_prefix(1);
    } else {
      const auto take = std::min<std::uint64_t>(remaining_, bytes.size());
      if (opcode() == Opcode::kClose) read_close_code(bytes.substr(0, take));
      well_formed = pass(take);
      bytes.remove_prefix(take);
    }
    if (!well_formed) state_ = State::kMalformed;
  }
  return !malformed();
}

// False: malformed.
bool FrameReader::header_byte(std::uint8_t byte) {
  header_.at(header_bytes_++) = byte;
  if (header_bytes_ == 1) return opcode_permitted();
  if (header_bytes_ == 2 && !begin_length()) return false;
  return header_bytes_ < header_length_ || begin_payload();
}

bool FrameReader::opcode_permitted() const {
  if ((header_[0] & kRsv2And3) != 0) return false;
  const bool rsv1 = (header_[0] & kRsv1) != 0;
  switch (opcode()) {
    case Opcode::kContinuation:
      return fragmented_ && !rsv1 && !closed();
    case Opcode::kText:
    case Opcode::kBinary:
      return !fragmented_ && (!rsv1 || compression_) && !closed();
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong:
      return fin() && !rsv1;
  }
  return false;  // reserved
}

// The second byte: the mask bit and the length, or how it is extended.
bool FrameReader::begin_length() {
  const bool mask = (header_[1] & kMask) != 0;
  if (masked_.value_or(mask) != mask) return false;
  masked_ = mask;
  length_ = header_[1] & kLengthBits;
  if (control() && length_ > kMaxControlBytes) return false;
  if (opcode() == Opcode::kClose && length_ == 1) return false;
  std::size_t more = mask ? kMaskingKeyBytes : 0;
  if (length_ == kLengthIn16Bits) more += kLengthBytes16;
  if (length_ == kLengthIn64Bits) more += kLengthBytes64;
  header_length_ = 2 + more;
  return true;
}

bool FrameReader::begin_payload() {
  if (length_ > kMaxControlBytes) {
    const std::size_t bytes = length_ == kLengthIn16Bits ? kLengthBytes16 : kLengthBytes64;
    const std::uint64_t least = length_ == kLengthIn16Bits ? kLengthIn16Bits : std::uint64_t{1} << 16U;
    length_ = 0;
    for (std::size_t i = 0; i < bytes; ++i) length_ = length_ << 8U | header_.at(2 + i);
    if (length_ < least || length_ >> 63U != 0) return false;
  }
  remaining_ = length_;
  header_bytes_ = 0;
  state_ = State::kPayload;
  close_code_unseen_ = false;
  if (!control() && opcode() != Opcode::kContinuation) {
    message_kind_ = opcode() == Opcode::kText ? MessageKind::kText : MessageKind::kBinary;
    message_compressed_ = (header_[0] & kRsv1) != 0;
    message_bytes_ = 0;
  }
  return pass(0);
}

// Section 5.3: octet i of the payload was combined with octet i modulo 4 of the masking key, the header's last four.
void FrameReader::read_close_code(std::string_view payload) {
  const std::uint64_t passed = length_ - remaining_;
  for (std::uint64_t i = passed; i < kCloseCodeBytes && i - passed < payload.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(payload[i - passed]);
    const std::uint8_t key = *masked_ ? header_.at(header_length_ - kMaskingKeyBytes + i) : std::uint8_t{0};
    close_code_bytes_.at(i) = byte ^ key;
  }
}

// `bytes` of the payload passed; at most remaining_. False: malformed.
bool FrameReader::pass(std::uint64_t bytes) {
  remaining_ -= bytes;
  return remaining_ > 0 || end_frame();
}

bool FrameReader::end_frame() {
  state_ = State::kHeader;
  switch (opcode()) {
    case Opcode::kClose:
      return end_close();
    case Opcode::kPing:
      end_message(MessageKind::kPing, length_, false);
      return true;
    case Opcode::kPong:
      end_message(MessageKind::kPong, length_, false);
      return true;
    case Opcode::kContinuation:
    case Opcode::kText:
    case Opcode::kBinary:
      message_bytes_ += length_;
      fragmented_ = !fin();
      if (fin()) end_message(message_kind_, message_bytes_, message_compressed_);
      return true;
  }
  return false;
}

bool FrameReader::end_close() {
  const bool first = !closed();
  end_message(MessageKind::kClose, length_, false);
  if (length_ == 0 || close_code_unseen_) return true;
  const auto code = static_cast<std::uint16_t>(close_code_bytes_[0] << 8U | close_code_bytes_[1]);
  if (first) close_code_ = code;
  return !must_not_be_sent(code);
}

void FrameReader::end_message(MessageKind kind, std::uint64_t bytes, bool compressed) {
  Count& count = counts_.at(static_cast<std::size_t>(kind));
  ++count.messages;
  count.bytes += bytes;
  if (compressed) ++count.compressed;
}

std::uint64_t FrameReader::skippable_bytes() const {
  if (state_ != State::kPayload) return 0;
  const bool code_follows = opcode() == Opcode::kClose && length_ - remaining_ < kCloseCodeBytes;
  return code_follows ? 0 : remaining_;
}

void FrameReader::unseen(std::uint64_t bytes) {
  if (bytes == 0 || !exact()) return;
  if (state_ == State::kHeader) return lose();
  const bool beyond = bytes > remaining_;
  if (opcode() == Opcode::kClose && length_ - remaining_ < kCloseCodeBytes) close_code_unseen_ = true;
  if (!pass(std::min(bytes, remaining_))) state_ = State::kMalformed;
  if (beyond) lose();
}

void FrameReader::lose() {
  if (!malformed()) state_ = State::kLost;
}

}  // namespace podwire::websocket
