#include "wire/tap_counters.h"

#include <algorithm>

#include "wire/fields.h"

namespace podwire::wire {
namespace {

void add_distinct(std::vector<std::string>& names, std::string_view name, std::size_t most) {
  if (name.empty() || names.size() >= most || std::ranges::find(names, name) != names.end()) return;
  names.emplace_back(name);
}

template <typename Field>
void append_texts(std::string& out, Field field, const std::vector<std::string>& texts) {
  for (const auto& text : texts) append_text(out, field, Text(text));
}

}  // namespace

LossCause loss_cause(exchange::LossCause cause) {
  switch (cause) {
    case exchange::LossCause::kReorderTimeout:
      return LossCause::LOSS_CAUSE_REORDER_TIMEOUT;
    case exchange::LossCause::kReorderBufferFull:
      return LossCause::LOSS_CAUSE_REORDER_BUFFER_FULL;
    case exchange::LossCause::kSegmentNotCaptured:
      return LossCause::LOSS_CAUSE_SEGMENT_NOT_CAPTURED;
    case exchange::LossCause::kFlowEvicted:
      return LossCause::LOSS_CAUSE_FLOW_EVICTED;
    case exchange::LossCause::kMalformed:
      return LossCause::LOSS_CAUSE_MALFORMED;
    case exchange::LossCause::kTls:
      return LossCause::LOSS_CAUSE_TLS;
    case exchange::LossCause::kNotHttp:
      return LossCause::LOSS_CAUSE_NOT_HTTP;
    case exchange::LossCause::kUnrecognised:
      return LossCause::LOSS_CAUSE_UNRECOGNISED;
    case exchange::LossCause::kMalformedStream:
      return LossCause::LOSS_CAUSE_MALFORMED_STREAM;
    case exchange::LossCause::kCount:
      break;
  }
  return LossCause::LOSS_CAUSE_UNSPECIFIED;
}

bool makes_unreadable(LossCause cause) {
  return cause == LossCause::LOSS_CAUSE_TLS || cause == LossCause::LOSS_CAUSE_NOT_HTTP ||
         cause == LossCause::LOSS_CAUSE_UNRECOGNISED;
}

UnreadableEndpoint* UnreadableEndpoints::entry_of(const tcp::Endpoint& server, LossCause cause) {
  for (auto& entry : entries_) {
    if (entry.cause == cause && entry.server == server) return &entry;
  }
  if (entries_.size() == kMaxUnreadableEndpoints) return nullptr;
  UnreadableEndpoint& entry = entries_.emplace_back();
  entry.server = server;
  entry.cause = cause;
  return &entry;
}

bool UnreadableEndpoints::add(const tcp::Endpoint& server, LossCause cause, std::uint64_t connections,
                              const exchange::TlsNames& names) {
  UnreadableEndpoint* entry = entry_of(server, cause);
  if (entry == nullptr) return false;
  entry->connections += connections;
  add_distinct(entry->server_names, names.server_name, kMaxServerNames);
  for (const auto& protocol : names.protocols) {
    add_distinct(entry->application_protocols, protocol, kMaxApplicationProtocols);
  }
  return true;
}

bool UnreadableEndpoints::merge(const UnreadableEndpoint& more) {
  UnreadableEndpoint* entry = entry_of(more.server, more.cause);
  if (entry == nullptr) return false;
  entry->connections += more.connections;
  for (const auto& name : more.server_names) add_distinct(entry->server_names, name, kMaxServerNames);
  for (const auto& protocol : more.application_protocols) {
    add_distinct(entry->application_protocols, protocol, kMaxApplicationProtocols);
  }
  return true;
}

bool TapCounters::empty() const {
  // `by_filter` has parts of `filtered` and `unjudged`.
  return seen + published + filtered + unjudged + skipped + reopened + packets == 0 && unreadable.entries().empty() &&
         std::ranges::all_of(losses, [](std::uint64_t count) { return count == 0; });
}

void TapCounters::merge(const TapCounters& more) {
  seen += more.seen;
  published += more.published;
  filtered += more.filtered;
  unjudged += more.unjudged;
  skipped += more.skipped;
  reopened += more.reopened;
  packets += more.packets;
  for (std::size_t i = 0; i < losses.size(); ++i) losses[i] += more.losses[i];
  for (const auto& entry : more.unreadable.entries()) unreadable.merge(entry);
  for (std::size_t i = 0; i < by_filter.size(); ++i) {
    by_filter[i].filtered += more.by_filter[i].filtered;
    by_filter[i].unjudged += more.by_filter[i].unjudged;
  }
}

void append_tap_counters(const TapCounters& counters, std::string& out) {
  protozero::pbf_builder<TapBatchField> batch{out};
  protozero::pbf_builder<TapCountersField> message{batch, TapBatchField::counters_};
  message.add_uint64(TapCountersField::seen_, counters.seen);
  message.add_uint64(TapCountersField::published_, counters.published);
  message.add_uint64(TapCountersField::filtered_, counters.filtered);
  message.add_uint64(TapCountersField::unjudged_, counters.unjudged);
  message.add_uint64(TapCountersField::skipped_, counters.skipped);
  for (std::size_t cause = 0; cause < counters.losses.size(); ++cause) {
    if (counters.losses[cause] == 0) continue;
    protozero::pbf_builder<LossField> loss{message, TapCountersField::losses_};
    loss.add_enum(LossField::cause_, static_cast<std::int32_t>(cause));
    loss.add_uint64(LossField::count_, counters.losses[cause]);
  }
  for (const auto& entry : counters.unreadable.entries()) {
    protozero::pbf_builder<UnreadableEndpointField> endpoint{message, TapCountersField::unreadable_};
    add_address(endpoint, UnreadableEndpointField::ip_, entry.server.address);
    endpoint.add_uint32(UnreadableEndpointField::port_, entry.server.port);
    endpoint.add_enum(UnreadableEndpointField::cause_, static_cast<std::int32_t>(entry.cause));
    endpoint.add_uint64(UnreadableEndpointField::connections_, entry.connections);
    append_texts(out, UnreadableEndpointField::server_names_, entry.server_names);
    append_texts(out, UnreadableEndpointField::application_protocols_, entry.application_protocols);
  }
  message.add_uint64(TapCountersField::packets_, counters.packets);
  message.add_uint64(TapCountersField::reopened_, counters.reopened);
  for (std::size_t filter = 0; filter < counters.by_filter.size(); ++filter) {
    const FilterCount& count = counters.by_filter[filter];
    if (count.filtered == 0 && count.unjudged == 0) continue;
    protozero::pbf_builder<FilterCountField> entry{message, TapCountersField::by_filter_};
    entry.add_enum(FilterCountField::filter_, static_cast<std::int32_t>(filter));
    entry.add_uint64(FilterCountField::filtered_, count.filtered);
    entry.add_uint64(FilterCountField::unjudged_, count.unjudged);
  }
}

}  // namespace podwire::wire
