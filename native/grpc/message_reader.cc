#include "grpc/message_reader.h"

#include <algorithm>

namespace podwire::grpc {
namespace {

constexpr std::uint8_t kCompressedFlag = 0x01;
constexpr std::uint8_t kTrailersFlag = 0x80;  // gRPC-Web alone
constexpr std::size_t kTextPieceBytes = 1024;

}  // namespace

void MessageReader::data(std::string_view bytes) {
  if (encoding_ == Encoding::kGrpcWebText) {
    text(bytes);
  } else {
    octets(bytes);
  }
}

void MessageReader::text(std::string_view bytes) {
  std::array<char, kTextPieceBytes> piece;
  while (!bytes.empty() && exact()) {
    const auto step = base64_.decode(bytes, piece);
    octets({piece.data(), step.octets});
    if (step.malformed) refuse();
    bytes.remove_prefix(step.consumed);
  }
}

void MessageReader::octets(std::string_view bytes) {
  while (!bytes.empty()) {
    switch (state_) {
      case State::kPrefix:
        prefix_octet(static_cast<std::uint8_t>(bytes.front()));
        bytes.remove_prefix(1);
        break;
      case State::kMessage:
      case State::kTrailers: {
        const std::size_t take = std::min<std::size_t>(remaining_, bytes.size());
        if (state_ == State::kTrailers && !trailers_unreadable_) trailers_.append(bytes.substr(0, take));
        pass(take);
        bytes.remove_prefix(take);
        break;
      }
      case State::kEnd:  // "Trailers must be the last message of the response"
        refuse();
        return;
      case State::kLost:
        return;
    }
  }
}

void MessageReader::prefix_octet(std::uint8_t octet) {
  prefix_.at(prefix_bytes_++) = octet;
  if (prefix_bytes_ == 1) {
    const unsigned defined = encoding_ == Encoding::kGrpc ? kCompressedFlag : kCompressedFlag | kTrailersFlag;
    if ((octet & ~defined) != 0) refuse();
  } else if (prefix_bytes_ == kPrefixBytes) {
    begin_message();
  }
}

void MessageReader::begin_message() {
  prefix_bytes_ = 0;
  length_ = 0;
  for (std::size_t i = 1; i < kPrefixBytes; ++i) length_ = length_ << 8U | prefix_.at(i);
  remaining_ = length_;
  state_ = State::kMessage;
  if ((prefix_[0] & kTrailersFlag) != 0) {
    state_ = State::kTrailers;
    trailers_unreadable_ = (prefix_[0] & kCompressedFlag) != 0 || length_ > kMaxTrailerBytes;
  }
  pass(0);
}

// `bytes` of what is in progress passed; at most remaining_.
void MessageReader::pass(std::uint64_t bytes) {
  remaining_ -= static_cast<std::uint32_t>(bytes);
  if (remaining_ > 0) return;
  if (state_ == State::kTrailers) {
    state_ = State::kEnd;
    return;
  }
  ++messages_;
  message_bytes_ += length_;
  if ((prefix_[0] & kCompressedFlag) != 0) ++compressed_;
  state_ = State::kPrefix;
}

std::uint64_t MessageReader::skippable_bytes() const {
  if (encoding_ == Encoding::kGrpcWebText) return 0;
  const bool unread = state_ == State::kMessage || (state_ == State::kTrailers && trailers_unreadable_);
  return unread ? remaining_ : 0;
}

void MessageReader::unseen(std::uint64_t bytes) {
  if (bytes == 0) return;
  const bool in_progress = state_ == State::kMessage || state_ == State::kTrailers;
  // Padding amid base64 makes the number of octets unknown.
  if (!in_progress || encoding_ == Encoding::kGrpcWebText) return lose();
  if (state_ == State::kTrailers) {
    trailers_unreadable_ = true;
    trailers_.clear();
  }
  const bool beyond = bytes > remaining_;
  pass(std::min<std::uint64_t>(bytes, remaining_));
  if (beyond) lose();
}

void MessageReader::lose() {
  if (state_ == State::kTrailers) {
    trailers_unreadable_ = true;
    trailers_.clear();
  }
  // What came whole before stays; trailers_ of State::kEnd as well.
  state_ = State::kLost;
}

void MessageReader::refuse() {
  malformed_ = true;
  lose();
}

void MessageReader::finish() {
  const bool between = (state_ == State::kPrefix && prefix_bytes_ == 0) || state_ == State::kEnd;
  if (!between && exact()) refuse();
}

std::string_view MessageReader::trailers() const {
  const bool partial = state_ == State::kTrailers;
  return partial ? std::string_view{} : trailers_;
}

}  // namespace podwire::grpc
