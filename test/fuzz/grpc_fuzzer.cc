// One direction of a gRPC or gRPC-Web body, with bytes lost and skipped.
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "fuzz_input.h"
#include "grpc/message_reader.h"
#include "property.h"
#include "stream_plan.h"

namespace podwire::fuzz {
namespace {

using grpc::Encoding;
using grpc::MessageReader;

std::string counts_of(const MessageReader& reader) {
  return std::to_string(reader.messages()) + ' ' + std::to_string(reader.message_bytes()) + ' ' +
         std::to_string(reader.compressed()) + (reader.exact() ? " exact " : " ") + std::string(reader.trailers());
}

class Run {
 public:
  Run(Encoding encoding, const StreamPlan& plan, Cut cut) : reader(encoding) {
    play(plan, cut, *this);
    text += counts_of(reader) + " left " + std::to_string(reader.skippable_bytes());
  }

  [[nodiscard]] bool data(std::string_view bytes, std::size_t) {
    reader.data(bytes);
    check_growth();
    return true;
  }
  std::size_t skip(std::size_t most) {
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(most, reader.skippable_bytes()));
    text += "skip " + std::to_string(bytes) + '\n';
    if (bytes > 0) reader.unseen(bytes);
    check_growth();
    return bytes;
  }
  void gap(std::size_t bytes) {
    const bool was_exact = reader.exact();
    const std::uint64_t inside = reader.skippable_bytes();
    if (bytes == 0) {
      reader.lose();
    } else {
      reader.unseen(bytes);
    }
    if (bytes > 0 && bytes <= inside) require(reader.exact() == was_exact, "bytes lost in a message lose no count");
    if (bytes == 0 || bytes > inside) beyond_message = true;
    check_growth();
  }
  void other(std::uint8_t) {}

  MessageReader reader;
  std::string text;
  bool beyond_message = false;

 private:
  void check_growth() {
    require(reader.messages() >= messages_ && reader.message_bytes() >= bytes_, "counts never go back");
    require(reader.compressed() <= reader.messages(), "no more messages are compressed than there are");
    require(reader.trailers().size() <= grpc::kMaxTrailerBytes, "trailers keep to their bound");
    messages_ = reader.messages();
    bytes_ = reader.message_bytes();
  }

  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
};

// Length-Prefixed-Message, over a whole body that is exact as far as it goes.
std::string counted(std::string_view stream, bool web) {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t compressed = 0;
  std::string trailers;
  while (stream.size() >= 5) {
    const auto flags = static_cast<std::uint8_t>(stream[0]);
    std::size_t size = 0;
    for (std::size_t i = 1; i < 5; ++i) size = size << 8U | static_cast<std::uint8_t>(stream[i]);
    if (stream.size() - 5 < size) break;
    if (web && (flags & 0x80U) != 0) {
      if ((flags & 1U) == 0 && size <= grpc::kMaxTrailerBytes) trailers = stream.substr(5, size);
    } else {
      ++messages;
      bytes += size;
      compressed += flags & 1U;
    }
    stream.remove_prefix(5 + size);
  }
  return std::to_string(messages) + ' ' + std::to_string(bytes) + ' ' + std::to_string(compressed) + " exact " +
         trailers;
}

// RFC 4648, section 4.
std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<std::uint8_t>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) text += i <= group.size() ? kDigits[bits >> (18 - 6 * i) & 63U] : '=';
  }
  return text;
}

// The same body in base64, of one piece and of two, reads as the binary one.
void check_text_form(const StreamPlan& plan) {
  MessageReader binary(Encoding::kGrpcWeb);
  binary.data(plan.stream);
  if (!binary.exact()) return;
  const std::size_t split = std::min(plan.split, plan.stream.size());
  for (const std::string& body :
       {base64(plan.stream), base64(plan.stream.substr(0, split)) + base64(plan.stream.substr(split))}) {
    MessageReader in_text(Encoding::kGrpcWebText);
    in_text.data(body);
    require_same(counts_of(in_text), counts_of(binary), "the text form reads as the binary one");
  }
}

// "TimeoutValue TimeoutUnit" of gRPC over HTTP/2, in nanoseconds; no more than readers of JSON have exactly.
std::optional<std::uint64_t> timeout_of(std::string_view text) {
  constexpr std::uint64_t kMost = (std::uint64_t{1} << 53U) - 1;
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  constexpr std::string_view kUnits = "numSMH";
  constexpr std::array<std::uint64_t, 6> kNanos{1, 1'000, 1'000'000, 1'000'000'000, 60'000'000'000, 3'600'000'000'000};
  const std::size_t unit = kUnits.find(text.back());
  if (unit == std::string_view::npos) return std::nullopt;
  if (value > kMost / kNanos[unit]) return std::nullopt;
  return value * kNanos[unit];
}

void check_words(std::string_view text) {
  require(grpc::parse_timeout(text) == timeout_of(text), "a timeout is eight digits and a unit at most");
  if (grpc::encoding_of(text)) require(text.size() >= std::string_view("application/grpc").size(), "a media type");
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const std::uint8_t mode = input.byte() % 4U;
  if (mode == 3) {
    check_words(input.rest());
    return 0;
  }
  const auto encoding = static_cast<Encoding>(mode);
  const StreamPlan plan(input);
  const Run whole(encoding, plan, Cut::kWhole);
  require_same(whole.text, Run(encoding, plan, Cut::kInTwo).text, "a split in two changes nothing");
  require_same(whole.text, Run(encoding, plan, Cut::kByByte).text, "byte by byte is as whole");
  StreamPlan undamaged_plan = plan;
  undamaged_plan.damages.clear();
  const Run undamaged(encoding, undamaged_plan, Cut::kWhole);
  if (encoding != Encoding::kGrpcWebText) {
    if (undamaged.reader.exact()) {
      require_same(counts_of(undamaged.reader), counted(plan.stream, encoding == Encoding::kGrpcWeb),
                   "counts are those of the prefixes");
    }
    check_text_form(plan);
  }
  if (!whole.beyond_message) {
    require(whole.reader.messages() == undamaged.reader.messages() &&
                whole.reader.message_bytes() == undamaged.reader.message_bytes(),
            "bytes of a message that were not seen change no count");
  }
  return 0;
}
