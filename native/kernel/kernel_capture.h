// The kernel's half of a live capture: programs on interfaces, rings, and what user space tells the kernel.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernel/wants.h"
#include "tcp/segment.h"

namespace podwire::kernel {

enum class AttachMode : std::uint8_t { kTcx, kClsact };
enum class Loopback : std::uint8_t { kAtOnce, kFollows };

enum class ErrorCode : std::uint8_t {
  kNoSuchNamespace,
  kNoSuchInterface,
  kNoInterfaces,
  kPermission,
  kKernel,
  kNoSuchAttachment,
};

// `what()` is a sentence for the user: what was tried, what came, how to mend it.
class KernelError : public std::runtime_error {
 public:
  KernelError(ErrorCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  [[nodiscard]] ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

struct NamespaceSource {
  enum class Kind : std::uint8_t { kPath, kInterface } kind = Kind::kPath;
  std::string value;  // path of a namespace file, or name of an interface of this process's namespace
};

struct Interface {
  std::string name;
  std::uint32_t index = 0;

  friend bool operator==(const Interface&, const Interface&) = default;
};

// Unit: packets; cumulative since the attachment began. As in bpf/capture_record.h.
struct Counters {
  std::uint64_t packets = 0;
  std::uint64_t records = 0;
  std::uint64_t body_skipped = 0;
  std::uint64_t ignored = 0;
  std::uint64_t ring_full = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t ip_fragment = 0;

  friend bool operator==(const Counters&, const Counters&) = default;
};

struct AttachmentState {
  bool alive = false;  // false once every interface of it is gone
  std::vector<Interface> interfaces;
  Counters counters;

  friend bool operator==(const AttachmentState&, const AttachmentState&) = default;
};

struct RingFill {
  std::uint64_t used_bytes = 0;  // reserved and not yet given back
  std::uint64_t size_bytes = 0;
};

class SegmentSink {
 public:
  virtual ~SegmentSink() = default;
  virtual void segment(const tcp::Segment& segment) = 0;
};

struct KernelCaptureOptions {
  AttachMode mode = AttachMode::kTcx;
  std::uint32_t ring_bytes = 16U << 20U;  // a power of two, at least 1 MiB
  unsigned rings = 1;
  bool read_heads = true;  // false: leave no body out before it was asked for, as on a kernel before 5.17
};

// Maps and rings exist from the first attach to the last detach; a ring that was being read goes with the next `read`,
// which hands over what still waits in it. Methods may be called on any thread, but `read`
// for one ring only on one thread at a time. Failures throw KernelError.
class KernelCapture {
 public:
  explicit KernelCapture(const KernelCaptureOptions& options);
  ~KernelCapture();  // detaches everything
  KernelCapture(const KernelCapture&) = delete;
  KernelCapture& operator=(const KernelCapture&) = delete;

  // Attaches to every interface of the namespace that is there now (its loopback too), or to the one named. Where the
  // loopback follows the others, that is on a thread of its own, for which `state`, `changed` and `detach` wait: each
  // link takes a grace period of the kernel, some milliseconds.
  [[nodiscard]] std::uint32_t attach(const NamespaceSource& source, Loopback loopback = Loopback::kAtOnce);
  void detach(std::uint32_t attachment_id);
  // Until it is told, everything is wanted.
  void set_wants(std::uint32_t attachment_id, const Wants& wants);
  [[nodiscard]] AttachmentState state(std::uint32_t attachment_id) const;
  // Those whose state is another than `state` has last returned, or cannot be read.
  [[nodiscard]] std::vector<std::uint32_t> changed() const;
  // As in `state`, in a fraction of its time.
  [[nodiscard]] Counters counters(std::uint32_t attachment_id) const;

  // Hands over what waits in the ring, waiting for at most `timeout` when it is empty. Returns the records read.
  std::size_t read(unsigned ring, SegmentSink& sink, std::chrono::milliseconds timeout);
  // How full each ring is now; none while nothing is attached.
  [[nodiscard]] std::vector<RingFill> ring_fills() const;
  // Makes a waiting `read` of every ring return.
  void wake();

  // Segments of this direction wholly in [from, until) need not be copied.
  void skip_body(std::uint32_t attachment_id, const tcp::Endpoint& source, const tcp::Endpoint& destination,
                 std::uint32_t from_sequence, std::uint32_t until_sequence);
  void ignore_flow(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other);
  // Removes what the two above set for both directions.
  void forget_flow(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Addresses of the namespace's interfaces, without loopback and link-local ones.
[[nodiscard]] std::vector<tcp::Address> addresses(const NamespaceSource& source);

// Removes clsact filters (and a qdisc that then holds nothing and was ours) of agents that are no longer alive, in
// every namespace that a process or /run/netns holds. Returns how many programs were removed.
std::size_t sweep_leftovers();

}  // namespace podwire::kernel
