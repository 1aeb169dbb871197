// What user space tells the kernel: ports, flows to ignore, bodies to skip.
#include "attach_mode.h"
#include "collected_segments.h"

namespace podwire::test {
namespace {

using kernel::KernelCapture;

class FlowControlTest : public EachAttachMode {
 protected:
  [[nodiscard]] static tcp::Endpoint endpoint(const std::string& address, std::uint16_t port) {
    tcp::Endpoint endpoint;
    endpoint.port = port;
    endpoint.address.version = address.find(':') == std::string::npos ? 4 : 6;
    ::inet_pton(endpoint.address.version == 4 ? AF_INET : AF_INET6, address.c_str(), endpoint.address.bytes.data());
    return endpoint;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, FlowControlTest, testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact),
                         mode_name);

TEST_P(FlowControlTest, WantsOnlyTheChosenPorts) {
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  const std::uint32_t id = capture.attach(path_of(pair.server));
  capture.set_wants(id, {.ports = {8081, 8080}});
  {
    TcpConnection other(pair.client, pair.server, "198.18.0.2", 9090);
    TcpConnection::transfer(other.client(), other.server(), "unwanted");
    TcpConnection chosen(pair.client, pair.server, "198.18.0.2", 8080);
    TcpConnection::transfer(chosen.client(), chosen.server(), "wanted");
    ASSERT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("wanted"); }));
    EXPECT_EQ(capture.state(id).counters.packets, 3U);  // SYN, SYN, data
    capture.set_wants(id, {});
    TcpConnection::transfer(other.client(), other.server(), "now wanted");
    ASSERT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("now wanted"); }));
  }
  EXPECT_FALSE(segments.has_payload("unwanted"));
}

TEST_P(FlowControlTest, IgnoresAFlowUntilItIsForgotten) {
  for (const auto& [client, server] : {std::pair{"198.18.0.1", "198.18.0.2"}, std::pair{"2001:2::1", "2001:2::2"}}) {
    NamespacePair pair;
    KernelCapture capture(options());
    CollectedSegments segments;
    const std::uint32_t id = capture.attach(path_of(pair.server));
    TcpConnection connection(pair.client, pair.server, server, 8080);
    const tcp::Endpoint one = endpoint(client, connection.client_port());
    const tcp::Endpoint other = endpoint(server, 8080);
    capture.ignore_flow(id, one, other);
    TcpConnection::transfer(connection.client(), connection.server(), "ignored there");
    TcpConnection::transfer(connection.server(), connection.client(), "ignored back");
    EXPECT_EQ(capture.state(id).counters.ignored, 2U);
    capture.forget_flow(id, other, one);
    TcpConnection::transfer(connection.client(), connection.server(), "seen");
    ASSERT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("seen"); }));
    EXPECT_FALSE(segments.has_payload("ignored there"));
    EXPECT_FALSE(segments.has_payload("ignored back"));

    // The end of an ignored flow is told all the same.
    capture.ignore_flow(id, other, one);
    connection.close_client();
    ASSERT_TRUE(read_until(capture, segments, [&] {
      return segments.count([](const auto& segment) { return segment.header.flags.fin; }) > 0;
    }));
  }
}

// Puts the client's first sequence number shortly before 2^32.
void choose_initial_sequence(int socket, std::uint32_t sequence) {
  const int on = 1;
  const int queue = TCP_SEND_QUEUE;
  const int off = -1;  // TCP_REPAIR_OFF_NO_WP
  ASSERT_EQ(::setsockopt(socket, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)), 0);
  ASSERT_EQ(::setsockopt(socket, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)), 0);
  ASSERT_EQ(::setsockopt(socket, IPPROTO_TCP, TCP_QUEUE_SEQ, &sequence, sizeof(sequence)), 0);
  ASSERT_EQ(::setsockopt(socket, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)), 0);
}

// Ten segments of 100 bytes, across the wrap of sequence numbers; the last is told for its time.
TEST_P(FlowControlTest, SkipsABodyAcrossTheWrapOfSequenceNumbers) {
  constexpr std::uint32_t kInitialSequence = 0xffffff00U;
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  const std::uint32_t id = capture.attach(path_of(pair.server));
  TcpConnection connection(pair.client, pair.server, "198.18.0.2", 8080,
                           [](int socket) { choose_initial_sequence(socket, kInitialSequence); });
  const std::uint32_t first = kInitialSequence + 1;
  capture.skip_body(id, endpoint("198.18.0.1", connection.client_port()), endpoint("198.18.0.2", 8080), first,
                    first + 1000);
  for (int i = 0; i < 10; ++i) {
    const std::string part(100, static_cast<char>('0' + i));
    ASSERT_EQ(TcpConnection::transfer(connection.client(), connection.server(), part), part);
  }
  TcpConnection::transfer(connection.client(), connection.server(), "after");
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("after"); }));
  EXPECT_EQ(capture.state(id).counters.body_skipped, 9U);
  const auto told_without_payload = [](const CollectedSegment& segment) {
    return segment.header.payload_bytes == 100 && segment.payload.empty();
  };
  EXPECT_EQ(segments.count(told_without_payload), 1U);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(segments.has_payload(std::string(100, static_cast<char>('0' + i))));
}

TEST_P(FlowControlTest, ForgettingAFlowEndsASkip) {
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  const std::uint32_t id = capture.attach(path_of(pair.server));
  TcpConnection connection(pair.client, pair.server, "198.18.0.2", 8080,
                           [](int socket) { choose_initial_sequence(socket, 1000); });
  const tcp::Endpoint client = endpoint("198.18.0.1", connection.client_port());
  const tcp::Endpoint server = endpoint("198.18.0.2", 8080);
  capture.skip_body(id, client, server, 1001, 1'000'000);
  TcpConnection::transfer(connection.client(), connection.server(), "skipped");
  EXPECT_EQ(capture.state(id).counters.body_skipped, 1U);
  capture.forget_flow(id, server, client);
  TcpConnection::transfer(connection.client(), connection.server(), "seen");
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("seen"); }));
  EXPECT_FALSE(segments.has_payload("skipped"));

  // A FIN comes although a skip covers it, without what it covers.
  capture.skip_body(id, client, server, 1001, 1'000'000);
  const int cork = 1;
  ::setsockopt(connection.client(), IPPROTO_TCP, TCP_CORK, &cork, sizeof(cork));
  ASSERT_EQ(::send(connection.client(), "last", 4, 0), 4);
  ASSERT_EQ(::shutdown(connection.client(), SHUT_WR), 0);
  ASSERT_TRUE(read_until(capture, segments, [&] {
    return segments.count([](const auto& segment) { return segment.header.flags.fin; }) > 0;
  }));
  EXPECT_FALSE(segments.has_payload("last"));
}

}  // namespace
}  // namespace podwire::test
