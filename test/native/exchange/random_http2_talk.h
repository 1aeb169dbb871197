// A random HTTP/2 conversation by nghttp2, and what is true of each of its streams.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "http2_conversation.h"

namespace podwire::test {

struct TrueMessage {
  Fields head;  // without pseudo-header fields
  Fields trailers;
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;  // of gRPC
  std::uint64_t message_bytes = 0;
};

struct TrueExchange {
  std::string method, path, authority;
  int status = 0;
  bool grpc = false;
  bool reset = false;
  TrueMessage request;
  TrueMessage response;
  Fields informational;  // of the one 103 there may be
  bool has_informational = false;
  std::size_t first_segment = 0;  // before it nothing of the stream passed
  std::size_t end_segment = 0;    // from it on, nothing of it does
};

class RandomHttp2Talk {
 public:
  // `streams` in all, several of them at once, with pieces of bodies up to `piece_bytes`.
  RandomHttp2Talk(unsigned seed, int streams, int piece_bytes);

  [[nodiscard]] const std::vector<Segment>& segments() const { return talk_.segments(); }
  [[nodiscard]] const std::map<std::uint32_t, TrueExchange>& streams() const { return streams_; }

 private:
  struct Script {
    std::uint32_t stream = 0;
    int request_pieces = 0;
    int response_pieces = 0;
    bool request_ended = false;
    bool informational = false;
    bool responded = false;
    bool will_reset = false;
  };

  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  Fields some_fields();
  void open();
  // True: the stream is over.
  bool step(Script& script);
  bool step_response(Script& script, TrueExchange& exchange);
  void piece(tcp::Side from, std::uint32_t stream, TrueMessage& message, bool grpc);
  void respond(Script& script, TrueExchange& exchange);

  std::mt19937 random_;
  int piece_bytes_;
  int opened_ = 0;
  Http2Conversation talk_;
  std::vector<Script> scripts_;
  std::map<std::uint32_t, TrueExchange> streams_;
};

// Nothing that is shown of the exchange, and not marked as unknown, is other than the truth. Fails the test if it is.
void expect_true(const SeenExchange& seen, const TrueExchange& exchange);

}  // namespace podwire::test
