// An HTTP/2 conversation that nghttp2 makes: both ends in memory, with its own frames, flow control and HPACK.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http2_frames.h"
#include "observed.h"

struct nghttp2_session;

namespace podwire::test {

struct Segment {
  tcp::Side side{};
  std::string bytes;
};

class Http2Conversation {
 public:
  static constexpr tcp::Side kClient = tcp::Side::kInitiator;
  static constexpr tcp::Side kServer = tcp::Side::kResponder;

  // Begins with prefaces and SETTINGS. What one end writes at once is one segment of at most `segment_bytes`.
  explicit Http2Conversation(std::size_t segment_bytes = 1'400);
  ~Http2Conversation();
  Http2Conversation(const Http2Conversation&) = delete;
  Http2Conversation& operator=(const Http2Conversation&) = delete;

  // Each queues; `pass` lets both ends send what they have.
  std::uint32_t request(const Fields& fields) { return submit_request(fields, true); }
  std::uint32_t request(const Fields& fields, std::string_view body, const Fields& trailers = {});
  void respond(std::uint32_t stream, const Fields& fields) { submit_response(stream, fields, true); }
  void respond(std::uint32_t stream, const Fields& fields, std::string_view body, const Fields& trailers = {});
  // A message that goes on with `data`, and ends with `end`.
  std::uint32_t open_request(const Fields& fields) { return submit_request(fields, false); }
  void open_response(std::uint32_t stream, const Fields& fields) { submit_response(stream, fields, false); }
  void informational(std::uint32_t stream, const Fields& fields);
  void data(tcp::Side from, std::uint32_t stream, std::string_view text);
  void end(tcp::Side from, std::uint32_t stream, const Fields& trailers = {});
  std::uint32_t push(std::uint32_t stream, const Fields& fields);
  void reset(tcp::Side by, std::uint32_t stream, std::uint32_t code);
  void go_away(std::uint32_t last_stream, std::uint32_t code);
  void ping(tcp::Side from);
  void set_next_stream(std::uint32_t stream);
  void pass();

  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  // All that has passed, in one piece, of one end.
  [[nodiscard]] std::string bytes(tcp::Side from) const;

 private:
  struct Outgoing {
    std::string text;
    bool ended = false;
    Fields trailers;
  };
  struct End;

  std::uint32_t submit_request(const Fields& fields, bool last);
  void submit_response(std::uint32_t stream, const Fields& fields, bool last);
  End& end_of(tcp::Side side);
  bool send(tcp::Side from);

  std::array<End*, 2> ends_{};
  std::vector<Segment> segments_;
  std::size_t segment_bytes_;
};

// Plays segments from `first` on; before it, the connection passed unseen.
inline void replay(Observed& run, const std::vector<Segment>& segments, std::size_t first = 0) {
  for (std::size_t i = first; i < segments.size(); ++i) run.data(segments[i].side, segments[i].bytes);
}

}  // namespace podwire::test
