// A reader of connections that keeps what it is told, and checks the order that connection_sink.h promises.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "tcp/flow_events.h"

namespace podwire::tcp {

enum class Told { kData, kGap, kSkipped, kEnd };

struct Event {
  Told what = Told::kData;
  std::uint64_t bytes = 0;
  std::string data{};
  GapCause cause = GapCause::kJoinedLate;
  StreamEnd how = StreamEnd::kFin;
  std::uint64_t at_ns = 0;
  std::optional<std::uint32_t> unacknowledged{};  // of data
};

struct RecordedConnection {
  ConnectionInfo info;
  ConnectionControl* control = nullptr;  // null once closed
  std::array<std::vector<Event>, 2> events;
  bool closed = false;
  bool destroyed = false;
  CloseCause close_cause = CloseCause::kEnded;
  std::uint64_t closed_at_ns = 0;

  [[nodiscard]] const std::vector<Event>& of(Side side) const { return events[static_cast<std::size_t>(side)]; }

  // Data bytes alone.
  [[nodiscard]] std::string data(Side side) const {
    std::string all;
    for (const Event& event : of(side)) all += event.data;
    return all;
  }

  [[nodiscard]] std::uint64_t total(Side side, Told what) const {
    std::uint64_t bytes = 0;
    for (const Event& event : of(side)) bytes += event.what == what ? event.bytes : 0;
    return bytes;
  }

  // One line: data as it is, [cause bytes], (skipped bytes), . for FIN, ! for RST.
  [[nodiscard]] std::string story(Side side) const {
    static constexpr std::array kCauses{"late", "acked", "timeout", "full", "cut", "left out", "jump"};
    std::string line;
    std::uint64_t skipped = 0;
    const auto flush = [&] {
      if (skipped > 0) line += "(" + std::to_string(skipped) + ")";
      skipped = 0;
    };
    for (const Event& event : of(side)) {
      if (event.what == Told::kSkipped) {
        skipped += event.bytes;
        continue;
      }
      flush();
      if (event.what == Told::kData) line += event.data;
      if (event.what == Told::kEnd) line += event.how == StreamEnd::kFin ? "." : "!";
      if (event.what == Told::kGap) {
        line +=
            "[" + std::string(kCauses[static_cast<std::size_t>(event.cause)]) + " " + std::to_string(event.bytes) + "]";
      }
    }
    flush();
    return line;
  }
};

// Called inside each event, after it was recorded.
using Reaction = std::function<void(RecordedConnection&, Side, const Event&)>;

class RecordingSink final : public ConnectionSink {
 public:
  RecordingSink(RecordedConnection& record, const Reaction& reaction, bool keep_data)
      : record_(record), reaction_(reaction), keep_data_(keep_data) {}
  ~RecordingSink() override {
    EXPECT_TRUE(record_.closed) << "destroyed without close";
    record_.destroyed = true;
  }

  void data(Side side, std::span<const std::uint8_t> bytes, std::uint64_t at_ns,
            std::optional<std::uint32_t> unacknowledged) override {
    EXPECT_FALSE(bytes.empty());
    Event event{.what = Told::kData, .bytes = bytes.size(), .at_ns = at_ns, .unacknowledged = unacknowledged};
    if (keep_data_) event.data.assign(bytes.begin(), bytes.end());
    tell(side, std::move(event));
  }
  void gap(Side side, std::uint64_t bytes, GapCause cause, std::uint64_t at_ns) override {
    tell(side, {.what = Told::kGap, .bytes = bytes, .cause = cause, .at_ns = at_ns});
  }
  void skipped(Side side, std::uint64_t bytes, std::uint64_t at_ns) override {
    EXPECT_GT(bytes, 0U);
    tell(side, {.what = Told::kSkipped, .bytes = bytes, .at_ns = at_ns});
  }
  void end(Side side, StreamEnd how, std::uint64_t at_ns) override {
    tell(side, {.what = Told::kEnd, .how = how, .at_ns = at_ns});
  }
  void close(CloseCause cause, std::uint64_t now_ns) override {
    EXPECT_FALSE(record_.closed) << "closed twice";
    record_.closed = true;
    record_.close_cause = cause;
    record_.closed_at_ns = now_ns;
    record_.control = nullptr;
  }

 private:
  void tell(Side side, Event event) {
    EXPECT_FALSE(record_.closed) << "told after close";
    auto& events = record_.events[static_cast<std::size_t>(side)];
    if (!events.empty()) {
      EXPECT_NE(events.back().what, Told::kEnd) << "told after end";
      EXPECT_GE(event.at_ns, events.back().at_ns) << "time went back";
    }
    events.push_back(std::move(event));
    if (reaction_) {
      const Event copy = events.back();
      reaction_(record_, side, copy);
    }
  }

  RecordedConnection& record_;
  const Reaction& reaction_;
  const bool keep_data_;
};

// Outlives the flow table it serves.
class Recorder final : public ConnectionSinkFactory {
 public:
  std::unique_ptr<ConnectionSink> connection(const ConnectionInfo& info, ConnectionControl& control) override {
    records_.push_back(std::make_unique<RecordedConnection>());
    records_.back()->info = info;
    records_.back()->control = &control;
    if (on_connection && !on_connection(*records_.back())) return nullptr;
    return std::make_unique<RecordingSink>(*records_.back(), reaction, keep_data);
  }

  [[nodiscard]] std::size_t count() const { return records_.size(); }
  [[nodiscard]] RecordedConnection& at(std::size_t index) { return *records_.at(index); }
  [[nodiscard]] RecordedConnection& only() {
    EXPECT_EQ(records_.size(), 1U);
    return *records_.at(0);
  }

  Reaction reaction;
  std::function<bool(RecordedConnection&)> on_connection;  // false: not wanted
  bool keep_data = true;

 private:
  std::vector<std::unique_ptr<RecordedConnection>> records_;
};

// What the flow table asked of its source.
class RecordedSource final : public SourceControl {
 public:
  struct Skip {
    std::uint16_t source_port = 0;
    std::uint32_t from = 0;
    std::uint32_t until = 0;

    friend bool operator==(const Skip&, const Skip&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Skip& skip) {
      return out << skip.source_port << ": [" << skip.from << ", " << skip.until << ")";
    }
  };

  void skip(std::uint32_t, const Endpoint& source, const Endpoint&, std::uint32_t from, std::uint32_t until) override {
    skips.push_back({source.port, from, until});
  }
  void ignore(std::uint32_t, const Endpoint&, const Endpoint&) override { ++ignored; }
  void forget(std::uint32_t, const Endpoint&, const Endpoint&) override { ++forgotten; }

  std::vector<Skip> skips;
  int ignored = 0;
  int forgotten = 0;
};

}  // namespace podwire::tcp
