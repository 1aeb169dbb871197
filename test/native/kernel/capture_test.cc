// What real connections look like to a capture.
#include <gmock/gmock.h>

#include <map>

#include "attach_mode.h"
#include "collected_segments.h"

namespace podwire::test {
namespace {

using kernel::KernelCapture;
using kernel::NamespaceSource;

class CaptureTest : public EachAttachMode {};
INSTANTIATE_TEST_SUITE_P(Modes, CaptureTest, testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact),
                         mode_name);

bool has_fin(const CollectedSegment& segment) { return segment.header.flags.fin; }

std::string text_of(const tcp::Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(address.version == 4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size());
}

// Bytes of one direction, put in their places by sequence number.
std::string stream_of(const CollectedSegments& segments, std::uint16_t source_port, std::size_t size) {
  std::string stream(size, '\0');
  std::uint32_t first = 0;
  for (const auto& segment : segments.all) {
    if (segment.header.source.port == source_port && segment.header.flags.syn) first = segment.header.sequence + 1;
  }
  for (const auto& segment : segments.all) {
    if (segment.header.source.port != source_port) continue;
    const std::size_t offset = segment.header.sequence - first;
    if (offset + segment.payload.size() <= size) stream.replace(offset, segment.payload.size(), segment.payload);
  }
  return stream;
}

std::string pattern(std::size_t size) {
  std::string data(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : data) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return data;
}

// A request and a response at the server's attachment: every segment once, and no pure ACK.
void expect_exchange(const std::string& client_address, const std::string& server_address, NamespacePair& pair,
                     KernelCapture& capture) {
  CollectedSegments segments;
  const std::uint32_t id = capture.attach({NamespaceSource::Kind::kPath, pair.server.path()});
  std::uint16_t client_port = 0;
  {
    TcpConnection connection(pair.client, pair.server, server_address, 8080);
    client_port = connection.client_port();
    EXPECT_EQ(TcpConnection::transfer(connection.client(), connection.server(), "question"), "question");
    EXPECT_EQ(TcpConnection::transfer(connection.server(), connection.client(), "answer!"), "answer!");
  }
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.count(has_fin) >= 2; }));

  std::map<std::string, int> kinds;
  for (const auto& segment : segments.all) {
    const bool from_client = segment.header.source.port == client_port;
    const tcp::Endpoint& client = from_client ? segment.header.source : segment.header.destination;
    const tcp::Endpoint& server = from_client ? segment.header.destination : segment.header.source;
    EXPECT_EQ(text_of(client.address), client_address);
    EXPECT_EQ(text_of(server.address), server_address);
    EXPECT_EQ(client.port, client_port);
    EXPECT_EQ(server.port, 8080);
    EXPECT_EQ(segment.header.attachment_id, id);
    EXPECT_EQ(segment.header.hook, from_client ? tcp::Hook::kIngress : tcp::Hook::kEgress);
    EXPECT_EQ(segment.header.payload_bytes, segment.payload.size());
    EXPECT_TRUE(segment.header.payload_bytes > 0 || segment.header.flags.syn || segment.header.flags.fin);
    EXPECT_EQ(segment.header.flags.ack, !segment.header.flags.syn || !from_client);
    std::string kind = from_client ? "client" : "server";
    if (segment.header.flags.syn) kind += " SYN";
    if (segment.header.flags.fin) kind += " FIN";
    ++kinds[kind + (segment.payload.empty() ? "" : " " + segment.payload)];
  }
  EXPECT_THAT(kinds, testing::ElementsAre(testing::Pair("client FIN", 1), testing::Pair("client SYN", 1),
                                          testing::Pair("client question", 1), testing::Pair("server FIN", 1),
                                          testing::Pair("server SYN", 1), testing::Pair("server answer!", 1)));
  const kernel::Counters counters = capture.state(id).counters;
  EXPECT_EQ(counters.packets, 6U);
  EXPECT_EQ(counters.records, 6U);
  EXPECT_EQ(counters.unreadable + counters.ring_full + counters.ip_fragment, 0U);
}

TEST_P(CaptureTest, ShowsAConnectionOverIpv4) {
  NamespacePair pair;
  KernelCapture capture(options());
  expect_exchange("198.18.0.1", "198.18.0.2", pair, capture);
}

TEST_P(CaptureTest, ShowsAConnectionOverIpv6) {
  NamespacePair pair;
  KernelCapture capture(options());
  expect_exchange("2001:2::1", "2001:2::2", pair, capture);
}

// Kernels may come without a kind of interface; the packets themselves are also tested as frames.
bool kernel_has(const std::string& kind) {
  const NetworkNamespace ns;
  ns.ip("link add below type veth peer name above");
  return try_command("ip -n " + ns.name() + " link add link below name tried type " + kind).status == 0;
}

// Both eth0 and the VLAN interface on it are in the namespace, and each segment is wanted once.
TEST_P(CaptureTest, ShowsTaggedPacketsOnce) {
  if (!kernel_has("vlan id 1")) GTEST_SKIP() << "this kernel has no VLAN interfaces";
  NamespacePair pair;
  for (const auto& [ns, address] :
       {std::pair{&pair.client, "198.19.0.1/24"}, std::pair{&pair.server, "198.19.0.2/24"}}) {
    ns->ip("link add link eth0 name eth0.7 type vlan id 7");
    ns->ip(std::string("addr add ") + address + " dev eth0.7");
    ns->ip("link set eth0.7 up");
  }
  KernelCapture capture(options());
  expect_exchange("198.19.0.1", "198.19.0.2", pair, capture);
}

TEST_P(CaptureTest, ShowsDoublyTaggedPackets) {
  if (!kernel_has("vlan id 1")) GTEST_SKIP() << "this kernel has no VLAN interfaces";
  NamespacePair pair;
  for (const auto& [ns, address] :
       {std::pair{&pair.client, "198.19.0.1/24"}, std::pair{&pair.server, "198.19.0.2/24"}}) {
    ns->ip("link add link eth0 name outer type vlan proto 802.1ad id 8");
    ns->ip("link set outer up");
    ns->ip("link add link outer name inner type vlan id 9");
    ns->ip(std::string("addr add ") + address + " dev inner");
    ns->ip("link set inner up");
  }
  KernelCapture capture(options());
  expect_exchange("198.19.0.1", "198.19.0.2", pair, capture);
}

TEST_P(CaptureTest, ShowsTheLoopbackOnce) {
  NetworkNamespace ns;
  KernelCapture capture(options());
  CollectedSegments segments;
  const std::uint32_t id = capture.attach(path_of(ns));
  {
    TcpConnection connection(ns, ns, "127.0.0.1", 8080);
    TcpConnection::transfer(connection.client(), connection.server(), "within");
  }
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.count(has_fin) >= 2; }));
  EXPECT_EQ(segments.all.size(), 5U);  // SYN, SYN, data, FIN, FIN
  EXPECT_EQ(segments.count([](const auto& segment) { return segment.header.hook == tcp::Hook::kInternal; }), 5U);
  EXPECT_EQ(segments.count([](const auto& segment) { return segment.payload == "within"; }), 1U);
  const kernel::AttachmentState state = capture.state(id);
  ASSERT_EQ(state.interfaces.size(), 1U);
  EXPECT_EQ(state.interfaces[0].name, "lo");
  EXPECT_EQ(state.interfaces[0].index, 1U);
}

// Segmentation offload gives packets of up to 64 KiB: all of their bytes come.
TEST_P(CaptureTest, CopiesWholeOffloadedPackets) {
  constexpr std::size_t kBytes = 6U << 20U;
  for (const std::string address : {"198.18.0.2", "2001:2::2"}) {
    NamespacePair pair;
    KernelCapture capture(options());
    CollectedSegments segments;
    const std::uint32_t id = capture.attach(path_of(pair.server));
    const std::string data = pattern(kBytes);
    std::uint16_t client_port = 0;
    {
      TcpConnection connection(pair.client, pair.server, address, 8080);
      client_port = connection.client_port();
      ASSERT_EQ(TcpConnection::transfer(connection.client(), connection.server(), data), data);
    }
    ASSERT_TRUE(read_until(capture, segments, [&] { return segments.count(has_fin) >= 2; }));
    ASSERT_EQ(capture.state(id).counters.ring_full, 0U);
    EXPECT_EQ(stream_of(segments, client_port, kBytes), data);
    EXPECT_GT(segments.count([](const auto& segment) { return segment.payload.size() > 10'000; }), 0U);
    std::uint64_t seen_before = 0;
    for (const auto& segment : segments.all) {
      EXPECT_EQ(segment.payload.size(), segment.header.payload_bytes);
      EXPECT_GT(segment.header.seen_monotime_ns, seen_before / 2);  // CLOCK_MONOTONIC, not zero
      seen_before = segment.header.seen_monotime_ns;
    }
  }
}

// BIG TCP: a packet beyond 64 KiB is one record with its first 64 KiB.
TEST_P(CaptureTest, CutsPacketsBeyond64KiB) {
  NamespacePair pair;
  for (const NetworkNamespace* ns : {&pair.client, &pair.server}) {
    ns->ip("link set eth0 gso_max_size 196608 gro_max_size 196608");
  }
  KernelCapture capture(options());
  CollectedSegments segments;
  (void)capture.attach(path_of(pair.client));
  {
    TcpConnection connection(pair.client, pair.server, "2001:2::2", 8080);
    const std::string data = pattern(8U << 20U);
    ASSERT_EQ(TcpConnection::transfer(connection.client(), connection.server(), data), data);
  }
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.count(has_fin) >= 2; }));
  std::size_t large = 0;
  for (const auto& segment : segments.all) {
    EXPECT_EQ(segment.payload.size(), std::min<std::size_t>(segment.header.payload_bytes, 65536));
    if (segment.header.payload_bytes > 65536) ++large;
  }
  EXPECT_GT(large, 0U);
}

TEST_P(CaptureTest, LeavesUdpInTheKernel) {
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  const std::uint32_t id = capture.attach(path_of(pair.server));
  const int sender = pair.client.socket(AF_INET, SOCK_DGRAM);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(8080);
  ::inet_pton(AF_INET, "198.18.0.2", &address.sin_addr);
  // Large enough to be sent in fragments.
  const std::string datagram(4000, 'u');
  ASSERT_EQ(::sendto(sender, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                     sizeof(address)),
            static_cast<ssize_t>(datagram.size()));
  ::close(sender);
  { TcpConnection after(pair.client, pair.server, "198.18.0.2", 8080); }
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.count(has_fin) >= 2; }));
  const kernel::Counters counters = capture.state(id).counters;
  EXPECT_EQ(counters.packets, 4U);  // SYN and FIN each way
  EXPECT_EQ(counters.ip_fragment, 0U);
  EXPECT_EQ(counters.unreadable, 0U);
}

TEST_P(CaptureTest, ServesTwoAttachmentsOfOneInterface) {
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  const std::uint32_t first = capture.attach(path_of(pair.server));
  const std::uint32_t second = capture.attach(path_of(pair.server));
  ASSERT_NE(first, second);
  const auto of = [&](std::uint32_t id, const std::string& text) {
    return segments.count(
        [&](const auto& segment) { return segment.header.attachment_id == id && segment.payload == text; });
  };
  TcpConnection connection(pair.client, pair.server, "198.18.0.2", 8080);
  TcpConnection::transfer(connection.client(), connection.server(), "both");
  ASSERT_TRUE(read_until(capture, segments, [&] { return of(first, "both") == 1 && of(second, "both") == 1; }));

  capture.detach(first);
  TcpConnection::transfer(connection.client(), connection.server(), "one");
  ASSERT_TRUE(read_until(capture, segments, [&] { return of(second, "one") == 1; }));
  EXPECT_EQ(of(first, "one"), 0U);
  EXPECT_TRUE(capture.state(second).alive);
  EXPECT_THROW((void)capture.state(first), kernel::KernelError);
}

}  // namespace
}  // namespace podwire::test
