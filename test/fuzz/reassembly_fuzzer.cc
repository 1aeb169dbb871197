// TCP reassembly: segments of a known byte pattern, in any order, overlapping, repeated, cut short, with any flags.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz_input.h"
#include "property.h"
#include "reassembly_scenario.h"
#include "tcp/flow_table.h"

namespace podwire::fuzz {
namespace {

using tcp::Side;

struct Told {
  std::string story;  // neighbouring events of a kind joined
  std::string last_kind;
  std::uint64_t last_bytes = 0;
  std::uint64_t last_ns = 0;
  bool ended = false;
  std::vector<std::uint32_t> candidates;  // sequence numbers that may come next

  void add(const std::string& kind, std::uint64_t bytes) {
    if (kind != last_kind) {
      flush();
      last_kind = kind;
    }
    last_bytes += bytes;
  }
  void flush() {
    if (!last_kind.empty()) story += last_kind + ' ' + std::to_string(last_bytes) + '\n';
    last_kind.clear();
    last_bytes = 0;
  }
};

enum class Cut { kWhole, kHalves };  // of each segment

class Run;

class CheckingSink final : public tcp::ConnectionSink {
 public:
  CheckingSink(Run& run, const tcp::ConnectionInfo& info, tcp::ConnectionControl& control);
  ~CheckingSink() override;
  void data(Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_ns,
            std::optional<std::uint32_t> unacknowledged) override;
  void gap(Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_ns) override;
  void skipped(Side side, std::uint64_t bytes, std::uint64_t seen_ns) override;
  void end(Side side, tcp::StreamEnd how, std::uint64_t seen_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_ns) override;

 private:
  Told& called(Side side, std::uint64_t seen_ns);
  void pass(Told& told, std::uint64_t bytes);
  void check_acknowledgment(Side side, std::optional<std::uint32_t> unacknowledged);
  [[nodiscard]] bool from_server(Side side) const { return (side == Side::kResponder) == initiated_by_client_; }
  void react(Side side);

  Run& run_;
  tcp::ConnectionControl& control_;
  bool initiated_by_client_;
  std::array<Told, 2> told_;
  unsigned calls_ = 0;
  bool ignored_ = false;
  bool closed_ = false;
};

// One pass of a scenario through a flow table.
class Run final : public tcp::ConnectionSinkFactory, public tcp::SourceControl {
 public:
  Run(const Scenario& scenario, Cut cut) : scenario_(scenario), table_(scenario.limits, *this, *this) {
    for (const Step& step : scenario.steps) {
      if (cut == Cut::kHalves && step.segment.payload_bytes > 1) {
        send_halves(step);
      } else {
        send(step);
      }
    }
    const std::uint64_t last_ns = scenario.steps.empty() ? 0 : scenario.steps.back().segment.seen_monotime_ns;
    table_.advance(last_ns + 2 * tcp::kNsPerSecond);
    check_counters();
    table_.close_all(last_ns + 2 * tcp::kNsPerSecond);
    check_counters();
    require(table_.stats().buffered_bytes == 0, "nothing is buffered after the end");
    require(table_.stats().flows == 0 && sinks == 0, "no flow is left after the end");
  }

  std::unique_ptr<tcp::ConnectionSink> connection(const tcp::ConnectionInfo& info,
                                                  tcp::ConnectionControl& control) override {
    return std::make_unique<CheckingSink>(*this, info, control);
  }
  void skip(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&, std::uint32_t from,
            std::uint32_t until) override {
    require(until - from <= tcp::kMaxWindowBytes, "the source is told to skip no more than a window");
  }
  void ignore(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  void forget(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  // Which sequence number may be the next of this sender where that is not known: any at which a segment or an
  // acknowledgment began or ended.
  [[nodiscard]] std::vector<std::uint32_t> candidates(bool from_server) const {
    if (scenario_.orderly) return {first(from_server)};
    return boundaries_[from_server ? 1 : 0];
  }
  // That this sender's segments carried.
  [[nodiscard]] const std::vector<std::uint32_t>& acknowledgments(bool from_server) const {
    return acknowledgments_[from_server ? 1 : 0];
  }
  // Of an orderly scenario: no byte of the range has come yet, unless some passed without being captured.
  [[nodiscard]] bool nothing_came(bool from_server, std::uint32_t sequence, std::uint64_t bytes) const {
    const Came& came = came_[from_server ? 1 : 0];
    const std::uint32_t offset = sequence - first(from_server);
    return !came.all_captured || std::memchr(came.captured.data() + offset, 1, bytes) == nullptr;
  }

  std::string story;
  int sinks = 0;

 private:
  void send(const Step& step) {
    tcp::Segment segment = step.segment;
    const std::uint32_t begin = segment.sequence + (segment.flags.syn ? 1U : 0U);
    // Of its own exact size, so that a read beyond it is seen.
    const auto payload = std::make_unique<std::uint8_t[]>(step.captured_bytes);
    for (std::uint32_t i = 0; i < step.captured_bytes; ++i) payload[i] = pattern(step.from_server, begin + i);
    segment.payload = {payload.get(), step.captured_bytes};
    add_boundary(step.from_server, begin);
    add_boundary(step.from_server, begin + segment.payload_bytes);
    if (segment.flags.ack) {
      add_boundary(!step.from_server, segment.acknowledgment);
      acknowledgments_[step.from_server ? 1 : 0].push_back(segment.acknowledgment);
    }
    table_.segment(segment);
    note_came(step, begin);
    check_counters();
  }

  void add_boundary(bool from_server, std::uint32_t sequence) {
    std::vector<std::uint32_t>& all = boundaries_[from_server ? 1 : 0];
    if (std::find(all.begin(), all.end(), sequence) == all.end()) all.push_back(sequence);
  }
  [[nodiscard]] std::uint32_t first(bool from_server) const {
    return scenario_.steps[from_server ? 1 : 0].segment.sequence + 1;
  }
  void note_came(const Step& step, std::uint32_t begin) {
    if (!scenario_.orderly) return;
    Came& came = came_[step.from_server ? 1 : 0];
    std::fill_n(came.captured.begin() + (begin - first(step.from_server)), step.captured_bytes, std::uint8_t{1});
    came.all_captured = came.all_captured && step.captured_bytes == step.segment.payload_bytes;
  }

  void send_halves(const Step& step) {
    const std::uint32_t half = step.segment.payload_bytes / 2;
    Step one = step;
    one.segment.payload_bytes = half;
    one.captured_bytes = std::min(step.captured_bytes, half);
    Step other = step;
    other.segment.sequence += half;
    other.segment.payload_bytes -= half;
    other.captured_bytes = step.captured_bytes - one.captured_bytes;
    if (step.segment.left_out_bytes > 0) {
      const std::uint32_t left_out_until = step.captured_bytes + step.segment.left_out_bytes;
      one.segment.left_out_bytes = step.captured_bytes > half ? 0 : left_out_until - one.captured_bytes;
      other.segment.left_out_bytes = left_out_until - std::min(left_out_until, half + other.captured_bytes);
    }
    send(one);
    send(other);
  }

  void check_counters() {
    const tcp::FlowTableStats now = table_.stats();
    require(now.buffered_bytes <= scenario_.limits.total_buffer_bytes, "buffers keep to their bound");
    require(now.flows + now.lingering <= scenario_.limits.max_flows, "the table keeps to its bound");
    const auto grows = [](std::uint64_t before, std::uint64_t after) {
      require(after >= before, "counters never go back");
    };
    grows(last_.segments, now.segments);
    grows(last_.opened, now.opened);
    grows(last_.joined_late, now.joined_late);
    grows(last_.ignored, now.ignored);
    grows(last_.data_bytes, now.data_bytes);
    grows(last_.skipped_bytes, now.skipped_bytes);
    grows(last_.old_segments, now.old_segments);
    grows(last_.after_end_segments, now.after_end_segments);
    grows(last_.stray_segments, now.stray_segments);
    grows(last_.out_of_window_segments, now.out_of_window_segments);
    for (std::size_t i = 0; i < now.gaps.size(); ++i) grows(last_.gaps[i].bytes, now.gaps[i].bytes);
    for (std::size_t i = 0; i < now.closed.size(); ++i) grows(last_.closed[i], now.closed[i]);
    last_ = now;
  }

  struct Came {
    std::array<std::uint8_t, kMaxOrderlyOffset + 1> captured{};  // 1: some copy of the byte
    bool all_captured = true;
  };

  const Scenario& scenario_;
  tcp::FlowTableStats last_;
  std::array<Came, 2> came_;
  std::array<std::vector<std::uint32_t>, 2> boundaries_;
  std::array<std::vector<std::uint32_t>, 2> acknowledgments_;  // by sender
  tcp::FlowTable table_;
};

CheckingSink::CheckingSink(Run& run, const tcp::ConnectionInfo& info, tcp::ConnectionControl& control)
    : run_(run), control_(control), initiated_by_client_(info.initiator.port != 80) {
  ++run_.sinks;
}

CheckingSink::~CheckingSink() {
  require(closed_, "a sink is closed before it goes");
  --run_.sinks;
}

Told& CheckingSink::called(Side side, std::uint64_t seen_ns) {
  Told& told = told_[static_cast<std::size_t>(side)];
  require(!closed_ && !ignored_, "nothing is told after close or ignore");
  require(!told.ended, "nothing is told of a side after its end");
  require(seen_ns >= told.last_ns, "the times of a side never go back");
  told.last_ns = seen_ns;
  // The numbers of a side may have become known since its sink came.
  if (told.story.empty() && told.last_kind.empty()) told.candidates = run_.candidates(from_server(side));
  return told;
}

void CheckingSink::pass(Told& told, std::uint64_t bytes) {
  for (std::uint32_t& one : told.candidates) one += static_cast<std::uint32_t>(bytes);
}

// Where the unacknowledged bytes begin has to be where some segment of this side says so.
void CheckingSink::check_acknowledgment(Side side, std::optional<std::uint32_t> unacknowledged) {
  if (!unacknowledged) return;
  require(*unacknowledged <= tcp::kMaxWindowBytes, "no more than a window waits for its acknowledgment");
  const std::vector<std::uint32_t>& acknowledged = run_.acknowledgments(from_server(side));
  require(!acknowledged.empty(), "an acknowledgment is known only where a segment carried one");
  const Told& opposite_told = told_[static_cast<std::size_t>(opposite(side))];
  if (*unacknowledged == 0 || opposite_told.candidates.empty()) return;
  const auto is_acknowledged = [&](std::uint32_t next) {
    return std::find(acknowledged.begin(), acknowledged.end(), next - *unacknowledged) != acknowledged.end();
  };
  const std::vector<std::uint32_t>& next = opposite_told.candidates;
  require(std::any_of(next.begin(), next.end(), is_acknowledged), "what was acknowledged is what a segment says");
}

void CheckingSink::data(Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_ns,
                        std::optional<std::uint32_t> unacknowledged) {
  Told& told = called(side, seen_ns);
  check_acknowledgment(side, unacknowledged);
  require(!bytes.empty(), "data is never empty");
  const auto matches = [&](std::uint32_t first) {
    std::uint32_t sequence = first;
    return std::all_of(bytes.begin(), bytes.end(),
                       [&](std::uint8_t byte) { return byte == pattern(from_server(side), sequence++); });
  };
  std::erase_if(told.candidates, [&](std::uint32_t first) { return !matches(first); });
  require(!told.candidates.empty(), "each byte told is the one that was sent at its place");
  // Halves of a segment acknowledge what the whole does, and join.
  told.add("data" + (unacknowledged ? ' ' + std::to_string(*unacknowledged) : std::string()), bytes.size());
  pass(told, bytes.size());
  react(side);
}

void CheckingSink::gap(Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_ns) {
  Told& told = called(side, seen_ns);
  const bool joins = cause == tcp::GapCause::kJoinedLate;
  const bool unsized = joins || cause == tcp::GapCause::kSequenceJump;
  require((bytes == 0) == unsized || (joins && bytes <= tcp::kMaxWindowBytes), "a gap of no bytes is of unknown size");
  if (unsized) {
    require(!run_.scenario().orderly, "an orderly connection has no gap of unknown size");
    told.flush();
    told.candidates = run_.candidates(from_server(side));
  } else if (run_.scenario().orderly) {
    require(run_.nothing_came(from_server(side), told.candidates.front(), bytes), "a gap is where nothing came");
  }
  told.add("gap" + std::to_string(static_cast<int>(cause)), bytes);
  if (!joins) pass(told, bytes);  // the candidates are of what comes next
  react(side);
}

void CheckingSink::skipped(Side side, std::uint64_t bytes, std::uint64_t seen_ns) {
  Told& told = called(side, seen_ns);
  require(bytes > 0 && run_.scenario().skip_every != 0, "only what was asked for is skipped");
  told.add("skipped", bytes);
  pass(told, bytes);
  react(side);
}

void CheckingSink::end(Side side, tcp::StreamEnd how, std::uint64_t seen_ns) {
  Told& told = called(side, seen_ns);
  told.ended = true;
  told.add(how == tcp::StreamEnd::kFin ? "fin" : "reset", 0);
  react(side);
}

void CheckingSink::close(tcp::CloseCause cause, std::uint64_t) {
  require(!closed_, "a sink is closed once");
  closed_ = true;
  for (Told& told : told_) {
    require(told.ended || !run_.scenario().orderly, "an orderly side ends with its FIN");
    told.flush();
    run_.story += told.story + "--\n";
  }
  run_.story += "close " + std::to_string(static_cast<int>(cause)) + '\n';
}

void CheckingSink::react(Side side) {
  ++calls_;
  const Scenario& scenario = run_.scenario();
  if (scenario.skip_every != 0 && calls_ % scenario.skip_every == 0) {
    control_.skip(calls_ % 3 == 0 ? opposite(side) : side, scenario.skip_bytes >> (calls_ % 24));
  }
  if (scenario.ignore_at != 0 && calls_ == scenario.ignore_at) {
    ignored_ = true;
    control_.ignore();
  }
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using podwire::fuzz::Cut;
  using podwire::fuzz::Run;
  podwire::fuzz::FuzzInput input(data, size);
  const podwire::fuzz::Scenario scenario = podwire::fuzz::scenario_of(input);
  const std::string story = Run(scenario, Cut::kWhole).story;
  const std::string other_story = Run(scenario, scenario.orderly ? Cut::kHalves : Cut::kWhole).story;
  // What overlapping segments say of bytes left out may contradict, and the half that says it may come too late.
  if (scenario.orderly && scenario.leaves_out) return 0;
  podwire::fuzz::require_same(story, other_story,
                              scenario.orderly ? "segments in halves tell the same" : "two runs tell the same");
  return 0;
}
