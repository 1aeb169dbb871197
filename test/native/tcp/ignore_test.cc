#include "conversation.h"

namespace podwire::tcp {
namespace {

using IgnoreTest = ReassemblyTest;

TEST_F(IgnoreTest, FromInsideDataOnlyTheCloseFollows) {
  recorder.reaction = [](RecordedConnection& connection, Side, const Event& event) {
    if (event.what == Told::kData) connection.control->ignore();
  };
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 2, "second", {.ack = 0});
  talk.send(kServer, 4, "waits", {.ack = 0});
  talk.send(kClient, 0, "1.", {.ack = 0});
  EXPECT_EQ(client(), "1.");
  EXPECT_EQ(server(), "");
  EXPECT_TRUE(recorder.only().destroyed);
  EXPECT_EQ(recorder.only().close_cause, CloseCause::kDetached);
  EXPECT_EQ(source.ignored, 1);
  EXPECT_EQ(source.forgotten, 0);
  EXPECT_EQ(table().stats().buffered_bytes, 0U);
  EXPECT_EQ(table().stats().ignored, 1U);
}

TEST_F(IgnoreTest, StraySegmentsBeginNoNewFlowUntilItIsOver) {
  recorder.reaction = [](RecordedConnection& connection, Side, const Event&) { connection.control->ignore(); };
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "x", {.ack = 0});
  talk.send(kClient, 1, "y", {.ack = 0});
  talk.send(kClient, 0, "", {.syn = true});
  EXPECT_EQ(recorder.count(), 1U);
  talk.send(kClient, 2, "", {.rst = true});
  EXPECT_EQ(source.forgotten, 0);
  talk.pass(limits.linger_ns);
  EXPECT_EQ(source.forgotten, 1);
  talk.send(kClient, 2, "z", {.ack = 0});
  EXPECT_EQ(recorder.count(), 2U);
}

TEST_F(IgnoreTest, AnIgnoredFlowIsForgottenWhenIdle) {
  recorder.reaction = [](RecordedConnection& connection, Side, const Event&) { connection.control->ignore(); };
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "x", {.ack = 0});
  talk.pass(limits.idle_ns);
  EXPECT_EQ(source.forgotten, 1);
  EXPECT_EQ(table().stats().lingering, 0U);
}

TEST_F(IgnoreTest, ANewConnectionOnTheSameAddressesIsRead) {
  recorder.reaction = [](RecordedConnection& connection, Side, const Event&) {
    if (connection.info.flow_id == 1) connection.control->ignore();
  };
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "x", {.ack = 0});
  Conversation next(table(), 99'001);
  next.now_ns = talk.now_ns;
  next.handshake();
  next.send(kClient, 0, "GET", {.ack = 0});
  ASSERT_EQ(recorder.count(), 2U);
  EXPECT_EQ(recorder.at(1).story(kClient), "GET");
  EXPECT_EQ(source.forgotten, 1);
}

TEST_F(IgnoreTest, FromOutsideAnyCall) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "x", {.ack = 0});
  recorder.only().control->ignore();
  recorder.only().control->ignore();
  EXPECT_FALSE(recorder.only().closed);
  talk.pass(1);
  EXPECT_TRUE(recorder.only().destroyed);
  EXPECT_EQ(source.ignored, 1);
}

TEST_F(IgnoreTest, WhileTheConnectionIsBeingMade) {
  recorder.on_connection = [](RecordedConnection& connection) {
    connection.control->ignore();
    return true;
  };
  Conversation talk(table());
  talk.send(kClient, 0, "x", {.syn = true});
  EXPECT_EQ(client(), "");
  EXPECT_TRUE(recorder.only().destroyed);
}

TEST_F(IgnoreTest, InEveryCallThereIs) {
  for (const Told what : {Told::kData, Told::kGap, Told::kSkipped, Told::kEnd}) {
    Recorder mine;
    mine.reaction = [&](RecordedConnection& connection, Side side, const Event& event) {
      if (event.what == what) {
        connection.control->ignore();
        connection.control->skip(side, 100);
      } else if (event.what == Told::kGap) {
        connection.control->skip(side, 2);
      }
    };
    FlowTable scoped(FlowLimits{}, mine, source);
    Conversation talk(scoped);
    talk.handshake();
    talk.send(kClient, 0, "ab", {.ack = 0});
    talk.send(kClient, 4, "efg", {.ack = 0});
    talk.pass(kSecond);
    talk.send(kClient, 7, "", {.fin = true, .ack = 0});
    EXPECT_EQ(mine.only().of(kClient).back().what, what);
    EXPECT_TRUE(mine.only().destroyed);
  }
}

TEST_F(IgnoreTest, AConnectionThatNobodyWants) {
  recorder.on_connection = [](RecordedConnection&) { return false; };
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "x", {.ack = 0});
  EXPECT_EQ(recorder.count(), 1U);
  EXPECT_EQ(source.ignored, 1);
  EXPECT_EQ(table().stats().flows, 0U);
}

}  // namespace
}  // namespace podwire::tcp
