#include "capture/pipeline.h"

#include <algorithm>

namespace podwire::capture {

namespace {

tcp::FlowLimits flow_limits(const PipelineOptions& options) {
  tcp::FlowLimits limits;
  limits.max_flows /= options.pipelines;
  limits.total_flow_bytes /= options.pipelines;
  limits.total_buffer_bytes /= options.pipelines;
  limits.hash_seed = options.hash_seed;
  return limits;
}

exchange::ExchangeLimits exchange_limits(const PipelineOptions& options) {
  exchange::ExchangeLimits limits;
  limits.max_stored_bytes /= options.pipelines;
  limits.max_incomplete_bytes /= options.pipelines;
  limits.max_table_bytes /= options.pipelines;
  return limits;
}

bool begins_connection(const tcp::Segment& segment) { return segment.flags.syn && !segment.flags.ack; }

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options, tcp::SourceControl& source, PacketCounts& counts, BatchSink& batches)
    : source_(source),
      counts_(counts),
      batches_(batches),
      tells_packet_counts_(options.tells_packet_counts),
      totals_(options.totals),
      translation_({options.translated, options.translation_counters, options.hash_seed}),
      engine_(exchange_limits(options), *this, *this, options.id_salt),
      flows_(flow_limits(options), engine_, *this) {}

Pipeline::~Pipeline() {
  if (totals_) totals_->flows_changed(told_flows_, 0);
}

void Pipeline::segment(const tcp::Segment& segment) {
  now_monotime_ns_ = std::max(now_monotime_ns_, segment.seen_monotime_ns);
  tick();
  copied_bytes_ += segment.payload.size();
  if (segment.seen_monotime_ns < latest_begin_monotime_ns_ && !was_whole(segment)) [[unlikely]]
    return;
  current_ = &segment;
  flows_.segment(segment);
  current_ = nullptr;
  if (begins_connection(segment)) translation_.forget({segment.attachment_id, segment.source, segment.destination});
}

// While an attachment is made, some of its programs see one direction and others not yet the other.
bool Pipeline::was_whole(const tcp::Segment& segment) {
  const Attachment* attachment = find(segment.attachment_id);
  return attachment != nullptr && segment.seen_monotime_ns >= attachment->begin_monotime_ns;
}

void Pipeline::advance(std::uint64_t now_monotime_ns) {
  now_monotime_ns_ = std::max(now_monotime_ns_, now_monotime_ns);
  flows_.advance(now_monotime_ns_);
  tick();
  tell_totals();
  std::erase_if(ending_, [this](const auto& tap) { return tap->finish(now_monotime_ns_); });
}

void Pipeline::begin_taps(std::uint32_t attachment_id, const std::vector<std::shared_ptr<SharedTap>>& taps,
                          std::uint64_t asked_monotime_ns) {
  now_monotime_ns_ = std::max(now_monotime_ns_, asked_monotime_ns);
  Attachment& attachment = find_or_begin(attachment_id, asked_monotime_ns);
  for (const auto& tap : taps) {
    if (std::ranges::find(attachment.taps, tap.get(), &TapWriter::tap) == attachment.taps.end()) {
      begin_tap(attachment_id, attachment, tap);
    }
  }
}

void Pipeline::set_taps(std::uint32_t attachment_id, const std::vector<std::shared_ptr<SharedTap>>& taps,
                        std::uint64_t now_monotime_ns) {
  begin_taps(attachment_id, taps, now_monotime_ns);
  Attachment& attachment = attachments_[attachment_id];
  const auto stays = [&](const std::unique_ptr<TapWriter>& writer) {
    return std::ranges::find(taps, writer->tap(), &std::shared_ptr<SharedTap>::get) != taps.end();
  };
  std::vector<std::unique_ptr<TapWriter>> all = std::exchange(attachment.taps, {});
  std::vector<std::unique_ptr<TapWriter>> leaving;
  for (auto& writer : all) (stays(writer) ? attachment.taps : leaving).push_back(std::move(writer));
  settle_body_bytes(attachment);
  end_taps(attachment_id, std::move(leaving));
}

Pipeline::Attachment& Pipeline::find_or_begin(std::uint32_t attachment_id, std::uint64_t begin_monotime_ns) {
  if (Attachment* attachment = find(attachment_id)) return *attachment;
  flows_.close_attachment(attachment_id, now_monotime_ns_);  // what was read of it before it was whole
  latest_begin_monotime_ns_ = std::max(latest_begin_monotime_ns_, begin_monotime_ns);
  Attachment& attachment = attachments_[attachment_id];
  attachment.begin_monotime_ns = begin_monotime_ns;
  return attachment;
}

void Pipeline::begin_tap(std::uint32_t attachment_id, Attachment& attachment, std::shared_ptr<SharedTap> tap) {
  const BatchOutlet outlet{.sink = &batches_,
                           .counts = &counts_,
                           .totals = totals_.get(),
                           .attachment_id = attachment_id,
                           .tells_packet_counts = tells_packet_counts_};
  attachment.taps.push_back(std::make_unique<TapWriter>(std::move(tap), outlet, now_monotime_ns_));
  settle_body_bytes(attachment);
  attachment.unreadable.tell(*attachment.taps.back());
}

void Pipeline::settle_body_bytes(Attachment& attachment) {
  attachment.body_bytes = 0;
  for (const auto& writer : attachment.taps) {
    attachment.body_bytes = std::max(attachment.body_bytes, writer->body_bytes());
  }
}

void Pipeline::end_taps(std::uint32_t attachment_id, std::vector<std::unique_ptr<TapWriter>> leaving) {
  if (leaving.empty()) return;
  engine_.for_each_open(attachment_id, [&](const exchange::ExchangeView& open) {
    exchange::ExchangeView view = open;
    view.end = exchange::End::kDetached;
    show(view, leaving);
  });
  for (auto& writer : leaving) {
    if (!writer->finish(now_monotime_ns_)) ending_.push_back(std::move(writer));
  }
}

void Pipeline::close_attachment(std::uint32_t attachment_id, std::uint64_t now_monotime_ns) {
  set_taps(attachment_id, {}, now_monotime_ns);
  attachments_.erase(attachment_id);
  found_ = nullptr;
  flows_.close_attachment(attachment_id, now_monotime_ns_);
  translation_.close_attachment(attachment_id);
}

void Pipeline::close_connections(std::uint32_t attachment_id, std::uint64_t now_monotime_ns) {
  now_monotime_ns_ = std::max(now_monotime_ns_, now_monotime_ns);
  flows_.close_attachment(attachment_id, now_monotime_ns_);
}

void Pipeline::lose(std::uint32_t attachment_id, wire::LossCause cause, std::uint64_t count) {
  Attachment* attachment = find(attachment_id);
  if (attachment == nullptr || count == 0) return;
  if (totals_) totals_->lost(cause, count);
  for (const auto& writer : attachment->taps) writer->loss(cause, count);
}

void Pipeline::flush(std::uint64_t now_monotime_ns) {
  now_monotime_ns_ = std::max(now_monotime_ns_, now_monotime_ns);
  for (auto& [id, attachment] : attachments_) {
    for (const auto& writer : attachment.taps) {
      if (writer->has_exchanges()) writer->flush(now_monotime_ns_);
    }
  }
}

bool Pipeline::quiet() const {
  const auto waits = [](const auto& entry) {
    return std::ranges::any_of(entry.second.taps, [](const auto& writer) { return writer->is_waiting(); });
  };
  return ending_.empty() && flows_.stats().buffered_bytes == 0 && std::ranges::none_of(attachments_, waits);
}

// Also by the time that segments tell, so that a long read does not hold anything back.
void Pipeline::tick() {
  constexpr std::uint64_t kTickNs = 1'000'000;
  if (now_monotime_ns_ < tick_due_monotime_ns_) return;
  tick_due_monotime_ns_ = now_monotime_ns_ + kTickNs;
  engine_.advance(now_monotime_ns_);
  for (auto& [id, attachment] : attachments_) {
    for (const auto& writer : attachment.taps) writer->flush_if_due(now_monotime_ns_);
  }
}

void Pipeline::tell_totals() {
  if (!totals_) return;
  totals_->copied(std::exchange(copied_bytes_, 0));
  const std::size_t flows = flows_.stats().flows;
  totals_->flows_changed(std::exchange(told_flows_, flows), flows);
}

void Pipeline::exchange(const exchange::ExchangeView& view) {
  const Attachment* attachment = find(view.attachment_id);
  if (attachment != nullptr && !attachment->taps.empty()) show(view, attachment->taps);
}

void Pipeline::show(const exchange::ExchangeView& view, std::span<const std::unique_ptr<TapWriter>> writers) {
  const std::optional<tcp::Endpoint> backend = backend_of(view);
  if (!backend) {
    for (const auto& writer : writers) writer->exchange(view, now_monotime_ns_, wall_clock_offset_ns_);
    return;
  }
  exchange::ExchangeView translated = view;
  translated.via = view.destination;
  translated.destination = *backend;
  for (const auto& writer : writers) writer->exchange(translated, now_monotime_ns_, wall_clock_offset_ns_);
}

// Of what the tapped pod asks: an answering pod sees its own address, and within a pod nothing is translated.
std::optional<tcp::Endpoint> Pipeline::backend_of(const exchange::ExchangeView& view) {
  if (view.direction != exchange::Direction::kOutbound) return std::nullopt;
  const ClientFlow flow{view.attachment_id, view.source, view.destination};
  // What ends by the SYN of the next connection between the same ends is no longer what the tracking knows.
  const bool replaced = current_ != nullptr && begins_connection(*current_) &&
                        flow == ClientFlow{current_->attachment_id, current_->source, current_->destination};
  return translation_.backend(flow, now_monotime_ns_, !replaced);
}

// Of a connection that is known by its server alone: the one whose segment is worked on, if it leads there.
std::optional<tcp::Endpoint> Pipeline::backend_of_current(std::uint32_t attachment_id, const tcp::Endpoint& server) {
  if (current_ == nullptr || current_->attachment_id != attachment_id || begins_connection(*current_)) {
    return std::nullopt;
  }
  const bool is_request = current_->destination == server && current_->hook == tcp::Hook::kEgress;
  const bool is_answer = current_->source == server && current_->hook == tcp::Hook::kIngress;
  if (!is_request && !is_answer) return std::nullopt;
  const tcp::Endpoint& client = is_request ? current_->source : current_->destination;
  return translation_.backend({attachment_id, client, server}, now_monotime_ns_);
}

void Pipeline::loss(std::uint32_t attachment_id, exchange::LossCause cause, const tcp::Endpoint& server,
                    const exchange::TlsNames& names) {
  std::optional<tcp::Endpoint> backend;
  if (wire::makes_unreadable(wire::loss_cause(cause))) {
    backend = backend_of_current(attachment_id, server);
    last_unreadable_ = LastUnreadable{attachment_id, UnreadableConnection(server, cause, names, backend)};
  }
  Attachment* attachment = find(attachment_id);
  if (attachment == nullptr) return;
  if (totals_ && !attachment->taps.empty()) totals_->lost(wire::loss_cause(cause), 1);
  for (const auto& writer : attachment->taps) writer->loss(cause, server, names, backend);
}

std::uint32_t Pipeline::body_bytes(std::uint32_t attachment_id) {
  const Attachment* attachment = find(attachment_id);
  return attachment == nullptr ? 0 : attachment->body_bytes;
}

void Pipeline::skip(std::uint32_t attachment_id, const tcp::Endpoint& source, const tcp::Endpoint& destination,
                    std::uint32_t from_sequence, std::uint32_t until_sequence) {
  source_.skip(attachment_id, source, destination, from_sequence, until_sequence);
}

void Pipeline::ignore(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) {
  source_.ignore(attachment_id, one, other);
  std::optional<LastUnreadable> told = std::exchange(last_unreadable_, std::nullopt);
  Attachment* attachment = find(attachment_id);
  if (attachment == nullptr || !told || told->attachment_id != attachment_id) return;
  const tcp::Endpoint& server = told->connection.server();
  if (server == one || server == other) attachment->unreadable.add(one, other, std::move(told->connection));
}

void Pipeline::forget(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) {
  source_.forget(attachment_id, one, other);
  if (Attachment* attachment = find(attachment_id)) attachment->unreadable.remove(one, other);
}

Pipeline::Attachment* Pipeline::find(std::uint32_t attachment_id) {
  if (found_ != nullptr && found_id_ == attachment_id) return found_;
  const auto found = attachments_.find(attachment_id);
  found_ = found == attachments_.end() ? nullptr : &found->second;
  found_id_ = attachment_id;
  return found_;
}

}  // namespace podwire::capture
