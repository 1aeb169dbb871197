// One direction of an HTTP/1 connection, with bytes lost and skipped.
#include <optional>
#include <string>
#include <vector>

#include "fuzz_input.h"
#include "http1/message_reader.h"
#include "property.h"
#include "stream_plan.h"

namespace podwire::fuzz {
namespace {

constexpr std::size_t kAmpleBytes = std::size_t{4} << 20U;
constexpr std::size_t kScarceBytes = 512;

// The first byte of the input.
struct Settings {
  std::optional<http1::MessageKind> kind;
  http1::AnsweredMethod answered = http1::AnsweredMethod::kOther;
  bool searches = false;
  bool in_order = false;
  bool scarce = false;

  explicit Settings(std::uint8_t flags)
      : answered(static_cast<http1::AnsweredMethod>(flags / 4U % 4U)),
        searches((flags & 0x10U) != 0),
        in_order((flags & 0x20U) != 0),
        scarce((flags & 0x40U) != 0) {
    if (flags % 4U == 0) kind = http1::MessageKind::kRequest;
    if (flags % 4U == 1 || flags % 4U == 2) kind = http1::MessageKind::kResponse;
  }
};

std::string number_or_dash(std::optional<std::uint64_t> number) { return number ? std::to_string(*number) : "-"; }

class Run final : public http1::MessageEvents {
 public:
  Run(const Settings& settings, const StreamPlan& plan, Cut cut)
      : settings_(settings),
        undamaged_(plan.damages.empty()),
        scratch_(settings.scarce ? kScarceBytes : kAmpleBytes),
        reader_(settings.kind) {
    if (settings.searches) search();
    play(plan, cut, *this);
    reader_.finish(settings.in_order, *this, scratch_);
    reader_.release(scratch_);
    require(scratch_.buffered_bytes() == 0, "nothing is kept after release");
    require(!undamaged_ || wire_bytes_ <= plan.stream.size(), "messages are no longer than what passed");
    if (!position_lost_) lose_position(outline.size());
  }

  [[nodiscard]] bool data(std::string_view bytes, std::size_t damages_before) {
    given_.append(bytes);
    const http1::ReadOutcome outcome = reader_.data(bytes, damages_before, *this, scratch_);
    if (outcome == http1::ReadOutcome::kReading) {
      require(scratch_.buffered_bytes() <= (settings_.scarce ? kScarceBytes : kAmpleBytes),
              "buffers keep to their bound");
      require(outline.empty() || !in_message_ || reader_.in_message(), "a message in progress is known to be");
      return true;
    }
    line("failed " + std::to_string(static_cast<int>(outcome)));
    const std::size_t lines = outline.size();
    require(reader_.data("GET / HTTP/1.1\r\n\r\n", damages_before, *this, scratch_) != http1::ReadOutcome::kReading,
            "a reader that failed stays failed");
    require(lines == outline.size(), "a reader that failed tells nothing more");
    return false;
  }
  std::size_t skip(std::size_t most) {
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(most, reader_.skippable_bytes()));
    text += "skip " + std::to_string(bytes) + '\n';
    skipped_ = skipped_ || bytes > 0;
    if (bytes > 0) reader_.skip(bytes, *this, scratch_);
    return bytes;
  }
  void gap(std::size_t bytes) {
    const std::size_t lines = outline.size();
    lines_before_gap_ = lines;
    const http1::GapOutcome outcome = reader_.gap(bytes, *this, scratch_);
    lines_before_gap_.reset();
    text += "gap " + std::to_string(static_cast<int>(outcome)) + '\n';
    if (outcome != http1::GapOutcome::kInsideBody) lose_position(lines);
  }
  void other(std::uint8_t choice) {
    switch (choice % 16U) {
      case 3:
      case 11:
        reader_.leave_tunnel();
        if (reader_.searching()) lose_position(outline.size());
        return;
      case 4:
        return reader_.converse();
      case 5:
        return reader_.announce_body();
      case 6:
        return reader_.withdraw_body();
      case 7:
        static_cast<void>(reader_.doubt());
        return;
      case 8:
        return lack_body();
      default:
        in_message_ = false;
        search();
        if (choice % 2U == 1) reader_.expect_head(scratch_);
    }
  }

  http1::AnsweredMethod answered_method(const http1::HeadSeen&) override { return settings_.answered; }
  void head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen) override {
    require(!in_message_, "one message ends before the next begins");
    require(seen.bytes_behind <= given_.size(), "what stands behind a head was given");
    require(!seen.whole || std::string_view(given_).substr(0, given_.size() - seen.bytes_behind).ends_with(head.bytes),
            "a head ends where it is said to");
    in_message_ = true;
    // Half a head that begins a tunnel: then the gap lies inside.
    if (!seen.whole && lines_before_gap_) lose_position(*lines_before_gap_);
    head_bytes_ = seen.whole ? head.bytes.size() : 0;
    body_bytes_ = 0;
    std::string words = "head " + std::to_string(static_cast<int>(head.start.kind));
    words += ' ' + std::to_string(head.start.version_minor) + ' ' + std::to_string(head.start.status);
    for (const http1::TextRange& range : {head.start.method, head.start.target, head.start.reason}) {
      require(std::size_t{range.offset} + range.length <= head.bytes.size(), "a start line lies within its head");
      words += ' ' + std::string(range.in(head.bytes));
    }
    words += fields_of(head.bytes, head.fields);
    words += "\nframing " + std::to_string(static_cast<int>(framing.body)) + ' ' + std::to_string(framing.length) +
             (framing.doubtful ? " doubtful" : "") + (seen.whole ? "" : " partial");
    line(words);
    text += "seen at " + std::to_string(seen.first_byte_ns) + '\n';
  }
  void body(std::string_view data) override {
    require(in_message_ && !data.empty(), "a body is of a message");
    body_bytes_ += data.size();
    if (!text.ends_with("\x01")) text += "body ";
    if (text.ends_with("\x01")) text.pop_back();
    text.append(data).append("\x01");  // pieces of a body join; this marks where it can go on
  }
  void trailers(std::string_view bytes, std::span<const http1::Field> fields) override {
    require(in_message_, "trailers are of a message");
    line("trailers" + fields_of(bytes, fields));
  }
  void end(const http1::MessageEnd& end) override {
    require(in_message_, "an end is of a message");
    in_message_ = false;
    if (undamaged_ && end.body_bytes)
      require(*end.body_bytes == body_bytes_, "a body is as long as what was told of it");
    if (end.body_bytes && end.wire_bytes) {
      require(*end.wire_bytes >= *end.body_bytes + head_bytes_, "a message is at least its head and its body");
    }
    wire_bytes_ += end.wire_bytes.value_or(0);
    line("end " + std::to_string(static_cast<int>(end.how)) + ' ' + number_or_dash(end.body_bytes) + '/' +
         number_or_dash(end.wire_bytes));
    text += end.last_byte_seen ? "last byte seen\n" : "last byte not seen\n";
  }
  void expectation_failed() override {
    text += "expectation failed\n";
    lose_position(lines_before_gap_.value_or(outline.size()));
  }
  void passed_over() override {
    text += "passed over\n";
    lose_position(lines_before_gap_.value_or(outline.size()));
  }
  void went_on() override { text += "went on\n"; }

  // Until the position was lost for the first time: these lines are those of the whole stream.
  [[nodiscard]] std::size_t sound() const { return sound_; }
  // The text up to there: what a search finds depends on where segments begin.
  [[nodiscard]] std::string_view certain() const { return std::string_view(text).substr(0, certain_bytes_); }
  [[nodiscard]] bool skipped() const { return skipped_; }

  std::string text;
  std::vector<std::string> outline;  // without bodies, times, gaps and skips

 private:
  static std::string fields_of(std::string_view bytes, std::span<const http1::Field> fields) {
    std::string words;
    for (const http1::Field& field : fields) {
      require(std::size_t{field.name_offset} + field.name_length <= bytes.size() &&
                  std::size_t{field.value_offset} + field.value_length <= bytes.size(),
              "a field lies within its section");
      words += '\n' + std::string(field.name(bytes)) + ": " + std::string(field.value(bytes));
    }
    return words;
  }
  void line(const std::string& words) {
    text += words + '\n';
    outline.push_back(words);
  }
  void lose_position(std::size_t lines) {
    if (!position_lost_) {
      sound_ = lines;
      certain_bytes_ = text.size();
    }
    position_lost_ = true;
  }
  void lack_body() {
    const std::size_t lines = outline.size();
    reader_.lack_body(*this);
    if (outline.size() > lines) lose_position(lines);
  }
  void search() {
    lose_position(outline.size());
    reader_.search(scratch_);
  }

  const Settings& settings_;
  std::string given_;  // to data, all of it
  bool undamaged_;
  std::optional<std::size_t> lines_before_gap_;  // during one
  bool in_message_ = false;
  bool position_lost_ = false;
  bool skipped_ = false;
  std::size_t sound_ = 0;
  std::size_t certain_bytes_ = 0;
  std::size_t head_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t wire_bytes_ = 0;
  http1::ReaderScratch scratch_;
  http1::MessageReader reader_;
};

// Of an end, counts may be unknown after a gap of unknown size.
bool agrees(const std::string& damaged, const std::string& whole) {
  if (damaged == whole) return true;
  return damaged.starts_with("end ") && whole.starts_with("end ") && damaged.find('-') != std::string::npos;
}

void check_damaged(const Settings& settings, const StreamPlan& plan, const Run& damaged) {
  StreamPlan undamaged_plan = plan;
  std::erase_if(undamaged_plan.damages, [](const DamageAt& damage) { return damage.kind != Damage::kOther; });
  const Run undamaged(settings, undamaged_plan, Cut::kWhole);
  for (std::size_t i = 0; i < damaged.sound(); ++i) {
    require(i < undamaged.outline.size() && agrees(damaged.outline[i], undamaged.outline[i]),
            "while the position is known, lost bytes change nothing that is told");
  }
}

void check_skips(const Settings& settings, const StreamPlan& plan, const Run& run) {
  StreamPlan seen_plan = plan;
  std::erase_if(seen_plan.damages, [](const DamageAt& damage) { return damage.kind == Damage::kSkip; });
  const Run seen(settings, seen_plan, Cut::kWhole);
  require(run.sound() == seen.sound() &&
              std::equal(run.outline.begin(), run.outline.begin() + static_cast<std::ptrdiff_t>(run.sound()),
                         seen.outline.begin()),
          "skipping a body changes nothing else");
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
  if (!plan.damages.empty()) check_damaged(settings, plan, whole);
  if (whole.skipped()) check_skips(settings, plan, whole);
  return 0;
}
