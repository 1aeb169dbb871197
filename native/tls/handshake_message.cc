#include "tls/handshake_message.h"

#include <algorithm>
#include <array>

namespace podwire::tls {
namespace {

constexpr std::uint8_t kHandshakeRecord = 22;
constexpr std::uint8_t kMajorVersion = 3;  // of SSL 3.0 and all that came after; the minor one is to be ignored
constexpr std::size_t kRecordHeaderBytes = 5;
constexpr std::size_t kMaxFragmentBytes = std::size_t{1} << 14U;
constexpr std::uint8_t kClientHelloMessage = 1;
constexpr std::size_t kMessageHeaderBytes = 4;

struct Record {
  ParseOutcome outcome = ParseOutcome::kNeedMore;  // kNeedMore: its header is not whole
  std::string_view fragment;                       // as far as it came
  bool whole = false;
};

constexpr std::uint8_t octet(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

Record first_record(std::string_view bytes) {
  Record record;
  const bool other_type = !bytes.empty() && octet(bytes, 0) != kHandshakeRecord;
  const bool other_version = bytes.size() > 1 && octet(bytes, 1) != kMajorVersion;
  if (other_type || other_version) {
    record.outcome = ParseOutcome::kMalformed;
  } else if (bytes.size() >= kRecordHeaderBytes) {
    const std::size_t length = static_cast<std::size_t>(octet(bytes, 3)) << 8U | octet(bytes, 4);
    const bool permitted = length > 0 && length <= kMaxFragmentBytes;
    record.outcome = permitted ? ParseOutcome::kComplete : ParseOutcome::kMalformed;
    record.fragment = bytes.substr(kRecordHeaderBytes, length);
    record.whole = record.fragment.size() == length;
  }
  return record;
}

// The message's header, which may be spread over fragments as all of it.
class MessageHeader {
 public:
  void append(std::string_view fragment) {
    const std::size_t take = std::min(fragment.size(), header_.size() - bytes_);
    std::copy_n(fragment.begin(), take, header_.begin() + static_cast<std::ptrdiff_t>(bytes_));
    bytes_ += take;
  }
  [[nodiscard]] bool permitted() const {
    if (bytes_ > 0 && header_[0] != static_cast<char>(kClientHelloMessage)) return false;
    return !whole() || message_bytes() <= kMaxClientHelloBytes;
  }
  [[nodiscard]] bool whole() const { return bytes_ == kMessageHeaderBytes; }
  // With the header, which is whole.
  [[nodiscard]] std::size_t message_bytes() const {
    std::size_t body = 0;
    for (std::size_t i = 1; i < kMessageHeaderBytes; ++i) body = body << 8U | static_cast<std::uint8_t>(header_.at(i));
    return kMessageHeaderBytes + body;
  }

 private:
  std::array<char, kMessageHeaderBytes> header_{};
  std::size_t bytes_ = 0;
};

// The records are known to hold the whole message.
std::string message_body(std::string_view bytes, std::size_t message_bytes) {
  std::string message;
  message.reserve(message_bytes);
  while (message.size() < message_bytes) {
    const std::string_view fragment = first_record(bytes).fragment;
    message.append(fragment.substr(0, message_bytes - message.size()));
    bytes.remove_prefix(kRecordHeaderBytes + fragment.size());
  }
  return message.substr(kMessageHeaderBytes);
}

}  // namespace

ParseOutcome read_client_hello_message(std::string_view bytes, std::string& body) {
  MessageHeader header;
  std::size_t passed = 0;
  std::string_view rest = bytes;
  for (std::size_t records = 0; records < kMaxClientHelloRecords; ++records) {
    const Record record = first_record(rest);
    if (record.outcome != ParseOutcome::kComplete) return record.outcome;
    header.append(record.fragment);
    passed += record.fragment.size();
    if (!header.permitted()) return ParseOutcome::kMalformed;
    if (header.whole() && passed >= header.message_bytes()) {
      body = message_body(bytes, header.message_bytes());
      return ParseOutcome::kComplete;
    }
    if (!record.whole) return ParseOutcome::kNeedMore;
    rest.remove_prefix(kRecordHeaderBytes + record.fragment.size());
  }
  return ParseOutcome::kMalformed;
}

}  // namespace podwire::tls
