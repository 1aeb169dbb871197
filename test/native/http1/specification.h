// Tables of what a specification says, run against the message reader. One row for each rule that shows on the wire.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "guarded_text.h"
#include "reader_transcript.h"
#include "splits.h"

namespace podwire::test {

struct Requirement {
  const char* paragraph;  // "9112 2.2 bare CR": the RFC, its section, and which rule of it
  http1::MessageKind kind;
  std::string stream;  // from the connection's first byte to its FIN
  std::string told;    // as ReaderTranscript writes it
  http1::AnsweredMethod answered = http1::AnsweredMethod::kOther;
};

inline constexpr auto kRequest = http1::MessageKind::kRequest;
inline constexpr auto kResponse = http1::MessageKind::kResponse;

// What is told of a head that turns out to be malformed is tested by itself: here, that it is.
inline std::string without_malformed_head(const std::string& text) {
  const std::string kEnd = "end -/- cut\nmalformed\n";
  const auto head = text.rfind("head ");
  if (!text.ends_with(kEnd) || text.substr(head, text.find('\n', head) - head).find(" partial") == std::string::npos) {
    return text;
  }
  return text.substr(0, head) + "malformed\n";
}

// Whole, byte by byte and at every split in two; each piece ends before an unreadable page.
inline void expect_requirements(std::initializer_list<Requirement> requirements) {
  for (const Requirement& requirement : requirements) {
    for (const Split& split : splits(requirement.stream)) {
      SCOPED_TRACE(std::string(requirement.paragraph) + ", " + split.name);
      ReaderTranscript run(requirement.kind);
      run.tells_fields = true;
      run.answered = requirement.answered;
      bool reading = true;
      for (const std::string_view piece : split.pieces) {
        const GuardedText guarded(piece);
        reading = run.data(guarded.text()) == http1::ReadOutcome::kReading;
        if (!reading) break;
      }
      if (reading) run.finish(true);
      ASSERT_EQ(without_malformed_head(run.text), requirement.told);
      run.reader.release(run.scratch);
      ASSERT_EQ(run.scratch.buffered_bytes(), 0U);
    }
  }
}

}  // namespace podwire::test
