#include "capture/destination_translation.h"

#include <cstring>
#include <utility>

namespace podwire::capture {

namespace {

constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * kOdd;
  return hash ^ (hash >> 32U);
}

std::uint64_t mixed(std::uint64_t hash, const tcp::Endpoint& endpoint) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, endpoint.address.bytes.data(), sizeof(high));
  std::memcpy(&low, endpoint.address.bytes.data() + sizeof(high), sizeof(low));
  return mixed(mixed(mixed(hash, high), low), endpoint.port);
}

}  // namespace

std::size_t DestinationTranslation::Hash::operator()(const ClientFlow& flow) const {
  return static_cast<std::size_t>(mixed(mixed(mixed(seed, flow.attachment_id), flow.client), flow.server));
}

DestinationTranslation::DestinationTranslation(const TranslationOptions& options)
    : destinations_(options.destinations),
      counters_(options.counters ? options.counters : std::make_shared<TranslationCounters>()),
      current_(0, Hash{options.hash_seed}),
      previous_(0, Hash{options.hash_seed}) {}

void DestinationTranslation::set_destinations(std::shared_ptr<const TranslatedDestinations> destinations) {
  destinations_ = std::move(destinations);
}

std::optional<tcp::Endpoint> DestinationTranslation::backend(const ClientFlow& flow, std::uint64_t now_monotime_ns,
                                                             bool may_ask) {
  if (!destinations_ || !destinations_->may_hold(flow.server.address)) return std::nullopt;
  Found& found = entry_of(flow);
  if (!found.settled && may_ask && now_monotime_ns >= found.retry_monotime_ns) ask(flow, now_monotime_ns, found);
  return found.backend;
}

void DestinationTranslation::ask(const ClientFlow& flow, std::uint64_t now_monotime_ns, Found& found) {
  ++counters_->questions;
  const kernel::TrackingAnswer answer = tracking_.find(flow.client, flow.server);
  if (answer.outcome == kernel::TrackingOutcome::kTracked) {
    found.settled = true;
    if (answer.server == flow.server) return;
    found.backend = answer.server;
    ++counters_->translated;
    return;
  }
  if (answer.outcome == kernel::TrackingOutcome::kFailed) {
    ++counters_->failed;
    counters_->last_error = answer.error;
  }
  found.retry_monotime_ns = now_monotime_ns + kTrackingRetryNs;
  found.settled = ++found.questions == kMaxTrackingQuestions;
  if (found.settled && answer.outcome == kernel::TrackingOutcome::kNotTracked) ++counters_->not_tracked;
}

DestinationTranslation::Found& DestinationTranslation::entry_of(const ClientFlow& flow) {
  if (const auto known = current_.find(flow); known != current_.end()) return known->second;
  if (current_.size() >= kMaxTranslatedFlows / 2) {
    previous_ = std::move(current_);
    current_ = Flows(0, previous_.hash_function());
  }
  auto older = previous_.extract(flow);
  if (!older.empty()) return current_.insert(std::move(older)).position->second;
  return current_[flow];
}

void DestinationTranslation::forget(const ClientFlow& flow) {
  if (current_.empty() && previous_.empty()) return;
  current_.erase(flow);
  previous_.erase(flow);
}

void DestinationTranslation::close_attachment(std::uint32_t attachment_id) {
  const auto is_of_it = [&](const auto& entry) { return entry.first.attachment_id == attachment_id; };
  std::erase_if(current_, is_of_it);
  std::erase_if(previous_, is_of_it);
}

}  // namespace podwire::capture
