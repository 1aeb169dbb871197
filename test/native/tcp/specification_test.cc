// What RFC 9293 says that shows to a passive observer, one row for each rule: what a receiver would read is what is
// told.
#include <functional>
#include <string>
#include <vector>

#include "conversation.h"

namespace podwire::tcp {
namespace {

struct Rule {
  const char* paragraph;
  std::function<void(Conversation&)> traffic;
  const char* client;  // as RecordedConnection::story
  const char* server = "";
};

class SpecificationTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  // Each with sequence numbers from the start of the parameter, so that some of them wrap on the way.
  void check(const std::vector<Rule>& rules) {
    for (const Rule& rule : rules) {
      SCOPED_TRACE(rule.paragraph);
      Recorder recorder;
      RecordedSource source;
      FlowTable table(FlowLimits{}, recorder, source);
      Conversation talk(table, GetParam(), GetParam() + 77);
      rule.traffic(talk);
      ASSERT_EQ(recorder.count(), 1U);
      EXPECT_EQ(recorder.only().story(kClient), rule.client);
      EXPECT_EQ(recorder.only().story(kServer), rule.server);
    }
  }
};

TEST_P(SpecificationTest, Section3_4_SequenceNumbers) {
  check({
      {"3.4 SYN takes a number, the first byte follows it",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "a", {.ack = 0});
       },
       "a"},
      {"3.4 comparison is modulo 2^32",
       [](Conversation& talk) {
         talk.handshake();
         for (std::uint64_t at = 0; at < 64; ++at) talk.send(kClient, at, "x", {.ack = 0});
       },
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
      {"3.4 FIN takes the number behind the last byte",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "ab", {.fin = true, .ack = 0});
         talk.send(kServer, 0, "c", {.ack = 3});
       },
       "ab.", "c"},
  });
}

TEST_P(SpecificationTest, Section3_5_Establishing) {
  check({
      {"3.5 data may come with SYN",
       [](Conversation& talk) {
         talk.send(kClient, 0, "ab", {.syn = true});
         talk.send(kServer, 0, "", {.syn = true, .ack = 2});
         talk.send(kClient, 2, "c", {.ack = 0});
       },
       "abc"},
      {"3.5 simultaneous open",
       [](Conversation& talk) {
         talk.send(kClient, 0, "", {.syn = true});
         talk.send(kServer, 0, "", {.syn = true});
         talk.send(kClient, 0, "", {.syn = true, .ack = 0});
         talk.send(kServer, 0, "", {.syn = true, .ack = 0});
         talk.send(kClient, 0, "a", {.ack = 0});
         talk.send(kServer, 0, "b", {.ack = 1});
       },
       "a", "b"},
      {"3.5 SYN sent again",
       [](Conversation& talk) {
         talk.send(kClient, 0, "", {.syn = true});
         talk.handshake();
         talk.send(kClient, 0, "a", {.ack = 0});
         talk.send(kServer, 0, "", {.syn = true, .ack = 0});
       },
       "a"},
  });
}

TEST_P(SpecificationTest, Section3_8_Communication) {
  check({
      {"3.8.1 retransmission of what was told",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "abc", {.ack = 0});
         talk.send(kClient, 0, "abc", {.ack = 0});
         talk.send(kClient, 1, "b", {.ack = 0});
       },
       "abc"},
      {"3.8.1 repacketized, with new data",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "abc", {.ack = 0});
         talk.send(kClient, 1, "bcde", {.ack = 0});
       },
       "abcde"},
      {"3.8.4 keep-alive without data, one number before",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "abc", {.ack = 0});
         talk.send(kClient, 2, "", {.ack = 0});
         talk.send(kClient, 3, "d", {.ack = 0});
       },
       "abcd"},
      {"3.8.4 keep-alive with one garbage byte",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "abc", {.ack = 0});
         talk.send(kClient, 2, "!", {.ack = 0});
         talk.send(kClient, 3, "d", {.ack = 0});
       },
       "abcd"},
      {"3.8.4 keep-alive before any data is SYN's own number",
       [](Conversation& talk) {
         talk.handshake();
         Segment probe = talk.make(kClient, 0, "!", {.ack = 0});
         probe.sequence -= 1;
         talk.send_segment(probe);
         talk.send(kClient, 0, "a", {.ack = 0});
       },
       "a"},
      {"3.8.6.1 zero-window probes: the byte counts once",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "abc", {.ack = 0});
         for (int probe = 0; probe < 5; ++probe) talk.send(kClient, 3, "d", {.ack = 0});
         talk.send(kClient, 3, "def", {.ack = 0});
       },
       "abcdef"},
  });
}

TEST_P(SpecificationTest, Section3_10_7_4_SegmentArrives) {
  check({
      {"3.10.7.4 first: higher numbers are held",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 3, "d", {.ack = 0});
         talk.send(kClient, 1, "bc", {.ack = 0});
         talk.send(kClient, 0, "a", {.ack = 0});
       },
       "abcd"},
      {"3.10.7.4 first: what lies before the window is trimmed",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "ab", {.ack = 0});
         talk.send(kClient, 0, "abcd", {.ack = 0});
       },
       "abcd"},
      {"3.10.7.4 first: outside of any window is dropped",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, (1ULL << 30U) + 1'000, "zz", {.ack = 0});
         talk.send(kClient, 0, "ab", {.ack = 0});
       },
       "ab"},
      {"3.10.7.4 second: RST ends both directions",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "ab", {.ack = 0});
         talk.send(kServer, 0, "", {.rst = true, .ack = 2});
       },
       "ab!", "!"},
      {"3.10.7.4 second: RST outside of any window is dropped",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kServer, (1ULL << 30U) + 1'000, "", {.rst = true});
         talk.send(kClient, 0, "ab", {.ack = 0});
       },
       "ab"},
      {"3.10.7.3 RST that acknowledges the SYN",
       [](Conversation& talk) {
         talk.send(kClient, 0, "", {.syn = true});
         Segment refusal = talk.make(kServer, 0, "", {.rst = true, .ack = 0});
         refusal.sequence = 0;
         talk.send_segment(refusal);
       },
       "!", "!"},
      {"3.10.7.4 fifth: an acknowledgment of what was never sent",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kServer, 0, "x", {.ack = (1ULL << 30U) + 1'000});
         talk.send(kClient, 0, "ab", {.ack = 1});
       },
       "ab", "x"},
      {"3.10.7.4 fifth: what is acknowledged was received, seen or not",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 2, "cd", {.ack = 0});
         talk.send(kServer, 0, "x", {.ack = 4});
       },
       "[acked 2]cd", "x"},
      {"3.10.7.4 sixth: urgent data is in the stream like any other",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "a!b", {.ack = 0});  // URG says only where to hurry to
       },
       "a!b"},
      {"3.10.7.4 seventh: text behind a FIN is ignored",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "ab", {.fin = true, .ack = 0});
         talk.send(kClient, 2, "cd", {.ack = 0});
         talk.send(kClient, 3, "d", {.ack = 0});
       },
       "ab."},
      {"3.10.7.4 eighth: FIN counts when it is in turn",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 2, "c", {.fin = true, .ack = 0});
         talk.send(kClient, 0, "a", {.ack = 0});
         talk.send(kClient, 1, "b", {.ack = 0});
       },
       "abc."},
      {"3.10.7.4 eighth: the other direction goes on",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "a", {.fin = true, .ack = 0});
         talk.send(kServer, 0, "x", {.ack = 2});
         talk.send(kServer, 1, "y", {.fin = true, .ack = 2});
       },
       "a.", "xy."},
      {"3.10.7.4 eighth: FIN sent again",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "a", {.fin = true, .ack = 0});
         talk.send(kClient, 0, "a", {.fin = true, .ack = 0});
         talk.send(kClient, 1, "", {.fin = true, .ack = 0});
       },
       "a."},
  });
}

INSTANTIATE_TEST_SUITE_P(FirstNumbers, SpecificationTest,
                         ::testing::Values(1'001U, 0U, 0x7ffffffeU, 0x80000000U, 0xfffffff0U, 0xffffffffU));

// Not of the RFC, but of every observer who comes with it: where copies of a byte differ, the first that was seen
// counts. A receiver keeps what it has, too; what it kept of two copies out of order is its own affair.
TEST_P(SpecificationTest, TheFirstCopyOfAByteCounts) {
  check({
      {"told already",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 0, "aaaa", {.ack = 0});
         talk.send(kClient, 2, "bbbb", {.ack = 0});
       },
       "aaaabb"},
      {"waiting",
       [](Conversation& talk) {
         talk.handshake();
         talk.send(kClient, 2, "aa", {.ack = 0});
         talk.send(kClient, 1, "bbbb", {.ack = 0});
         talk.send(kClient, 0, "cccccc", {.ack = 0});
       },
       "cbaabc"},
  });
}

}  // namespace
}  // namespace podwire::tcp
