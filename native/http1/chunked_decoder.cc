#include "http1/chunked_decoder.h"

#include <algorithm>

#include "http1/character_class.h"

namespace podwire::http1 {
namespace {

constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

ChunkStep ChunkedDecoder::next(std::string_view bytes) {
  ChunkStep step;
  while (step.consumed < bytes.size() && state_ != State::kDone && state_ != State::kFailed) {
    if (state_ == State::kData) {
      const auto take = std::min<std::uint64_t>(size_, bytes.size() - step.consumed);
      step.data = bytes.substr(step.consumed, take);
      step.consumed += step.data.size();
      skip(take);
      return step;
    }
    if (!line_byte(bytes[step.consumed++])) state_ = State::kFailed;
  }
  if (state_ == State::kFailed) step.outcome = ChunkOutcome::kMalformed;
  if (state_ == State::kDone) step.outcome = ChunkOutcome::kComplete;
  return step;
}

void ChunkedDecoder::skip(std::uint64_t bytes) {
  size_ -= bytes;
  if (size_ == 0) state_ = State::kDataEnd;
}

// One byte outside of chunk data. False: malformed.
bool ChunkedDecoder::line_byte(char c) {
  switch (state_) {
    case State::kSize:
      if (hex_value(c) >= 0) return size_digit(c);
      if (!has_digit_) return false;
      [[fallthrough]];
    case State::kAfterSize:
      if (c == '\n') {
        doubtful_ = true;
        end_line();
      } else if (c == '\r') {
        state_ = State::kLineEnd;
      } else if (c == ';') {
        state_ = State::kExtension;
      } else if (is_white_space(c)) {
        state_ = State::kAfterSize;
      } else {
        return false;
      }
      return true;
    case State::kExtension:
      if (c == '\n') {
        doubtful_ = true;
        end_line();
      } else if (c == '\r') {
        state_ = State::kLineEnd;
      }
      return c != '\0';
    case State::kLineEnd:
      end_line();
      return c == '\n';
    case State::kDataEnd:
      state_ = c == '\r' ? State::kDataLineEnd : State::kSize;
      doubtful_ = doubtful_ || c == '\n';
      return c == '\r' || c == '\n';
    case State::kDataLineEnd:
      state_ = State::kSize;
      return c == '\n';
    case State::kData:
    case State::kDone:
    case State::kFailed:
      break;
  }
  return false;
}

bool ChunkedDecoder::size_digit(char c) {
  constexpr std::uint64_t kMaxBeforeDigit = (std::uint64_t{1} << 59U) - 1;  // one more digit keeps it below 2^63
  if (size_ > kMaxBeforeDigit) return false;
  size_ = size_ << 4U | static_cast<std::uint64_t>(hex_value(c));
  has_digit_ = true;
  return true;
}

void ChunkedDecoder::end_line() {
  state_ = size_ == 0 ? State::kDone : State::kData;
  has_digit_ = false;
}

}  // namespace podwire::http1
