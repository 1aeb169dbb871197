// What the sender of data had not acknowledged: RFC 9293, section 3.4. Numbers of Conversation are offsets.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "conversation.h"

namespace podwire::tcp {
namespace {

using ::testing::ElementsAre;

class AcknowledgmentTest : public ReassemblyTest {
 protected:
  // "data unacknowledged" of each piece of a side; "?" where that is not known.
  std::vector<std::string> told(Side side, std::size_t connection = 0) {
    std::vector<std::string> all;
    for (const Event& event : recorder.at(connection).of(side)) {
      if (event.what != Told::kData) continue;
      all.push_back(event.data + ' ' + (event.unacknowledged ? std::to_string(*event.unacknowledged) : "?"));
    }
    return all;
  }
};

TEST_F(AcknowledgmentTest, OfWhatWasToldSoFar) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask1", {.ack = 0});
  talk.send(kClient, 4, "ask22", {.ack = 0});
  talk.send(kServer, 0, "none", {.ack = 0});
  talk.send(kServer, 4, "first", {.ack = 4});
  talk.send(kServer, 9, "half", {.ack = 6});
  talk.send(kServer, 13, "both", {.ack = 9});
  talk.send(kClient, 9, "read", {.ack = 13});
  EXPECT_THAT(told(kServer), ElementsAre("none 9", "first 5", "half 3", "both 0"));
  EXPECT_THAT(told(kClient), ElementsAre("ask1 0", "ask22 0", "read 4"));
}

TEST_F(AcknowledgmentTest, IsNotKnownWithoutAck) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask", {.ack = 0});
  talk.send(kServer, 0, "x");
  EXPECT_THAT(told(kServer), ElementsAre("x ?"));
}

TEST_F(AcknowledgmentTest, BeyondAnyWindowIsNotBelieved) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask", {.ack = 0});
  for (const std::uint64_t far : {kMaxWindowBytes + 10, 3 * kMaxWindowBytes - 10}) {
    talk.send(kServer, 0, "x", {.ack = far});
    EXPECT_THAT(told(kServer), ElementsAre("x ?")) << far;
  }
}

TEST_F(AcknowledgmentTest, AcrossTheWrapOfEitherSide) {
  for (const std::uint32_t before_wrap : {0U, 1U, 3U, 4U, 5U, 8U, 9U}) {
    Recorder mine;
    FlowTable scoped(limits, mine, source);
    Conversation talk(scoped, 0U - before_wrap, 0xfffffffeU);
    talk.handshake();
    talk.send(kClient, 0, "ask1", {.ack = 0});
    talk.send(kClient, 4, "ask22", {.ack = 0});
    talk.send(kServer, 0, "abcd", {.ack = 3});
    talk.send(kServer, 4, "e", {.ack = 9});
    talk.send(kClient, 9, "z", {.ack = 1});
    const std::vector<Event>& server = mine.only().of(kServer);
    EXPECT_EQ(server.at(0).unacknowledged, 6U) << before_wrap;
    EXPECT_EQ(server.at(1).unacknowledged, 0U) << before_wrap;
    EXPECT_EQ(mine.only().of(kClient).at(2).unacknowledged, 4U) << before_wrap;
  }
}

TEST_F(AcknowledgmentTest, OfAPieceThatWaitedIsItsOwn) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask", {.ack = 0});
  talk.send(kServer, 4, "late", {.ack = 0});
  talk.send(kClient, 3, "more", {.ack = 0});
  talk.send(kServer, 0, "head", {.ack = 7});
  EXPECT_THAT(told(kServer), ElementsAre("head 0", "late 7")) << "of what was told until then";
}

TEST_F(AcknowledgmentTest, TheFirstCopyOfAByteSaysIt) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask", {.ack = 0});
  talk.send(kServer, 2, "cd", {.ack = 0});
  talk.send(kServer, 0, "abcdef", {.ack = 3});
  talk.send(kServer, 0, "abcdef", {.ack = 3});
  EXPECT_THAT(told(kServer), ElementsAre("ab 0", "cd 3", "ef 0"));
}

TEST_F(AcknowledgmentTest, CountsWhatWasSkipped) {
  recorder.reaction = [](RecordedConnection& connection, Side side, const Event& event) {
    if (side == kClient && event.data == "head") connection.control->skip(side, 1'000'000);
  };
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "head", {.ack = 0});
  talk.send(kServer, 0, "a", {.ack = 4 + 400'000});  // of segments that the source did not copy
  talk.send(kClient, 4 + 999'000, std::string(1'000, 'x'), {.ack = 1});
  talk.send(kClient, 4 + 1'000'000, "next", {.ack = 1});
  talk.send(kServer, 1, "b", {.ack = 4 + 999'000});
  talk.send(kServer, 2, "c", {.ack = 4 + 1'000'004});
  EXPECT_EQ(client(), "head(1000000)next");
  EXPECT_THAT(told(kServer), ElementsAre("a 0", "b 1004", "c 0"));
}

TEST_F(AcknowledgmentTest, CountsWhatWasLost) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask", {.ack = 0});
  talk.send(kServer, 0, "a", {.ack = 10});  // seven bytes that nobody saw
  talk.send(kClient, 10, "next", {.ack = 1});
  talk.send(kServer, 1, "b", {.ack = 5});
  EXPECT_EQ(client(), "ask[acked 7]next");
  EXPECT_THAT(told(kServer), ElementsAre("a 0", "b 9"));
}

TEST_F(AcknowledgmentTest, JoinedLateMoreMayWaitThanWasTold) {
  Conversation talk(table());
  talk.send(kClient, 50, "ask", {.ack = 7});
  talk.send(kServer, 7, "a", {.ack = 40});
  talk.send(kServer, 8, "b", {.ack = 50});
  talk.send(kServer, 9, "c", {.ack = 53});
  EXPECT_THAT(told(kClient), ElementsAre("ask 0"));
  EXPECT_THAT(told(kServer), ElementsAre("a 13", "b 3", "c 0"));
}

TEST_F(AcknowledgmentTest, JoinedLateByAnAnswerAllOfItIsRead) {
  Conversation talk(table());
  talk.send(kServer, 7, "a", {.ack = 40});
  talk.send(kClient, 40, "ask", {.ack = 7});
  talk.send(kServer, 8, "b", {.ack = 40});
  EXPECT_THAT(told(Side::kInitiator), ElementsAre("a 0", "b 3")) << "the first to be seen";
  EXPECT_THAT(told(Side::kResponder), ElementsAre("ask 1"));
}

TEST_F(AcknowledgmentTest, FromBeforeAJumpIsNotKnown) {
  constexpr std::uint64_t kFar = kMaxWindowBytes + 1000;
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask", {.ack = 0});
  talk.send(kServer, 1, "waits", {.ack = 3});
  talk.send(kClient, kFar, "lost", {.ack = 0});
  talk.send(kClient, kFar + 4, "seen", {.ack = 0});
  talk.send(kServer, 0, "x", {.ack = 3});
  talk.send(kServer, 6, "y", {.ack = kFar + 4});
  EXPECT_EQ(client(), "ask[jump 0]seen");
  EXPECT_THAT(told(kServer), ElementsAre("x ?", "waits ?", "y 4"));
}

TEST_F(AcknowledgmentTest, AFinCountsForNothing) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "ask", {.fin = true, .ack = 0});
  talk.send(kServer, 0, "a", {.ack = 0});
  talk.send(kServer, 1, "b", {.ack = 4});
  EXPECT_THAT(told(kServer), ElementsAre("a 3", "b 0"));
}

}  // namespace
}  // namespace podwire::tcp
