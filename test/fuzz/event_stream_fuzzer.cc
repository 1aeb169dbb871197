// Server-sent events, also with bytes lost.
#include <string>

#include "event_stream/event_reader.h"
#include "fuzz_input.h"
#include "property.h"
#include "stream_plan.h"

namespace podwire::fuzz {
namespace {

class Run {
 public:
  Run(const StreamPlan& plan, Cut cut) { play(plan, cut, *this); }

  [[nodiscard]] bool data(std::string_view bytes, std::size_t) {
    const std::uint64_t events = reader.events();
    const std::uint64_t event_bytes = reader.event_bytes();
    reader.data(bytes);
    require(reader.events() >= events && reader.event_bytes() >= event_bytes, "counts never go back");
    return true;
  }
  std::size_t skip(std::size_t) { return 0; }
  void gap(std::size_t) {
    reader.lose();
    require(!reader.exact(), "counts after a loss are lower bounds");
  }
  void other(std::uint8_t) {}

  [[nodiscard]] std::string text() const {
    return std::to_string(reader.events()) + ' ' + std::to_string(reader.event_bytes()) +
           (reader.exact() ? " exact" : "");
  }

  event_stream::EventReader reader;
};

// HTML Living Standard, section 9.2.6, over a whole stream: lines first, then what they say.
std::string counted(std::string_view stream) {
  if (stream.starts_with("\xEF\xBB\xBF")) stream.remove_prefix(3);
  std::uint64_t events = 0;
  std::uint64_t event_bytes = 0;
  std::uint64_t data_bytes = 0;
  std::uint64_t buffer_bytes = 0;  // as the standard's data buffer, with a line feed behind each field
  while (true) {
    const std::size_t end = stream.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    std::string_view line = stream.substr(0, end);
    stream.remove_prefix(end + (stream.substr(end).starts_with("\r\n") ? 2 : 1));
    if (line.empty()) {
      if (buffer_bytes > 0) {
        ++events;
        event_bytes += data_bytes;
      }
      data_bytes = buffer_bytes = 0;
      continue;
    }
    if (line == "data") line = "data:";
    if (!line.starts_with("data:")) continue;
    line.remove_prefix(5);
    if (line.starts_with(' ')) line.remove_prefix(1);
    data_bytes += line.size();
    buffer_bytes += line.size() + 1;
  }
  return std::to_string(events) + ' ' + std::to_string(event_bytes) + " exact";
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const StreamPlan plan(input);
  const Run whole(plan, Cut::kWhole);
  require_same(whole.text(), Run(plan, Cut::kInTwo).text(), "a split in two changes nothing");
  require_same(whole.text(), Run(plan, Cut::kByByte).text(), "byte by byte is as whole");
  StreamPlan undamaged = plan;
  undamaged.damages.clear();
  require_same(Run(undamaged, Cut::kWhole).text(), counted(plan.stream), "events are those of the standard");
  return 0;
}
