// What a tap wants and may see: the message TapSpec of proto/podwire.proto, ready to be judged by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "exchange/exchange.h"
#include "tap/glob.h"
#include "tap/network_set.h"
#include "tap/value_pattern.h"

namespace podwire::tap {

struct Peer {
  NetworkSet networks;     // empty: any address, or the host
  std::uint16_t port = 0;  // 0: any
  std::string host;        // in lower case; empty: none
};

struct PathPrefix {
  std::string prefix;
};
using PathPattern = std::variant<PathPrefix, Glob>;

struct AuthorityName {
  std::string host;  // in lower case
  std::optional<std::uint16_t> port;
};

struct StatusRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;  // included
  bool negated = false;
};

struct HeaderPresent {};
struct HeaderEquals {
  std::string value;
};

struct HeaderMatch {
  std::string name;
  std::variant<HeaderPresent, HeaderEquals, ValuePattern> content;
};

// Different fields combine with and, the entries of one with or, those of `headers` with and. Empty: everything.
struct TapSpec {
  std::vector<Peer> to;
  std::vector<Peer> from;
  std::vector<std::string> methods;
  std::vector<PathPattern> paths;
  std::vector<AuthorityName> authorities;
  std::vector<std::string> schemes;
  std::vector<exchange::Protocol> protocols;
  std::vector<StatusRange> statuses;
  std::vector<std::uint32_t> grpc_statuses;
  std::optional<std::uint64_t> min_latency_nanos;
  std::optional<std::uint64_t> max_latency_nanos;
  std::vector<HeaderMatch> headers;
  std::vector<std::uint16_t> ports;
  std::uint32_t body_bytes = 0;  // 0: no bodies
  bool unredacted = false;
  std::uint32_t max_rate = 0;  // exchanges a second; 0: no limit
  bool omit_headers = false;   // of what is sent; filters judge by them all the same
  bool share_headers = false;  // once a batch, as far as they are sent
};

}  // namespace podwire::tap
