#include "http2_conversation.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace podwire::test {
namespace {

constexpr std::uint32_t kWindowBytes = (std::uint32_t{1} << 30U);

std::vector<nghttp2_nv> name_values(const Fields& fields) {
  std::vector<nghttp2_nv> all;
  for (const auto& [name, value] : fields) {
    all.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                   reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                   NGHTTP2_NV_FLAG_NONE});
  }
  return all;
}

int check(int result) {
  if (result < 0) throw std::runtime_error(nghttp2_strerror(result));
  return result;
}

}  // namespace

struct Http2Conversation::End {
  nghttp2_session* session = nullptr;
  std::map<std::uint32_t, Outgoing> outgoing;

  static ssize_t read(nghttp2_session* session, std::int32_t stream, std::uint8_t* buffer, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* user) {
    Outgoing& out = static_cast<End*>(user)->outgoing.at(static_cast<std::uint32_t>(stream));
    const std::size_t count = std::min(size, out.text.size());
    std::memcpy(buffer, out.text.data(), count);
    out.text.erase(0, count);
    if (!out.text.empty()) return static_cast<ssize_t>(count);
    if (!out.ended && count == 0) return NGHTTP2_ERR_DEFERRED;
    if (!out.ended) return static_cast<ssize_t>(count);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!out.trailers.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const std::vector<nghttp2_nv> fields = name_values(out.trailers);
      nghttp2_submit_trailer(session, stream, fields.data(), fields.size());
    }
    return static_cast<ssize_t>(count);
  }
  nghttp2_data_provider provider() { return {{.ptr = this}, read}; }
};

Http2Conversation::Http2Conversation(std::size_t segment_bytes) : segment_bytes_(segment_bytes) {
  for (const tcp::Side side : {kClient, kServer}) {
    auto& one = ends_[static_cast<std::size_t>(side)] = new End;
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    if (side == kClient) nghttp2_session_client_new(&one->session, callbacks, one);
    if (side == kServer) nghttp2_session_server_new(&one->session, callbacks, one);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindowBytes},
                                               {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100'000}};
    check(nghttp2_submit_settings(one->session, 0, settings, std::size(settings)));
    check(nghttp2_session_set_local_window_size(one->session, 0, 0, kWindowBytes));
  }
  pass();
}

Http2Conversation::~Http2Conversation() {
  for (End* one : ends_) {
    nghttp2_session_del(one->session);
    delete one;
  }
}

Http2Conversation::End& Http2Conversation::end_of(tcp::Side side) { return *ends_[static_cast<std::size_t>(side)]; }

std::uint32_t Http2Conversation::submit_request(const Fields& fields, bool last) {
  End& client = end_of(kClient);
  const std::vector<nghttp2_nv> all = name_values(fields);
  nghttp2_data_provider provider = client.provider();
  const int id = check(
      nghttp2_submit_request(client.session, nullptr, all.data(), all.size(), last ? nullptr : &provider, nullptr));
  client.outgoing[static_cast<std::uint32_t>(id)];
  return static_cast<std::uint32_t>(id);
}

void Http2Conversation::submit_response(std::uint32_t stream, const Fields& fields, bool last) {
  End& server = end_of(kServer);
  const std::vector<nghttp2_nv> all = name_values(fields);
  nghttp2_data_provider provider = server.provider();
  server.outgoing[stream];
  check(nghttp2_submit_response(server.session, static_cast<std::int32_t>(stream), all.data(), all.size(),
                                last ? nullptr : &provider));
}

void Http2Conversation::informational(std::uint32_t stream, const Fields& fields) {
  const std::vector<nghttp2_nv> all = name_values(fields);
  check(nghttp2_submit_headers(end_of(kServer).session, 0, static_cast<std::int32_t>(stream), nullptr, all.data(),
                               all.size(), nullptr));
}

void Http2Conversation::data(tcp::Side from, std::uint32_t stream, std::string_view text) {
  End& one = end_of(from);
  one.outgoing.at(stream).text.append(text);
  nghttp2_session_resume_data(one.session, static_cast<std::int32_t>(stream));
}

void Http2Conversation::end(tcp::Side from, std::uint32_t stream, const Fields& trailers) {
  End& one = end_of(from);
  one.outgoing.at(stream).ended = true;
  one.outgoing.at(stream).trailers = trailers;
  nghttp2_session_resume_data(one.session, static_cast<std::int32_t>(stream));
}

std::uint32_t Http2Conversation::push(std::uint32_t stream, const Fields& fields) {
  const std::vector<nghttp2_nv> all = name_values(fields);
  return static_cast<std::uint32_t>(check(nghttp2_submit_push_promise(
      end_of(kServer).session, 0, static_cast<std::int32_t>(stream), all.data(), all.size(), nullptr)));
}

void Http2Conversation::reset(tcp::Side by, std::uint32_t stream, std::uint32_t code) {
  check(nghttp2_submit_rst_stream(end_of(by).session, 0, static_cast<std::int32_t>(stream), code));
}

void Http2Conversation::go_away(std::uint32_t last_stream, std::uint32_t code) {
  check(nghttp2_submit_goaway(end_of(kServer).session, 0, static_cast<std::int32_t>(last_stream), code, nullptr, 0));
}

void Http2Conversation::ping(tcp::Side from) { check(nghttp2_submit_ping(end_of(from).session, 0, nullptr)); }

void Http2Conversation::set_next_stream(std::uint32_t stream) {
  check(nghttp2_session_set_next_stream_id(end_of(kClient).session, static_cast<std::int32_t>(stream)));
}

void Http2Conversation::pass() {
  bool more = true;
  while (more) {
    more = send(kClient);
    more = send(kServer) || more;
  }
}

bool Http2Conversation::send(tcp::Side from) {
  std::string written;
  const std::uint8_t* bytes = nullptr;
  for (ssize_t size = 1; size > 0;) {
    size = nghttp2_session_mem_send(end_of(from).session, &bytes);
    check(static_cast<int>(size));
    if (size > 0) written.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  for (std::size_t at = 0; at < written.size(); at += segment_bytes_) {
    segments_.push_back({from, written.substr(at, segment_bytes_)});
  }
  check(static_cast<int>(nghttp2_session_mem_recv(
      end_of(tcp::opposite(from)).session, reinterpret_cast<const std::uint8_t*>(written.data()), written.size())));
  return !written.empty();
}

std::uint32_t Http2Conversation::request(const Fields& fields, std::string_view body, const Fields& trailers) {
  const std::uint32_t stream = open_request(fields);
  data(kClient, stream, body);
  end(kClient, stream, trailers);
  return stream;
}

void Http2Conversation::respond(std::uint32_t stream, const Fields& fields, std::string_view body,
                                const Fields& trailers) {
  open_response(stream, fields);
  data(kServer, stream, body);
  end(kServer, stream, trailers);
}

std::string Http2Conversation::bytes(tcp::Side from) const {
  std::string all;
  for (const Segment& one : segments_) all += one.side == from ? one.bytes : std::string();
  return all;
}

}  // namespace podwire::test
