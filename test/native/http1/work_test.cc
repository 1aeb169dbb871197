// No input makes time per byte grow: what the parsers count of their own work, for an input and for one twice as long.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "http1/chunked_decoder.h"
#include "http1/head_parser.h"
#include "http1/head_search.h"
#include "http1/limits.h"
#include "reader_transcript.h"

namespace podwire::http1 {
namespace {

std::string repeat(std::string_view text, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += text;
  all.resize(bytes);
  return all;
}

// Of a head that comes in pieces of so many bytes, each time with all that came before.
std::uint64_t head_work(const std::string& text, std::size_t piece) {
  HeadParser parser(MessageKind::kRequest);
  std::vector<Field> fields(kMaxFields);
  for (std::size_t size = piece; size <= text.size(); size += piece) {
    const ParseOutcome outcome = parser.parse(std::string_view(text).substr(0, size), fields);
    if (outcome != ParseOutcome::kNeedMore) break;
  }
  return parser.work_bytes();
}

// Each byte is looked at once for the line's end, once for the line, and the start line's once more.
TEST(Work, AHeadInPiecesOfAnySizeCostsAsMuchAsWhole) {
  const std::string start = "GET / HTTP/1.1\r\n";
  for (const std::string& text : {
           start + repeat("A: b\r\n", 5'994),  // many lines
           start + repeat("A: " + std::string(1'000, 'v') + "\r\n", 200'000),
           start + "A: " + repeat("v", 250'000),            // one long line
           start + "A: v\r\n" + repeat(" f\r\n", 250'000),  // folded over and over
           start + repeat("n", 65'000) + ": v\r\n",         // a long name
           start + "A:" + repeat(" ", 250'000),             // white space alone
           "GET /" + repeat("t", 250'000),                  // a long target
           repeat("\r\n", 250'000),                         // empty lines alone
       }) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{1'000}, text.size()}) {
      EXPECT_LE(head_work(text, piece), 3 * text.size()) << text.substr(0, 40) << " by " << piece;
    }
  }
}

// 1 MiB of header bytes in segments of one byte: refused at the bound, and no byte was moved or looked at again for it.
TEST(Work, AMebibyteOfHeaderBytesOneByOne) {
  test::ReaderTranscript run(MessageKind::kRequest);
  const std::string text = "GET / HTTP/1.1\r\nA: " + std::string(std::size_t{1} << 20U, 'v');
  std::size_t passed = 0;
  while (passed < text.size() && run.data(std::string_view(text).substr(passed, 1)) == ReadOutcome::kReading) ++passed;
  EXPECT_EQ(run.text, "head GET / partial, fields 0\nend -/- cut\ntoo large\n");
  EXPECT_EQ(passed, kMaxHeadBytes);
  EXPECT_LE(head_work(text, 1), 3 * kMaxHeadBytes);
}

std::uint64_t search_work(const std::string& text, std::size_t piece) {
  HeadSearch search;
  std::vector<Field> fields(kMaxFields);
  std::uint64_t seen_ns = 0;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    std::string_view rest = std::string_view(text).substr(at, piece);
    while (!rest.empty()) {
      const std::size_t before = rest.size();
      const bool begins = rest.size() == std::min(piece, text.size() - at);
      static_cast<void>(search.add(rest, begins, ++seen_ns, fields));
      EXPECT_LT(rest.size(), before);
    }
  }
  return search.work_bytes();
}

// Whatever is searched, twice of it costs twice. In pieces of one byte what is kept of each piece counts too.
TEST(Work, ASearchCostsAsMuchAsThereIsToSearch) {
  for (const char* pattern : {
           "x",   // no line ends
           "\n",  // nothing but empty lines
           "\r\n\r\n",
           "a: b\r\n",       // field lines without end
           "a: b\r\n\r\n",   // blocks of them
           "HTTP/1.1 200 ",  // one line full of status lines
           "GET /x HTTP/1.1 ",
           "HTTP/1.1 200 OK\r\n",  // lines of them
           "GET / HTTP/1.1\r\n",
           "HTTP/1.1 200 OK\r\n\r\n",  // blocks of them
           "GET / HTTP/1.1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
           "x: HTTP/1.1 200 OK\r\n",  // in values
           "x: GET / HTTP/1.1\r\n",
       }) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1'460}, std::size_t{65'000}}) {
      constexpr std::size_t kBytes = 30'000;
      const std::uint64_t once = search_work(repeat(pattern, kBytes), piece);
      const std::uint64_t twice = search_work(repeat(pattern, 2 * kBytes), piece);
      EXPECT_LE(static_cast<double>(twice), 2.1 * static_cast<double>(once) + 200'000) << pattern << " by " << piece;
      EXPECT_LE(once, kBytes * 100) << pattern << " by " << piece;
    }
  }
}

// A status line whose reason is invalid at its very end, behind many places where it might have begun.
TEST(Work, AStatusLineIsNotTriedAtEachPlaceToItsEnd) {
  std::string line = repeat("HTTP/1.1 200 ", 60'000);
  line += '\0';
  EXPECT_LE(search_work(line + "\r\n\r\n", 65'000), 4 * line.size());
}

// A step for each stretch of data, and at most one more for each call.
TEST(Work, TinyChunksTakeAStepEach) {
  std::string stream;
  constexpr std::size_t kChunks = 10'000;
  for (std::size_t i = 0; i < kChunks; ++i) stream += "1\r\nx\r\n";
  stream += "0\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{4}, stream.size()}) {
    ChunkedDecoder decoder;
    std::size_t steps = 0;
    std::size_t consumed = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      std::string_view rest = std::string_view(stream).substr(at, piece);
      while (!rest.empty()) {
        const ChunkStep step = decoder.next(rest);
        rest.remove_prefix(step.consumed);
        consumed += step.consumed;
        ++steps;
        if (step.outcome == ChunkOutcome::kComplete) break;
        ASSERT_EQ(step.outcome, ChunkOutcome::kNeedMore);
      }
    }
    EXPECT_EQ(consumed, stream.size());
    EXPECT_LE(steps, kChunks + stream.size() / piece + 1);
  }
}

}  // namespace
}  // namespace podwire::http1
