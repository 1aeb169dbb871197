#include "kernel/kernel_capture.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <map>
#include <mutex>
#include <optional>

#include "bpf/capture_record.h"
#include "kernel/clsact_attachment.h"
#include "kernel/flow_maps.h"
#include "kernel/interface_list.h"
#include "kernel/kernel_error.h"
#include "kernel/network_namespace.h"
#include "kernel/ring_reader.h"
#include "kernel/shared_maps.h"
#include "kernel/tcx_attachment.h"

namespace podwire::kernel {
namespace {

struct Attachment {
  std::unique_ptr<InterfacePrograms> programs;
  FileDescriptor counters;
  std::optional<AttachmentState> told;  // under the capture's mutex_
  // Valid while the loopback follows the other interfaces, or did; gone before what it adds to.
  std::shared_future<void> loopback;

  // Throws what kept the loopback from following.
  void await_loopback() const {
    if (loopback.valid()) loopback.get();
  }
};

// One ring's consumer. `reader` belongs to the thread that reads the ring.
struct RingSlot {
  FileDescriptor wake;
  std::unique_ptr<RingReader> reader;
};

Counters read_counters(int map_fd) {
  // Per CPU, each padded to eight bytes, which the values already are.
  std::vector<capture_counters> per_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  const std::uint32_t only = 0;
  if (bpf_map_lookup_elem(map_fd, &only, per_cpu.data()) != 0) {
    throw kernel_error("read the counters of an attachment", errno, kLoadCapabilities);
  }
  Counters sum;
  for (const capture_counters& cpu : per_cpu) {
    sum.packets += cpu.packets[CAPTURE_COUNTER_PACKETS];
    sum.records += cpu.packets[CAPTURE_COUNTER_RECORDS];
    sum.body_skipped += cpu.packets[CAPTURE_COUNTER_BODY_SKIPPED];
    sum.ignored += cpu.packets[CAPTURE_COUNTER_IGNORED];
    sum.ring_full += cpu.packets[CAPTURE_COUNTER_RING_FULL];
    sum.unreadable += cpu.packets[CAPTURE_COUNTER_UNREADABLE];
    sum.ip_fragment += cpu.packets[CAPTURE_COUNTER_IP_FRAGMENT];
  }
  return sum;
}

AttachmentState state_of(const Attachment& attachment) {
  attachment.await_loopback();
  AttachmentState state;
  state.interfaces = attachment.programs->alive();
  state.alive = !state.interfaces.empty();
  state.counters = read_counters(attachment.counters.get());
  return state;
}

// Out of `links`, unless that has nothing else. No connection passes a loopback and another interface too.
std::vector<Link> taken_loopbacks(std::vector<Link>& links) {
  const auto loopbacks = std::ranges::stable_partition(links, [](const Link& link) { return !link.loopback; });
  if (loopbacks.begin() == links.begin()) return {};
  std::vector<Link> taken(loopbacks.begin(), loopbacks.end());
  links.erase(loopbacks.begin(), loopbacks.end());
  return taken;
}

void sleep_until_woken(int wake_fd, std::chrono::milliseconds timeout) {
  pollfd wait{wake_fd, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(timeout.count())) <= 0) return;
  std::uint64_t value = 0;
  [[maybe_unused]] const auto taken = ::read(wake_fd, &value, sizeof(value));
}

}  // namespace

class KernelCapture::Impl {
 public:
  explicit Impl(const KernelCaptureOptions& options) : options_(options) {
    for (unsigned ring = 0; ring < options.rings; ++ring) {
      slots_.push_back({FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), nullptr});
      if (!slots_.back().wake.valid()) throw kernel_error("make an eventfd", errno, kLoadCapabilities);
    }
  }

  std::uint32_t attach(const NamespaceSource& source, Loopback loopback);
  void detach(std::uint32_t attachment_id);
  AttachmentState state(std::uint32_t attachment_id) const;
  std::vector<std::uint32_t> changed() const;
  Counters counters(std::uint32_t attachment_id) const;
  void set_wants(std::uint32_t attachment_id, const Wants& wants);
  std::size_t read(unsigned ring, SegmentSink& sink, std::chrono::milliseconds timeout);
  std::vector<RingFill> ring_fills() const;
  void wake();
  // Nothing when nothing is attached.
  std::shared_ptr<SharedMaps> maps() const {
    const std::lock_guard lock(mutex_);
    return maps_;
  }

 private:
  std::shared_ptr<Attachment> attach_programs(const NamespaceSource& source, Loopback loopback,
                                              const std::shared_ptr<SharedMaps>& maps,
                                              std::uint32_t attachment_id) const;
  // On a thread of its own. `id`: of the namespace that `source` led to.
  void add_later(const NamespaceSource& source, const NamespaceId& id, std::vector<Link> links,
                 std::shared_ptr<SharedMaps> maps, std::uint32_t attachment_id, Attachment& attachment) const;
  void add_links(const std::vector<Link>& links, const SharedMaps& maps, std::uint32_t attachment_id,
                 Attachment& attachment) const;
  std::shared_ptr<Attachment> find(std::uint32_t attachment_id) const;

  KernelCaptureOptions options_;
  std::vector<RingSlot> slots_;
  std::mutex change_mutex_;   // one attach or detach at a time; they take long
  mutable std::mutex mutex_;  // of what follows; held briefly
  std::shared_ptr<SharedMaps> maps_;
  std::map<std::uint32_t, std::shared_ptr<Attachment>> attachments_;
  std::uint32_t last_id_ = 0;
};

std::uint32_t KernelCapture::Impl::attach(const NamespaceSource& source, Loopback loopback) {
  const std::lock_guard change(change_mutex_);
  std::shared_ptr<SharedMaps> shared = maps();
  const bool first = shared == nullptr;
  if (first) shared = std::make_shared<SharedMaps>(options_);
  const std::uint32_t id = ++last_id_;
  std::shared_ptr<Attachment> attachment = attach_programs(source, loopback, shared, id);
  if (first) shared->await_rings();
  {
    const std::lock_guard lock(mutex_);
    maps_ = std::move(shared);
    attachments_.emplace(id, std::move(attachment));
  }
  wake();
  return id;
}

std::shared_ptr<Attachment> KernelCapture::Impl::attach_programs(const NamespaceSource& source, Loopback loopback,
                                                                 const std::shared_ptr<SharedMaps>& shared,
                                                                 std::uint32_t attachment_id) const {
  auto attachment = std::make_shared<Attachment>();
  ClsactAttachment* clsact = nullptr;
  if (options_.mode == AttachMode::kTcx) {
    attachment->programs = std::make_unique<TcxAttachment>();
  } else {
    auto programs = std::make_unique<ClsactAttachment>(attachment_id);
    clsact = programs.get();
    attachment->programs = std::move(programs);
  }
  const bool one = source.kind == NamespaceSource::Kind::kInterface;
  NamespaceId entered;
  std::vector<Link> later;
  visit_namespace(source, [&](const NamespaceId& id) {
    entered = id;
    if (clsact != nullptr) clsact->added_in({id, one ? std::string() : source.value});
    const std::vector<Link> all = list_links();
    std::vector<Link> links = one ? std::vector{link_named(all, source.value)} : links_to_tap(all);
    if (loopback == Loopback::kFollows) later = taken_loopbacks(links);
    add_links(links, *shared, attachment_id, *attachment);
  });
  if (!later.empty()) add_later(source, entered, std::move(later), shared, attachment_id, *attachment);
  return attachment;
}

void KernelCapture::Impl::add_later(const NamespaceSource& source, const NamespaceId& id, std::vector<Link> links,
                                    std::shared_ptr<SharedMaps> shared, std::uint32_t attachment_id,
                                    Attachment& attachment) const {
  attachment.loopback = std::async(
      std::launch::async, [=, this, &attachment, links = std::move(links), shared = std::move(shared)]() mutable {
        try {
          // The process that led to it may have ended. Where none leads to it any more, its other interfaces went too.
          static_cast<void>(revisit_namespace({.id = id, .path = source.value},
                                              [&] { add_links(links, *shared, attachment_id, attachment); }));
        } catch (const KernelError& error) {
          if (error.code() != ErrorCode::kNoSuchInterface) throw;
        }
        shared.reset();
      });
}

// An interface that goes in this moment is none that was there; with all of them gone there is nothing to tap.
void KernelCapture::Impl::add_links(const std::vector<Link>& links, const SharedMaps& shared,
                                    std::uint32_t attachment_id, Attachment& attachment) const {
  const auto loaded = [&](const Link& link) {
    return ProgramInstance(shared, {attachment_id, link.link_header_bytes(), link.loopback}, attachment.counters.get());
  };
  std::size_t added = 0;
  std::future<ProgramInstance> next;
  for (std::size_t index = 0; index < links.size(); ++index) {
    const Link& link = links[index];
    const ProgramInstance instance = next.valid() ? next.get() : loaded(link);
    if (!attachment.counters.valid()) {
      attachment.counters = FileDescriptor(::fcntl(instance.counters_fd(), F_DUPFD_CLOEXEC, 0));
    }
    // To attach is to wait for grace periods, in which the next programs are loaded.
    if (index + 1 < links.size()) next = std::async(std::launch::async, loaded, std::cref(links[index + 1]));
    try {
      attachment.programs->add(link.interface, instance);
      ++added;
    } catch (const KernelError& error) {
      if (error.code() != ErrorCode::kNoSuchInterface || links.size() == 1) throw;
    }
  }
  if (added == 0) {
    throw KernelError(ErrorCode::kNoInterfaces, "every interface of the network namespace went away meanwhile");
  }
}

void KernelCapture::Impl::detach(std::uint32_t attachment_id) {
  const std::lock_guard change(change_mutex_);
  std::shared_ptr<Attachment> attachment = find(attachment_id);
  std::shared_ptr<SharedMaps> shared = maps();
  {
    const std::lock_guard lock(mutex_);
    attachments_.erase(attachment_id);
    if (attachments_.empty()) maps_.reset();
  }
  if (attachment->loopback.valid()) attachment->loopback.wait();
  attachment->programs->remove();
  attachment.reset();
  erase_wants(*shared, attachment_id);
  shared.reset();
  wake();
}

std::shared_ptr<Attachment> KernelCapture::Impl::find(std::uint32_t attachment_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = attachments_.find(attachment_id);
  if (found == attachments_.end()) {
    throw KernelError(ErrorCode::kNoSuchAttachment, "there is no attachment " + std::to_string(attachment_id));
  }
  return found->second;
}

AttachmentState KernelCapture::Impl::state(std::uint32_t attachment_id) const {
  const std::shared_ptr<Attachment> attachment = find(attachment_id);
  AttachmentState state = state_of(*attachment);
  const std::lock_guard lock(mutex_);
  attachment->told = state;
  return state;
}

std::vector<std::uint32_t> KernelCapture::Impl::changed() const {
  std::map<std::uint32_t, std::shared_ptr<Attachment>> attachments;
  {
    const std::lock_guard lock(mutex_);
    attachments = attachments_;
  }
  std::vector<std::uint32_t> changed;
  for (const auto& [id, attachment] : attachments) {
    std::optional<AttachmentState> now;
    try {
      now = state_of(*attachment);
    } catch (const KernelError&) {
      // Whoever asks for its state is told why.
    }
    const std::lock_guard lock(mutex_);
    if (!now || now != attachment->told) changed.push_back(id);
  }
  return changed;
}

Counters KernelCapture::Impl::counters(std::uint32_t attachment_id) const {
  return read_counters(find(attachment_id)->counters.get());
}

void KernelCapture::Impl::set_wants(std::uint32_t attachment_id, const Wants& wants) {
  (void)find(attachment_id);
  if (const auto shared = maps()) write_wants(*shared, attachment_id, wants);
}

std::size_t KernelCapture::Impl::read(unsigned ring, SegmentSink& sink, std::chrono::milliseconds timeout) {
  RingSlot& slot = slots_.at(ring);
  const std::shared_ptr<SharedMaps> current = maps();
  if (slot.reader && slot.reader->maps() != current) {
    const std::unique_ptr<RingReader> last = std::move(slot.reader);
    if (const std::size_t records = last->drain(sink); records > 0) return records;
  }
  if (!current) {
    sleep_until_woken(slot.wake.get(), timeout);
    return 0;
  }
  if (!slot.reader) slot.reader = std::make_unique<RingReader>(current, ring, slot.wake.get());
  return slot.reader->read(sink, timeout);
}

std::vector<RingFill> KernelCapture::Impl::ring_fills() const {
  std::vector<RingFill> fills;
  const std::shared_ptr<SharedMaps> current = maps();
  if (!current) return fills;
  for (unsigned ring = 0; ring < options_.rings; ++ring) {
    const RingMapping& mapping = current->ring(ring);
    // The reader goes on meanwhile: its position is asked first, so that it is never the greater one.
    const std::uint64_t consumed = mapping.consumer_position();
    fills.push_back(
        {std::min<std::uint64_t>(mapping.producer_position() - consumed, options_.ring_bytes), options_.ring_bytes});
  }
  return fills;
}

void KernelCapture::Impl::wake() {
  const std::uint64_t one = 1;
  for (const RingSlot& slot : slots_) {
    [[maybe_unused]] const auto written = ::write(slot.wake.get(), &one, sizeof(one));
  }
}

KernelCapture::KernelCapture(const KernelCaptureOptions& options) : impl_(std::make_unique<Impl>(options)) {}
KernelCapture::~KernelCapture() = default;

std::uint32_t KernelCapture::attach(const NamespaceSource& source, Loopback loopback) {
  return impl_->attach(source, loopback);
}
void KernelCapture::detach(std::uint32_t attachment_id) { impl_->detach(attachment_id); }
void KernelCapture::set_wants(std::uint32_t attachment_id, const Wants& wants) {
  impl_->set_wants(attachment_id, wants);
}
AttachmentState KernelCapture::state(std::uint32_t attachment_id) const { return impl_->state(attachment_id); }
std::vector<std::uint32_t> KernelCapture::changed() const { return impl_->changed(); }
Counters KernelCapture::counters(std::uint32_t attachment_id) const { return impl_->counters(attachment_id); }
std::size_t KernelCapture::read(unsigned ring, SegmentSink& sink, std::chrono::milliseconds timeout) {
  return impl_->read(ring, sink, timeout);
}
std::vector<RingFill> KernelCapture::ring_fills() const { return impl_->ring_fills(); }
void KernelCapture::wake() { impl_->wake(); }

void KernelCapture::skip_body(std::uint32_t attachment_id, const tcp::Endpoint& source,
                              const tcp::Endpoint& destination, std::uint32_t from_sequence,
                              std::uint32_t until_sequence) {
  if (const auto maps = impl_->maps()) {
    write_skip(*maps, attachment_id, source, destination, from_sequence, until_sequence);
  }
}
void KernelCapture::ignore_flow(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) {
  if (const auto maps = impl_->maps()) write_ignored(*maps, attachment_id, one, other);
}
void KernelCapture::forget_flow(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) {
  if (const auto maps = impl_->maps()) erase_flow(*maps, attachment_id, one, other);
}

}  // namespace podwire::kernel
