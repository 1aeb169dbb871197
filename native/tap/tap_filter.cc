#include "tap/tap_filter.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

#include "tap/absence.h"
#include "tap/authority.h"
#include "tap/header_filter.h"
#include "tap/peer_filter.h"
#include "wire/ascii.h"
#include "wire/grpc_status.h"

namespace podwire::tap {
namespace {

using exchange::ExchangeView;

// Any of the entries, none meaning any value; `matches` judges one that is known.
template <typename Entries, typename Matches>
Verdict any_entry(const Entries& entries, Matches&& matches) {
  return yes_if(std::any_of(entries.begin(), entries.end(), matches));
}

bool is_open(const ExchangeView& view) { return view.end == exchange::End::kOpen; }

// What follows is asked only of a spec that has entries of its field.

// A value of the request, all of whose head has passed when any of it was seen.
template <typename Member>
std::optional<std::string_view> of_request(const ExchangeView& view, Member member) {
  return view.request == nullptr ? std::nullopt : view.request->*member;
}

Verdict judge_methods(const TapSpec& spec, const ExchangeView& view) {
  const auto method = of_request(view, &exchange::RequestView::method);
  if (!method) return judge_absent(view, false);
  return any_entry(spec.methods, [&](const auto& wanted) { return wire::equals_ignoring_case(*method, wanted); });
}

Verdict judge_schemes(const TapSpec& spec, const ExchangeView& view) {
  const auto scheme = of_request(view, &exchange::RequestView::scheme);
  if (!scheme) return judge_absent(view, false);
  return any_entry(spec.schemes, [&](const auto& wanted) { return wire::equals_ignoring_case(*scheme, wanted); });
}

Verdict judge_paths(const TapSpec& spec, const ExchangeView& view) {
  const auto path = of_request(view, &exchange::RequestView::path);
  if (!path) return judge_absent(view, false);
  const std::string_view without_query = path->substr(0, path->find_first_of("?#"));
  return any_entry(spec.paths, [&](const PathPattern& pattern) {
    if (const auto* prefix = std::get_if<PathPrefix>(&pattern)) return without_query.starts_with(prefix->prefix);
    return std::get<Glob>(pattern).matches(without_query);
  });
}

Verdict judge_authorities(const TapSpec& spec, const ExchangeView& view) {
  const auto text = of_request(view, &exchange::RequestView::authority);
  if (!text) return judge_absent(view, false);
  const Authority authority = Authority::parse(*text);
  const auto scheme = of_request(view, &exchange::RequestView::scheme);
  const auto port = authority.port || !scheme ? authority.port : default_port(*scheme);
  return any_entry(spec.authorities, [&](const AuthorityName& wanted) {
    return wire::equals_ignoring_case(authority.host, wanted.host) && (!wanted.port || wanted.port == port);
  });
}

Verdict judge_protocols(const TapSpec& spec, const ExchangeView& view) {
  if (view.protocol == exchange::Protocol::kUnknown) return Verdict::kUnknown;
  return any_entry(spec.protocols, [&](exchange::Protocol wanted) { return view.protocol == wanted; });
}

// `!2xx` asks for a status too: one that is known and outside.
Verdict judge_statuses(const TapSpec& spec, const ExchangeView& view) {
  if (view.response == nullptr || !view.response->status) return judge_absent(view, is_open(view));
  const std::uint16_t status = *view.response->status;
  return any_entry(spec.statuses, [&](const StatusRange& range) {
    return (status >= range.first && status <= range.last) != range.negated;
  });
}

Verdict judge_grpc_statuses(const TapSpec& spec, const ExchangeView& view) {
  if (view.response == nullptr) return judge_absent(view, is_open(view));
  if (const auto status = wire::grpc_status(*view.response)) {
    return any_entry(spec.grpc_statuses, [&](std::uint32_t wanted) { return status->code == wanted; });
  }
  if (wire::grpc_content(*view.response) == wire::GrpcContent::kNo) return Verdict::kNo;
  return judge_absent(view, is_open(view));
}

Verdict judge_latency(const TapSpec& spec, const ExchangeView& view) {
  if (!view.first_response_byte_nanos) return is_open(view) ? Verdict::kNotYet : Verdict::kUnknown;
  const std::uint64_t latency = *view.first_response_byte_nanos;
  return yes_if((!spec.min_latency_nanos || latency >= *spec.min_latency_nanos) &&
                (!spec.max_latency_nanos || latency <= *spec.max_latency_nanos));
}

// As they pass the tapped interface, where the kernel compares them too.
Verdict judge_ports(const TapSpec& spec, const ExchangeView& view) {
  const tcp::Endpoint& seen = view.via ? *view.via : view.destination;
  return any_entry(spec.ports, [&](std::uint16_t wanted) { return view.source.port == wanted || seen.port == wanted; });
}

}  // namespace

TapFilter::TapFilter(const TapSpec& spec, const wire::Redaction* redaction) : spec_(spec), redaction_(redaction) {
  using wire::Filter;
  const auto ask = [this](Filter filter, JudgeField judge_field, bool wanted) {
    if (wanted) fields_.push_back({filter, judge_field});
  };
  ask(Filter::FILTER_PORT, judge_ports, !spec.ports.empty());
  ask(Filter::FILTER_TO, judge_destination, !spec.to.empty());
  ask(Filter::FILTER_FROM, judge_source, !spec.from.empty());
  ask(Filter::FILTER_PROTOCOL, judge_protocols, !spec.protocols.empty());
  ask(Filter::FILTER_METHOD, judge_methods, !spec.methods.empty());
  ask(Filter::FILTER_SCHEME, judge_schemes, !spec.schemes.empty());
  ask(Filter::FILTER_STATUS, judge_statuses, !spec.statuses.empty());
  ask(Filter::FILTER_LATENCY, judge_latency, spec.min_latency_nanos || spec.max_latency_nanos);
  ask(Filter::FILTER_AUTHORITY, judge_authorities, !spec.authorities.empty());
  ask(Filter::FILTER_PATH, judge_paths, !spec.paths.empty());
  ask(Filter::FILTER_GRPC_STATUS, judge_grpc_statuses, !spec.grpc_statuses.empty());
}

bool TapFilter::decide(wire::Filter filter, Verdict verdict, Verdict& so_far) {
  if (verdict == Verdict::kYes) return true;
  if (verdict == Verdict::kNo || so_far == Verdict::kYes) decisive_ = filter;
  so_far = all_of(so_far, verdict);
  return verdict != Verdict::kNo;
}

Verdict TapFilter::judge(const ExchangeView& view) {
  Verdict verdict = Verdict::kYes;
  for (const auto& [filter, judge_field] : fields_) {
    if (!decide(filter, judge_field(spec_, view), verdict)) return verdict;
  }
  for (const auto& match : spec_.headers) {
    if (!decide(wire::Filter::FILTER_HEADER, judge_header(match, view, redaction_, scratch_), verdict)) return verdict;
  }
  return verdict;
}

bool TapFilter::may_want(const tcp::Endpoint& server, const std::optional<tcp::Endpoint>& backend) const {
  const bool wanted_port =
      spec_.ports.empty() || std::find(spec_.ports.begin(), spec_.ports.end(), server.port) != spec_.ports.end();
  return wanted_port && may_be_destination(spec_, server, backend);
}

}  // namespace podwire::tap
