#include "kernel/ring_reader.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "bpf/capture_record.h"
#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

constexpr std::chrono::milliseconds kVisitInterval{2};
// With so many records, later: what a visit finds cold in the caches and pushes out of them is then shared by more.
constexpr std::chrono::milliseconds kBusyVisitInterval{8};
constexpr std::size_t kBusyRecordsPerMs = 8;
constexpr std::chrono::milliseconds kBusiestVisitInterval{16};
constexpr std::size_t kBusiestRecordsPerMs = 32;
// So many visits without a record make the ring an idle one.
constexpr unsigned kQuietVisits = 5;
// The kernel gets its space back in steps of this size, not with every record.
constexpr std::uint64_t kReleaseBytes = 64 * 1024;

tcp::Endpoint endpoint(const __u8 (&address)[16], __u16 port, __u8 ip_version) {
  tcp::Endpoint endpoint;
  std::copy(std::begin(address), std::end(address), endpoint.address.bytes.begin());
  endpoint.address.version = ip_version;
  endpoint.port = port;
  return endpoint;
}

tcp::Hook hook_of(__u8 hook) {
  switch (hook) {
    case CAPTURE_INGRESS:
      return tcp::Hook::kIngress;
    case CAPTURE_EGRESS:
      return tcp::Hook::kEgress;
    default:
      return tcp::Hook::kInternal;
  }
}

std::chrono::milliseconds visit_interval_after(std::size_t records, std::chrono::milliseconds interval) {
  const std::size_t records_per_ms = records / static_cast<std::size_t>(interval.count());
  if (records_per_ms >= kBusiestRecordsPerMs) return kBusiestVisitInterval;
  return records_per_ms >= kBusyRecordsPerMs ? kBusyVisitInterval : kVisitInterval;
}

// `bytes` is a whole record, as the kernel programs write it.
tcp::Segment segment_of(std::span<const std::byte> bytes) {
  capture_record record;
  std::memcpy(&record, bytes.data(), sizeof(record));
  tcp::Segment segment;
  segment.seen_monotime_ns = record.seen_monotime_ns;
  segment.attachment_id = record.attachment_id;
  segment.sequence = record.sequence;
  segment.acknowledgment = record.acknowledgment;
  segment.payload_bytes = record.payload_bytes;
  segment.source = endpoint(record.source_address, record.source_port, record.ip_version);
  segment.destination = endpoint(record.destination_address, record.destination_port, record.ip_version);
  segment.flags = {(record.tcp_flags & CAPTURE_TCP_FIN) != 0, (record.tcp_flags & CAPTURE_TCP_SYN) != 0,
                   (record.tcp_flags & CAPTURE_TCP_RST) != 0, (record.tcp_flags & CAPTURE_TCP_ACK) != 0};
  segment.hook = hook_of(record.hook);
  const std::size_t captured = std::min<std::size_t>(record.captured_bytes, bytes.size() - sizeof(record));
  segment.left_out_bytes = record.left_out_bytes;
  segment.body_announced = record.body_announced != 0;
  segment.payload = {reinterpret_cast<const std::uint8_t*>(bytes.data() + sizeof(record)), captured};
  return segment;
}

// Gives back what was read, also when the sink throws.
class Release {
 public:
  explicit Release(RingMapping& ring) : ring_(ring), released_(ring.consumer_position()), position_(released_) {}
  ~Release() { ring_.release_until(position_); }
  Release(const Release&) = delete;
  Release& operator=(const Release&) = delete;

  [[nodiscard]] std::uint64_t position() const { return position_; }
  // Everything before `position` is taken, though still being looked at until the next call.
  void advance(std::uint64_t position) {
    if (position_ - released_ >= kReleaseBytes) {
      ring_.release_until(position_);
      released_ = position_;
    }
    position_ = position;
  }

 private:
  RingMapping& ring_;
  std::uint64_t released_;
  std::uint64_t position_;
};

}  // namespace

RingReader::RingReader(std::shared_ptr<SharedMaps> maps, unsigned ring, int wake_fd)
    : maps_(std::move(maps)),
      index_(ring),
      wake_fd_(wake_fd),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      quiet_visits_(kQuietVisits),
      visit_interval_(kVisitInterval) {
  epoll_event wake_event{};
  wake_event.events = EPOLLIN;
  wake_event.data.fd = wake_fd_;
  // Edge-triggered: level-triggered would return at once whenever anything is waiting.
  epoll_event ring_event{};
  ring_event.events = EPOLLIN | EPOLLET;
  ring_event.data.fd = maps_->ring(index_).fd();
  if (!epoll_.valid() || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_fd_, &wake_event) != 0 ||
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, ring_event.data.fd, &ring_event) != 0) {
    throw kernel_error("wait for a ring buffer", errno, kLoadCapabilities);
  }
}

std::size_t RingReader::read(SegmentSink& sink, std::chrono::milliseconds timeout) {
  const bool busy = quiet_visits_ < kQuietVisits;
  if (busy) {
    wait(found_large_ ? WakeUp::kWhenFull : WakeUp::kWhenLarge, std::min(timeout, visit_interval_));
  } else {
    wait(WakeUp::kAtOnce, timeout);
  }
  const std::size_t records = drain(sink);
  quiet_visits_ = records > 0 ? 0 : std::min(quiet_visits_ + 1, kQuietVisits);
  visit_interval_ = visit_interval_after(records, visit_interval_);
  return records;
}

std::size_t RingReader::drain(SegmentSink& sink) {
  RingMapping& ring = maps_->ring(index_);
  // What comes meanwhile is for the next visit: the caller has more to do than this.
  const std::uint64_t end = ring.producer_position();
  std::size_t records = 0;
  found_large_ = false;
  Release release(ring);
  while (release.position() < end) {
    const RingRecord record = ring.record_at(release.position());
    if (record.kind == RingRecord::Kind::kNone) break;
    release.advance(record.next_position);
    ring.prefetch(record.next_position);
    if (record.kind != RingRecord::Kind::kRecord || record.bytes.size() < sizeof(capture_record)) continue;
    ++records;
    const tcp::Segment segment = segment_of(record.bytes);
    found_large_ = found_large_ || segment.payload.size() >= CAPTURE_WAKEUP_SEGMENT_BYTES;
    sink.segment(segment);
  }
  return records;
}

std::uint32_t RingReader::doorbell_state(WakeUp wake_up) {
  switch (wake_up) {
    case WakeUp::kAtOnce:
      return CAPTURE_DOORBELL_AT_ONCE;
    case WakeUp::kWhenLarge:
      return CAPTURE_DOORBELL_WHEN_LARGE;
    default:
      return CAPTURE_DOORBELL_WHEN_FULL;
  }
}

void RingReader::set_doorbell(std::uint32_t state) {
  std::atomic_ref<std::uint32_t>(maps_->doorbell(index_).state).store(state, std::memory_order_seq_cst);
}

// The doorbell is set before the ring is looked at a last time; the kernel commits a record before it looks at the
// doorbell. With a full barrier there and sequentially consistent accesses here, one of them sees the other's.
void RingReader::wait(WakeUp wake_up, std::chrono::milliseconds timeout) {
  if (timeout <= std::chrono::milliseconds::zero()) return;
  const RingMapping& ring = maps_->ring(index_);
  set_doorbell(doorbell_state(wake_up));
  const std::uint64_t waiting = ring.producer_position() - ring.consumer_position();
  if (waiting < (wake_up == WakeUp::kAtOnce ? 1U : maps_->doorbell(index_).much_bytes)) {
    std::array<epoll_event, 2> events{};
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), static_cast<int>(timeout.count()));
    for (int i = 0; i < count; ++i) {
      if (events[static_cast<std::size_t>(i)].data.fd != wake_fd_) continue;
      std::uint64_t value = 0;
      [[maybe_unused]] const auto taken = ::read(wake_fd_, &value, sizeof(value));
    }
  }
  set_doorbell(CAPTURE_DOORBELL_OFF);
}

}  // namespace podwire::kernel
