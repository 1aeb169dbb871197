// Frames of one direction of an HTTP/2 connection, with bytes lost and skipped.
#include <string>
#include <vector>

#include "fuzz_input.h"
#include "http2/frame_reader.h"
#include "http2_transcript.h"
#include "http2_whole_frames.h"
#include "property.h"
#include "stream_plan.h"

namespace podwire::fuzz {
namespace {

constexpr std::size_t kAmpleBytes = std::size_t{4} << 20U;
constexpr std::size_t kScarceBytes = 256;

struct Settings {
  http2::StreamBegin begin = http2::StreamBegin::kServerPreface;
  bool scarce = false;

  explicit Settings(std::uint8_t flags) : scarce((flags & 4U) != 0) {
    if (flags % 4U == 0) begin = http2::StreamBegin::kClientPreface;
    if (flags % 4U == 2) begin = http2::StreamBegin::kUnknown;
  }
  [[nodiscard]] std::size_t memory_bytes() const { return scarce ? kScarceBytes : kAmpleBytes; }
};

class Run final : public http2::FrameEvents {
 public:
  Run(const Settings& settings, const StreamPlan& plan, Cut cut) : memory_(settings.memory_bytes()) {
    {
      http2::FrameReader reader(settings.begin, memory_);
      if (reader.searching()) lose_position(0);
      reader_ = &reader;
      play(plan, cut, *this);
    }
    require(memory_.used() == 0, "a reader gives back what it charged");
    lost_in_play = position_lost;
    lose_position(told.outline.size());
  }

  [[nodiscard]] bool data(std::string_view bytes, std::size_t damages_before) {
    // Of its own exact size, so that a read beyond it is seen.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    outcome = reader_->data({exact.data(), exact.size()}, damages_before, *this);
    if (outcome == http2::ReadOutcome::kReading) return true;
    told.remark("failed " + std::to_string(static_cast<int>(outcome)));
    const std::string before = told.text;
    require(reader_->data(bytes, damages_before, *this) == outcome, "a reader that failed stays failed");
    require(told.text == before, "a reader that failed tells nothing more");
    return false;
  }
  std::size_t skip(std::size_t most) {
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(most, reader_->skippable_bytes()));
    told.remark("skip " + std::to_string(bytes));
    if (bytes == 0) return 0;
    require(reader_->skip(bytes, *this) == http2::GapOutcome::kInsideFrame, "what may be skipped is inside a frame");
    return bytes;
  }
  void gap(std::size_t bytes) {
    const std::size_t lines = told.outline.size();
    const http2::GapOutcome gap_outcome = reader_->gap(bytes, *this);
    told.remark("gap " + std::to_string(static_cast<int>(gap_outcome)));
    if (gap_outcome == http2::GapOutcome::kPositionLost) lose_position(lines);
  }
  void other(std::uint8_t choice) {
    lose_position(told.outline.size());
    if (choice % 2U == 0) reader_->search();
    if (choice % 4U != 0) reader_->expect_frame();
  }

  void header_block(const http2::HeaderBlock& block) override {
    told.block(block);
    told.text += "seen at " + std::to_string(block.first_byte_ns) + '\n';
  }
  void header_block_lost(const http2::HeaderBlock& block, http2::BlockLoss why) override {
    require(block.fragment.empty(), "of a block that was lost nothing is told");
    told.remark("block lost " + std::to_string(static_cast<int>(why)) + ' ' + Transcript::words_of(block));
  }
  void data(std::uint32_t stream_id, std::string_view bytes) override {
    require(!bytes.empty(), "data is never empty");
    told.data(stream_id, bytes);
  }
  void data_unseen(std::uint32_t stream_id, std::uint64_t bytes, bool lost, bool exact) override {
    told.remark("unseen " + std::to_string(stream_id) + ' ' + std::to_string(bytes) + (lost ? " lost" : " skipped"));
    told.data_bytes[stream_id] += bytes;
    counts_exact = counts_exact && exact;
  }
  void data_end(const http2::DataFrameEnd& end) override {
    if (counts_exact) told.data_end(end);
  }
  void reset(std::uint32_t stream_id, std::uint32_t error_code) override { told.reset(stream_id, error_code); }
  void settings(std::span<const http2::Setting> settings) override {
    for (const http2::Setting& setting : settings) told.setting(setting);
  }
  void goaway(std::uint32_t last, std::uint32_t error_code) override { told.goaway(last, error_code); }
  void other(const http2::FrameHeader& header, bool lost) override {
    if (lost) return told.remark("other lost " + Transcript::words_of(header));
    told.other(header);
  }

  Transcript told;
  http2::ReadOutcome outcome = http2::ReadOutcome::kReading;
  bool position_lost = false;
  bool lost_in_play = false;  // before the stream's end
  bool counts_exact = true;
  std::size_t sound = 0;  // lines told before the position was lost

  // The text up to there: what a search finds depends on where segments begin and end.
  [[nodiscard]] std::string_view certain() const { return std::string_view(told.text).substr(0, certain_bytes_); }

 private:
  void lose_position(std::size_t lines) {
    if (position_lost) return;
    position_lost = true;
    sound = lines;
    certain_bytes_ = told.text.size();
  }

  std::size_t certain_bytes_ = 0;
  http2::FrameMemory memory_;
  http2::FrameReader* reader_ = nullptr;
};

void check_frames(const Settings& settings, const StreamPlan& plan) {
  StreamPlan whole = plan;
  whole.damages.clear();
  const std::size_t preface = settings.begin == http2::StreamBegin::kClientPreface ? 24 : 0;
  if (Run(settings, whole, Cut::kWhole).outcome != http2::ReadOutcome::kReading) return;
  if (whole.stream.size() < preface) return;
  WholeFrames frames;
  whole.stream = whole.stream.substr(0, preface + frames.read(whole.stream.substr(preface)));
  frames.told.remark("end");
  Run run(settings, whole, Cut::kWhole);
  run.told.remark("end");
  require_same(run.told.text, frames.told.text, "frames are those of RFC 9113, section 4.1");
}

// While the position is known, lost bytes bring up nothing that the whole stream does not have.
void check_damaged(const Settings& settings, const StreamPlan& plan, const Run& damaged) {
  StreamPlan whole = plan;
  whole.damages.clear();
  const Run undamaged(settings, whole, Cut::kWhole);
  if (undamaged.outcome != http2::ReadOutcome::kReading) return;
  auto next = undamaged.told.outline.begin();
  for (std::size_t i = 0; i < damaged.sound; ++i) {
    next = std::find(next, undamaged.told.outline.end(), damaged.told.outline[i]);
    require(next != undamaged.told.outline.end(), "lost bytes bring up nothing new");
    ++next;
  }
  if (damaged.lost_in_play || !damaged.counts_exact) return;
  require(damaged.told.data_bytes == undamaged.told.data_bytes, "lost and skipped data is counted");
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const Settings settings(input.byte());
  const StreamPlan plan(input);
  const Run whole(settings, plan, Cut::kWhole);
  const Run by_byte(settings, plan, Cut::kByByte);
  if (settings.scarce) return 0;  // what comes at once needs no buffer
  require_same(whole.certain(), Run(settings, plan, Cut::kInTwo).certain(), "a split in two changes nothing");
  require_same(whole.certain(), by_byte.certain(), "byte by byte is as whole");
  if (settings.begin == podwire::http2::StreamBegin::kUnknown) return 0;
  check_frames(settings, plan);
  if (!plan.damages.empty()) check_damaged(settings, plan, whole);
  return 0;
}
