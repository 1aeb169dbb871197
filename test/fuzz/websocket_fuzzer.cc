// One direction of a WebSocket connection, with payload lost and skipped.
#include <array>
#include <optional>
#include <string>

#include "fuzz_input.h"
#include "property.h"
#include "stream_plan.h"
#include "websocket/frame_reader.h"

namespace podwire::fuzz {
namespace {

using websocket::FrameReader;
using websocket::MessageKind;

constexpr std::array kKinds{MessageKind::kText, MessageKind::kBinary, MessageKind::kPing, MessageKind::kPong,
                            MessageKind::kClose};

std::string counts_of(const FrameReader& reader) {
  std::string words;
  for (const MessageKind kind : kKinds) {
    const websocket::Count& count = reader.count(kind);
    words += std::to_string(count.messages) + ' ' + std::to_string(count.bytes) + ' ' +
             std::to_string(count.compressed) + '\n';
  }
  return words;
}

class Run {
 public:
  Run(bool compression, const StreamPlan& plan, Cut cut) : reader(compression) {
    play(plan, cut, *this);
    text += "end\n" + counts_of(reader) + (reader.exact() ? "exact " : "") + (reader.malformed() ? "malformed " : "") +
            (reader.closed() ? "closed " : "") + "left " + std::to_string(reader.skippable_bytes()) + " code " +
            (reader.close_code() ? std::to_string(*reader.close_code()) : "-") + " masked " +
            (reader.masked() ? std::to_string(static_cast<int>(*reader.masked())) : "-") + '\n';
  }

  [[nodiscard]] bool data(std::string_view bytes, std::size_t) {
    const bool well_formed = reader.data(bytes);
    require(well_formed != reader.malformed(), "what was malformed stays so");
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
    if (bytes > 0 && bytes <= inside) require(reader.exact() == was_exact, "bytes lost in a payload lose no count");
    if (bytes == 0 || bytes > inside) beyond_payload = true;
    check_growth();
  }
  void other(std::uint8_t) {}

  FrameReader reader;
  std::string text;
  bool beyond_payload = false;  // bytes were lost outside of a payload

 private:
  void check_growth() {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      const websocket::Count& now = reader.count(kKinds[i]);
      require(now.messages >= last_[i].messages && now.bytes >= last_[i].bytes && now.compressed >= last_[i].compressed,
              "counts never go back");
      require(now.compressed <= now.messages, "no more messages are compressed than there are");
      last_[i] = now;
    }
  }

  std::array<websocket::Count, kKinds.size()> last_{};
};

// RFC 6455, section 5.2, of a stream that is well formed as far as it goes.
struct Counted {
  std::array<websocket::Count, kKinds.size()> counts{};

  void count(std::string_view stream, bool compression) {
    std::optional<std::size_t> message;  // in progress: its place in kKinds
    std::uint64_t message_bytes = 0;
    bool compressed = false;
    while (stream.size() >= 2) {
      const auto first = static_cast<std::uint8_t>(stream[0]);
      const auto second = static_cast<std::uint8_t>(stream[1]);
      const std::size_t size_bytes = second % 128U == 126 ? 2 : second % 128U == 127 ? 8 : 0;
      const std::size_t head = 2 + size_bytes + (second >= 128U ? 4 : 0);
      if (stream.size() < head) return;
      std::uint64_t size = second % 128U;
      if (size_bytes > 0) size = 0;
      for (std::size_t i = 0; i < size_bytes; ++i) size = size << 8U | static_cast<std::uint8_t>(stream[2 + i]);
      if (stream.size() - head < size) return;
      stream.remove_prefix(head + static_cast<std::size_t>(size));
      const unsigned opcode = first % 16U;
      if (opcode >= 8) {
        add(opcode == 9 ? 2 : opcode == 10 ? 3 : 4, size, false);
        continue;
      }
      if (opcode != 0) {
        message = opcode - 1;
        message_bytes = 0;
        compressed = compression && (first & 0x40U) != 0;
      }
      message_bytes += size;
      if (first >= 128U && message) add(*message, message_bytes, compressed);
      if (first >= 128U) message.reset();
    }
  }
  void add(std::size_t kind, std::uint64_t bytes, bool compressed) {
    ++counts[kind].messages;
    counts[kind].bytes += bytes;
    counts[kind].compressed += compressed ? 1 : 0;
  }
};

void check_counts(bool compression, const StreamPlan& plan) {
  StreamPlan whole = plan;
  whole.damages.clear();
  const Run run(compression, whole, Cut::kWhole);
  if (run.reader.malformed()) return;
  require(run.reader.exact(), "counts of a stream that was seen whole are exact");
  Counted counted;
  counted.count(plan.stream, compression);
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const websocket::Count& told = run.reader.count(kKinds[i]);
    require(told.messages == counted.counts[i].messages && told.bytes == counted.counts[i].bytes &&
                told.compressed == counted.counts[i].compressed,
            "counts are those of RFC 6455, section 5.2");
  }
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const bool compression = input.byte() % 2U != 0;
  const StreamPlan plan(input);
  const Run whole(compression, plan, Cut::kWhole);
  require_same(whole.text, Run(compression, plan, Cut::kInTwo).text, "a split in two changes nothing");
  require_same(whole.text, Run(compression, plan, Cut::kByByte).text, "byte by byte is as whole");
  check_counts(compression, plan);
  if (!plan.damages.empty() && !whole.beyond_payload) {
    StreamPlan undamaged = plan;
    undamaged.damages.clear();
    const Run seen(compression, undamaged, Cut::kWhole);
    if (!seen.reader.malformed()) {  // what makes a Close frame malformed may have passed unseen
      require_same(counts_of(whole.reader), counts_of(seen.reader), "payload that was not seen changes no count");
    }
  }
  return 0;
}
