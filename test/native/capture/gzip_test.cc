#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "capture/file/descriptor_source.h"
#include "capture_formats.h"
#include "packets.h"
#include "read_all.h"
#include "text_match.h"

namespace podwire::capture::test {
namespace {

std::vector<std::uint8_t> small_file() {
  Octets file;
  file.append(pcap_header({}));
  for (int packet = 0; packet < 3; ++packet) {
    file.append(pcap_record(std::endian::little, 1, 0,
                            ethernet(kIpv4Type, ipv4(tcp({.payload = "packet " + std::to_string(packet)})))));
  }
  return file.bytes();
}

std::vector<std::uint8_t> gzip(std::span<const std::uint8_t> plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::vector<std::uint8_t> compressed(deflateBound(&stream, plain.size()));
  std::vector<std::uint8_t> input(plain.begin(), plain.end());
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = compressed.data();
  stream.avail_out = static_cast<uInt>(compressed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

TEST(Gzip, OneMemberInAnyPieces) {
  const auto compressed = gzip(small_file());
  for (const std::size_t chunk : {1, 2, 3, 7, 1 << 20}) {
    const Outcome outcome = read_bytes(compressed, chunk);
    EXPECT_EQ(outcome.problem, std::nullopt) << chunk;
    ASSERT_EQ(outcome.segments.size(), 3U) << chunk;
    EXPECT_EQ(outcome.segments[2].payload, "packet 2");
  }
}

TEST(Gzip, SeveralMembersAndWhatFollowsThem) {
  const auto plain = small_file();
  Octets file;
  file.append(gzip(std::span(plain).first(50))).append(gzip(std::span(plain).subspan(50))).zeros(512);
  for (const std::size_t chunk : {1, 11, 1 << 20}) {
    const Outcome outcome = read_bytes(file.bytes(), chunk);
    EXPECT_EQ(outcome.problem, std::nullopt);
    EXPECT_EQ(outcome.segments.size(), 3U);
  }
}

TEST(Gzip, TruncatedAtEveryByte) {
  const auto compressed = gzip(small_file());
  for (std::size_t length = 4; length < compressed.size(); ++length) {
    const std::vector<std::uint8_t> cut(compressed.begin(), compressed.begin() + static_cast<std::ptrdiff_t>(length));
    const Outcome outcome = read_bytes(cut);
    ASSERT_TRUE(starts_with(outcome.problem, "The gzip data ends too early, at byte " + std::to_string(length) + ":"));
  }
  // The check sum comes last: everything before it was still read.
  std::vector<std::uint8_t> cut(compressed.begin(), compressed.end() - 1);
  EXPECT_EQ(read_bytes(cut).segments.size(), 3U);
}

TEST(Gzip, DamagedAndForeignContent) {
  auto compressed = gzip(small_file());
  compressed[compressed.size() - 8] ^= 0xff;  // the check sum
  const Outcome damaged = read_bytes(compressed);
  EXPECT_EQ(damaged.segments.size(), 3U);
  EXPECT_TRUE(contains(damaged.problem, "incorrect data check"));
  auto wrong_length = gzip(small_file());
  wrong_length.back() ^= 0xff;
  for (const std::size_t chunk : {1, 1 << 20}) {
    const Outcome outcome = read_bytes(wrong_length, chunk);
    EXPECT_EQ(outcome.segments.size(), 3U);
    EXPECT_TRUE(contains(outcome.problem, "incorrect length check")) << chunk;
  }
  const auto foreign = Octets().text("hello, world").bytes();
  EXPECT_TRUE(contains(read_bytes(gzip(foreign)).problem, "but 68 65 6c 6c came at byte 0 after decompression"));
}

TEST(DescriptorSource, ReadsAPipeThatIsWrittenInPiecesAndTellsBeforeItWaits) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  const auto file = small_file();
  const StopSignal stop;
  std::size_t written = 0;
  // Each time it finds nothing to read, the next piece comes; then the end.
  const auto write_more = [&] {
    const std::size_t piece = std::min<std::size_t>(50, file.size() - written);
    if (piece == 0) return static_cast<void>(::close(ends[1]));
    ASSERT_EQ(::write(ends[1], file.data() + written, piece), static_cast<ssize_t>(piece));
    written += piece;
  };
  const Outcome outcome = read_source(std::make_unique<DescriptorSource>(ends[0], stop, write_more));
  ::close(ends[0]);
  EXPECT_EQ(outcome.problem, std::nullopt);
  EXPECT_EQ(outcome.segments.size(), 3U);
  EXPECT_EQ(written, file.size());
}

TEST(DescriptorSource, IsStoppedWhileItWaits) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  StopSignal stop;
  // Raised exactly when the pipe was found empty.
  DescriptorSource source(ends[0], stop, [&] { stop.raise(); });
  std::array<std::uint8_t, 16> into{};
  EXPECT_THROW(static_cast<void>(source.read(into)), ReadAborted);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(DescriptorSource, NamesWhatFailed) {
  const StopSignal stop;
  EXPECT_THROW(DescriptorSource(-1, stop, [] {}), FileProblem);
  const int directory = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const Outcome outcome = read_source(std::make_unique<DescriptorSource>(directory, stop, [] {}));
  ::close(directory);
  EXPECT_EQ(outcome.problem, "The file cannot be read: Is a directory.");
}

}  // namespace
}  // namespace podwire::capture::test
