// Bodies that the kernel programs leave out by themselves, where no tap wants any.
#include <sched.h>

#include "attach_mode.h"
#include "bpf/capture_record.h"
#include "collected_segments.h"
#include "frame.h"

namespace podwire::test {
namespace {

using kernel::KernelCapture;

constexpr std::size_t kPrefix = 16;
constexpr std::size_t kLarge = 60'000;
constexpr char kFinAck = '\x11';
constexpr char kSyn = '\x02';

std::string head(std::size_t length, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\nServer: x\r\n" + fields + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}
std::string body(std::size_t bytes) { return std::string(bytes, 'b'); }

// What a program knows besides the flows is of its processor.
class OneProcessor {
 public:
  OneProcessor() {
    ::sched_getaffinity(0, sizeof(before_), &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(::sched_getcpu(), &one);
    ::sched_setaffinity(0, sizeof(one), &one);
  }
  ~OneProcessor() { ::sched_setaffinity(0, sizeof(before_), &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_{};
};

class BodyTest : public EachAttachMode {
 protected:
  explicit BodyTest(bool read_heads = true) : capture_(with(read_heads)), id_(capture_.attach(path_of(pair_.client))) {
    for (const NetworkNamespace* side : {&pair_.server, &pair_.client}) side->ip("link set eth0 mtu 65535");
    capture_.set_wants(id_, {.bodies = false});
  }

  // The next payload of the flow, as the egress program told it; nothing when it made no record.
  std::optional<CollectedSegment> pass(const std::string& payload, char flags = '\x18') {
    return pass_at(next_, payload, flags);
  }
  std::optional<CollectedSegment> pass_at(std::uint32_t sequence, const std::string& payload, char flags = '\x18') {
    const std::uint64_t skipped = capture_.state(id_).counters.body_skipped;
    send_frame(pair_.client, ethernet(0x0800) + ipv4(tcp_segment(payload, "", sequence, flags)));
    next_ = sequence + static_cast<std::uint32_t>(payload.size());
    if (capture_.state(id_).counters.body_skipped > skipped) return std::nullopt;
    const auto is_it = [&](const CollectedSegment& segment) {
      return segment.header.source.port == 1234 && segment.header.sequence == sequence;
    };
    segments_.all.clear();
    EXPECT_TRUE(read_until(capture_, segments_, [&] { return segments_.count(is_it) > 0; }));
    return *std::ranges::find_if(segments_.all, is_it);
  }
  void expect_whole(const std::string& payload) {
    const std::optional<CollectedSegment> segment = pass(payload);
    ASSERT_TRUE(segment.has_value());
    EXPECT_EQ(segment->payload.size(), payload.size()) << payload.substr(0, 200);
    EXPECT_EQ(segment->header.left_out_bytes, 0U);
  }
  // Of a payload whose head is so long.
  void expect_left_out(const std::optional<CollectedSegment>& segment, std::size_t captured, std::size_t left_out) {
    ASSERT_TRUE(segment.has_value());
    EXPECT_EQ(segment->payload.size(), captured);
    EXPECT_EQ(segment->header.left_out_bytes, left_out);
  }

  static kernel::KernelCaptureOptions with(bool read_heads) {
    kernel::KernelCaptureOptions chosen = options();
    chosen.read_heads = read_heads;
    return chosen;
  }

  OneProcessor processor_;
  NamespacePair pair_;
  KernelCapture capture_;
  std::uint32_t id_;
  std::uint32_t next_ = 0xffff'0000U;  // the numbers come round during a body
  CollectedSegments segments_;
};
INSTANTIATE_TEST_SUITE_P(Modes, BodyTest, testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact),
                         mode_name);

TEST_P(BodyTest, BehindItsHeadIsLeftOutToItsEnd) {
  const std::string first = head(3 * kLarge);
  const std::optional<CollectedSegment> told = pass(first + body(kLarge));
  expect_left_out(told, first.size() + kPrefix, 3 * kLarge - kPrefix);
  EXPECT_EQ(told->payload, first + body(kPrefix));
  EXPECT_EQ(told->header.payload_bytes, first.size() + kLarge);
  EXPECT_FALSE(pass(body(kLarge)).has_value());
  const std::optional<CollectedSegment> last = pass(body(kLarge));
  expect_left_out(last, 0, 0);
  EXPECT_EQ(last->header.payload_bytes, kLarge) << "for its time";
  expect_whole(head(5) + "after");
}

TEST_P(BodyTest, WholeInOneSegmentIsLeftOut) {
  const std::string first = head(kLarge);
  expect_left_out(pass(first + body(kLarge)), first.size() + kPrefix, kLarge - kPrefix);
  expect_whole("HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_P(BodyTest, OfARequestIsLeftOut) {
  const std::string first =
      "POST /upload HTTP/1.1\r\nhost: a\r\ncontent-length:" + std::to_string(kLarge) + "\r\nx: y\r\n\r\n";
  expect_left_out(pass(first + body(kLarge)), first.size() + kPrefix, kLarge - kPrefix);
}

TEST_P(BodyTest, AnnouncedByAHeadAloneIsLeftOutOnceItBegins) {
  expect_whole(body(kLarge));  // where large segments are about, heads in small ones are looked at
  const std::optional<CollectedSegment> announcing = pass(head(2 * kLarge));
  ASSERT_TRUE(announcing.has_value());
  EXPECT_EQ(announcing->payload, head(2 * kLarge));
  EXPECT_TRUE(announcing->header.body_announced);
  EXPECT_EQ(announcing->header.left_out_bytes, 0U);
  const std::optional<CollectedSegment> first = pass(body(kLarge));
  expect_left_out(first, kPrefix, 2 * kLarge - kPrefix);
  EXPECT_FALSE(first->header.body_announced);
  expect_left_out(pass(body(kLarge)), 0, 0);
  expect_whole("HTTP/1.1 204 No Content\r\n\r\n");
}

// An answer to HEAD, or 304: RFC 9110, section 8.6.
TEST_P(BodyTest, AnnouncedAndNeverSentTakesNothingElse) {
  expect_whole(body(kLarge));
  EXPECT_TRUE(pass(head(10 * kLarge))->header.body_announced);
  expect_whole(head(5) + "small");
  expect_whole(head(5) + "small");
  EXPECT_TRUE(pass(head(10 * kLarge))->header.body_announced);
  expect_whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body(kLarge));
  expect_whole(body(kLarge));
}

// What comes before the segment that begins it is not known to be of a body.
TEST_P(BodyTest, AnnouncedIsNotBelievedOfALaterSegment) {
  expect_whole(body(kLarge));
  EXPECT_TRUE(pass(head(3 * kLarge))->header.body_announced);
  next_ += 100;
  expect_whole(body(kLarge));
}

TEST_P(BodyTest, HeadsInSmallSegmentsAreNotLookedAtWhereNoneIsLarge) {
  EXPECT_FALSE(pass(head(kLarge))->header.body_announced);
  expect_whole(body(1000));
}

TEST_P(BodyTest, OnlyAPlainHeadTellsOfOne) {
  const std::string rest = "Content-Length: 60000\r\n\r\n" + body(kLarge);
  const std::string line = "HTTP/1.1 200 OK\r\n";
  for (const std::string& payload : {
           line + "\r\n" + body(kLarge),
           line + "Transfer-Encoding: chunked\r\n" + rest,
           line + "transfer-encoding: gzip, chunked\r\n" + rest,
           line + "Content-Length: 60000\r\n" + rest,
           line + "X: y\r\n folded\r\n" + rest,
           line + "X: y\n" + rest,
           line + "Content-Type: application/grpc-web+proto\r\n" + rest,
           line + "CONTENT-TYPE:text/event-stream\r\n" + rest,
           line + "Content-Type:   application/grpc-web\r\n" + rest,
           line + "Content-Length: 60000, 60000\r\n\r\n" + body(kLarge),
           line + "Content-Length: -60000\r\n\r\n" + body(kLarge),
           line + "Content-Length: 0x60000\r\n\r\n" + body(kLarge),
           line + "Content-Length: \r\n\r\n" + body(kLarge),
           line + "Content-Length: 6000000000000\r\n\r\n" + body(kLarge),
           line + "Content-Length : 60000\r\n\r\n" + body(kLarge),
           line + "X-Content-Length: 60000\r\n\r\n" + body(kLarge),
           "PUT / HTTP/1.1\r\nExpect: 100-continue\r\n" + rest,
           "PUT / HTTP/2.0\r\n" + rest,
           "PUT / whatever\r\n" + rest,
           "P\r\n" + rest,
           "http/1.1 200 OK\r\n" + rest,
           std::string("HTTP/1.1 103 Early Hints\r\n\r\n") + line + rest,
           line + "Content-Length: 59999\r\n\r\n" + body(kLarge),  // and a byte of what comes next
           line + "Content-Length: 60000\r\n\r\nHTTP/1.1 200 OK\r\n" + body(kLarge - 17),
           line + "X: " + std::string(kLarge, 'x'),
           std::string(kLarge, '\0'),
       }) {
    expect_whole(payload);
  }
}

// Each length of a line, at each place in a word; the last heads are longer than what is looked at.
TEST_P(BodyTest, AHeadOfAnyLengthUpToTheBoundTellsOfOne) {
  for (std::size_t filler = 0; filler < 2'200; filler += filler < 80 || filler > 1'900 ? 1 : 97) {
    const std::string first = head(kLarge, "X: " + std::string(filler, 'x') + "\r\n");
    const std::optional<CollectedSegment> told = pass(first + body(kLarge));
    ASSERT_TRUE(told.has_value());
    const bool looked_at = first.size() <= 2'048;
    EXPECT_EQ(told->payload.size(), looked_at ? first.size() + kPrefix : first.size() + kLarge) << first.size();
  }
}

TEST_P(BodyTest, OfFewBytesIsCopied) {
  expect_whole(body(kLarge));
  expect_whole(head(1000) + body(1000));
  EXPECT_FALSE(pass(head(1000))->header.body_announced);
}

TEST_P(BodyTest, BeyondABoundUserSpaceHasToAsk) {
  const std::string first = head(100'000'000);
  expect_left_out(pass(first + body(kLarge)), first.size() + kPrefix, CAPTURE_LEFT_OUT_BYTES_MAX - kPrefix);
  for (std::size_t passed = 2 * kLarge; passed <= CAPTURE_LEFT_OUT_BYTES_MAX; passed += kLarge) {
    EXPECT_FALSE(pass(body(kLarge)).has_value());
  }
  expect_whole(body(kLarge));
}

TEST_P(BodyTest, WithTheLastSegmentOfTheConnectionIsLeftOut) {
  const std::string first = head(2 * kLarge);
  expect_left_out(pass(first + body(kLarge)), first.size() + kPrefix, 2 * kLarge - kPrefix);
  expect_left_out(pass(body(kLarge), kFinAck), 0, 0);
  expect_whole(body(kLarge));  // nothing is known of a flow that ended
}

// A payload on SYN (RFC 7413) is of another connection.
TEST_P(BodyTest, DoesNotReachIntoTheNextConnection) {
  pass(head(10 * kLarge) + body(kLarge));
  EXPECT_EQ(pass("GET / HTTP/1.1\r\n\r\n", kSyn)->payload, "GET / HTTP/1.1\r\n\r\n");
}

TEST_P(BodyTest, AnnouncedBeforeTheLastSegmentOfTheConnectionIsLeftOut) {
  expect_whole(body(kLarge));
  EXPECT_TRUE(pass(head(kLarge))->header.body_announced);
  expect_left_out(pass(body(kLarge), kFinAck), kPrefix, kLarge - kPrefix);
}

TEST_P(BodyTest, ItsNumbersAreForgottenOnceTheyPassed) {
  const std::uint32_t begin = next_;
  const std::string first = head(2 * kLarge);
  expect_left_out(pass(first + body(kLarge)), first.size() + kPrefix, 2 * kLarge - kPrefix);
  expect_left_out(pass(body(kLarge)), 0, 0);
  expect_whole("next");
  next_ = begin + 2'000;  // 4 GiB later
  expect_whole(body(1'000));
}

TEST_P(BodyTest, IsCopiedWhereATapWantsBodies) {
  capture_.set_wants(id_, {.bodies = true});
  expect_whole(head(kLarge) + body(kLarge));
  capture_.set_wants(id_, {.bodies = false});
  expect_whole(body(kLarge));
  EXPECT_TRUE(pass(head(2 * kLarge))->header.body_announced);
  capture_.set_wants(id_, {.bodies = true});
  expect_whole(body(kLarge));
  expect_whole(body(kLarge));
}

class PlainProgramsTest : public BodyTest {
 protected:
  PlainProgramsTest() : BodyTest(false) {}
};
INSTANTIATE_TEST_SUITE_P(Modes, PlainProgramsTest,
                         testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact), mode_name);

// As on kernels before 5.17.
TEST_P(PlainProgramsTest, LeaveNothingOutByThemselves) {
  expect_whole(head(kLarge) + body(kLarge));
  EXPECT_FALSE(pass(head(kLarge))->header.body_announced);
  expect_whole(body(kLarge));
}

}  // namespace
}  // namespace podwire::test
