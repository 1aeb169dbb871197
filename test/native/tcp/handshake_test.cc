#include "conversation.h"

namespace podwire::tcp {
namespace {

using HandshakeTest = ReassemblyTest;

TEST_F(HandshakeTest, ARequestAndItsResponse) {
  Conversation talk(table());
  talk.handshake();
  talk.send(kClient, 0, "GET", {.ack = 0});
  talk.send(kServer, 0, "200", {.ack = 3});
  EXPECT_EQ(client(), "GET");
  EXPECT_EQ(server(), "200");
  const ConnectionInfo& info = recorder.only().info;
  EXPECT_FALSE(info.joined_late);
  EXPECT_EQ(info.flow_id, 1U);
  EXPECT_EQ(info.initiator.port, 40'000);
  EXPECT_EQ(info.responder.port, 80);
  EXPECT_EQ(info.initiator_hook, Hook::kIngress);
}

TEST_F(HandshakeTest, SynWithPayload) {
  Conversation talk(table());
  talk.send(kClient, 0, "early ", {.syn = true});
  talk.send(kServer, 0, "", {.syn = true, .ack = 6});
  talk.send(kClient, 6, "data", {.ack = 0});
  EXPECT_EQ(client(), "early data");
}

TEST_F(HandshakeTest, SynPayloadThatIsSentAgainCountsOnce) {
  Conversation talk(table());
  talk.send(kClient, 0, "early ", {.syn = true});
  talk.send(kClient, 0, "early ", {.syn = true});
  talk.send(kServer, 0, "", {.syn = true, .ack = 0});
  talk.send(kClient, 0, "EARLY data", {.ack = 0});
  EXPECT_EQ(client(), "early data");
}

TEST_F(HandshakeTest, SynSentAgainIsTheSameConnection) {
  Conversation talk(table());
  talk.send(kClient, 0, "", {.syn = true});
  talk.send(kClient, 0, "", {.syn = true});
  talk.send(kServer, 0, "", {.syn = true, .ack = 0});
  talk.send(kServer, 0, "", {.syn = true, .ack = 0});
  talk.send(kClient, 0, "GET", {.ack = 0});
  talk.send(kClient, 0, "", {.syn = true});
  EXPECT_EQ(client(), "GET");
  EXPECT_FALSE(recorder.only().closed);
}

TEST_F(HandshakeTest, SynAckAloneTellsTheSides) {
  Conversation talk(table());
  talk.send(kServer, 0, "", {.syn = true, .ack = 0});
  talk.send(kClient, 0, "GET", {.ack = 0});
  talk.send(kServer, 0, "200", {.ack = 3});
  EXPECT_EQ(recorder.only().info.initiator.port, 40'000);
  EXPECT_EQ(recorder.only().info.initiator_hook, Hook::kIngress);
  EXPECT_FALSE(recorder.only().info.joined_late);
  EXPECT_EQ(client(), "GET");
  EXPECT_EQ(server(), "200");
}

TEST_F(HandshakeTest, AfterAMissedSynAckTheResponderIsJoinedLate) {
  Conversation talk(table());
  talk.send(kClient, 0, "", {.syn = true});
  talk.send(kClient, 0, "GET", {.ack = 0});
  talk.send(kServer, 0, "200", {.ack = 3});
  EXPECT_EQ(client(), "GET");
  EXPECT_EQ(server(), "[late 0]200");
}

TEST_F(HandshakeTest, WhereItIsJoinedBytesThatWereNotAcknowledgedAreTold) {
  Conversation talk(table());
  talk.send(kClient, 0, "", {.syn = true});
  talk.send(kClient, 0, "GET", {.ack = 4});
  talk.send(kServer, 7, "200", {.ack = 3});
  EXPECT_EQ(server(), "[late 3]200");
}

TEST_F(HandshakeTest, ASynAckAfterTheFirstDataStillSetsTheStart) {
  Conversation talk(table());
  talk.send(kClient, 0, "", {.syn = true});
  talk.send(kClient, 0, "GET", {.ack = 0});
  talk.send(kServer, 0, "", {.syn = true, .ack = 0});
  talk.send(kServer, 0, "200", {.ack = 3});
  EXPECT_EQ(server(), "200");
}

TEST_F(HandshakeTest, SimultaneousOpen) {
  Conversation talk(table());
  talk.send(kClient, 0, "", {.syn = true});
  talk.send(kServer, 0, "", {.syn = true});
  talk.send(kClient, 0, "", {.syn = true, .ack = 0});
  talk.send(kServer, 0, "", {.syn = true, .ack = 0});
  talk.send(kServer, 0, "b", {.ack = 0});
  talk.send(kClient, 0, "a", {.ack = 1});
  EXPECT_EQ(client(), "a");
  EXPECT_EQ(server(), "b");
}

TEST_F(HandshakeTest, ASynWithAnotherNumberBeginsAnotherConnection) {
  Conversation first(table());
  first.handshake();
  first.send(kClient, 0, "old", {.ack = 0});
  Conversation second(table(), 0x80001001);
  second.now_ns = first.now_ns;
  second.handshake();
  second.send(kClient, 0, "new", {.ack = 0});
  ASSERT_EQ(recorder.count(), 2U);
  EXPECT_TRUE(recorder.at(0).destroyed);
  EXPECT_EQ(recorder.at(0).close_cause, CloseCause::kReused);
  EXPECT_EQ(recorder.at(0).story(kClient), "old");
  EXPECT_EQ(recorder.at(1).story(kClient), "new");
  EXPECT_EQ(recorder.at(1).info.flow_id, 2U);
}

TEST_F(HandshakeTest, TheSameAddressesOnAnotherAttachmentAreAnotherFlow) {
  Conversation one(table());
  Conversation other(table());
  other.attachment_id = 2;
  one.handshake();
  other.handshake();
  one.send(kClient, 0, "one", {.ack = 0});
  other.send(kClient, 0, "other", {.ack = 0});
  ASSERT_EQ(recorder.count(), 2U);
  EXPECT_EQ(recorder.at(0).story(kClient), "one");
  EXPECT_EQ(recorder.at(1).story(kClient), "other");
}

TEST_F(HandshakeTest, LoopbackSeesEachSegmentOnce) {
  Conversation talk(table());
  for (const Side side : {kClient, kServer}) {
    Segment segment = talk.make(side, 0, "x", {.ack = 0});
    segment.hook = Hook::kInternal;
    table().segment(segment);
  }
  EXPECT_EQ(recorder.only().info.initiator_hook, Hook::kInternal);
  EXPECT_EQ(recorder.only().data(kServer), "x");
}

TEST_F(HandshakeTest, JoinedLateIsToldOncePerSide) {
  Conversation talk(table());
  talk.send(kServer, 5000, "tail of a response", {.ack = 700});
  talk.send(kClient, 700, "GET", {.ack = 5018});
  talk.send(kServer, 5018, "200", {.ack = 703});
  RecordedConnection& joined = recorder.only();
  EXPECT_TRUE(joined.info.joined_late);
  EXPECT_EQ(joined.info.initiator.port, 80) << "the sender of the first segment";
  EXPECT_EQ(joined.story(Side::kInitiator), "[late 0]tail of a response200");
  EXPECT_EQ(joined.story(Side::kResponder), "[late 0]GET");
}

// What was acknowledged before the join may be sent again; what was in flight may have passed.
TEST_F(HandshakeTest, TheOtherSideIsJoinedAtTheAcknowledgment) {
  Conversation talk(table());
  talk.send(kClient, 100, "a", {.ack = 2000});
  talk.send(kServer, 1990, "old", {.ack = 101});
  talk.send(kServer, 1998, "oldnew", {.ack = 101});
  EXPECT_EQ(server(), "[late 0]dnew") << "1998 and 1999 had been acknowledged";
}

TEST_F(HandshakeTest, BytesInFlightAtTheJoinAreNotWaitedFor) {
  Conversation talk(table());
  talk.send(kClient, 100, "a", {.ack = 2000});
  talk.send(kServer, 3000, "later", {.ack = 101});
  EXPECT_EQ(server(), "[late 1000]later");
  talk.send(kServer, 2500, "earlier", {.ack = 101});
  EXPECT_EQ(server(), "[late 1000]later");
}

TEST_F(HandshakeTest, NothingBeginsWithABareFinOrRst) {
  Conversation talk(table());
  talk.send(kClient, 5, "", {.fin = true, .ack = 0});
  talk.send(kClient, 5, "", {.rst = true});
  talk.send(kClient, 5, "", {.ack = 3});
  EXPECT_EQ(recorder.count(), 0U);
  EXPECT_EQ(table().stats().stray_segments, 3U);
}

}  // namespace
}  // namespace podwire::tcp
