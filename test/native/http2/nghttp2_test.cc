// Frames that another implementation makes.
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "frame_transcript.h"
#include "frames.h"
#include "test/native/http1/splits.h"

namespace podwire::http2 {
namespace {

using namespace test;

// `value` outlives it.
nghttp2_nv field(const char* name, std::string_view value) {
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name)),
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), std::strlen(name), value.size(),
          NGHTTP2_NV_FLAG_NO_INDEX};
}

ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size, std::uint32_t* flags,
                  nghttp2_data_source* source, void*) {
  auto& left = *static_cast<std::string*>(source->ptr);
  const std::size_t count = std::min(size, left.size());
  std::memcpy(buffer, left.data(), count);
  left.erase(0, count);
  if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(count);
}

ssize_t pad(nghttp2_session*, const nghttp2_frame* frame, std::size_t most, void*) {
  return static_cast<ssize_t>(std::min<std::size_t>(most, frame->hd.length + 17));
}

class ClientSession {
 public:
  explicit ClientSession(bool pads) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    if (pads) nghttp2_session_callbacks_set_select_padding_callback(callbacks, pad);
    nghttp2_session_client_new(&session_, callbacks, nullptr);
    nghttp2_session_callbacks_del(callbacks);
  }
  ~ClientSession() { nghttp2_session_del(session_); }
  ClientSession(const ClientSession&) = delete;
  ClientSession& operator=(const ClientSession&) = delete;

  nghttp2_session* get() { return session_; }
  std::string sent() {
    std::string all;
    const std::uint8_t* bytes = nullptr;
    for (ssize_t size = nghttp2_session_mem_send(session_, &bytes); size > 0;
         size = nghttp2_session_mem_send(session_, &bytes)) {
      all.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  nghttp2_session* session_ = nullptr;
};

std::string client_stream(bool pads, const std::string& cookie, std::string body) {
  ClientSession session(pads);
  const std::vector<nghttp2_settings_entry> settings = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 77},
                                                        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
  nghttp2_submit_settings(session.get(), 0, settings.data(), settings.size());
  nghttp2_submit_window_update(session.get(), 0, 0, 1'000);
  const std::vector<nghttp2_nv> fields = {field(":method", "POST"), field(":scheme", "http"), field(":path", "/a"),
                                          field(":authority", "b"), field("cookie", cookie)};
  nghttp2_data_provider source{{.ptr = &body}, read_body};
  nghttp2_submit_request(session.get(), nullptr, fields.data(), fields.size(), &source, nullptr);
  nghttp2_submit_request(session.get(), nullptr, fields.data(), fields.size(), nullptr, nullptr);
  std::string all = session.sent();
  nghttp2_submit_ping(session.get(), 0, nullptr);
  nghttp2_submit_rst_stream(session.get(), 0, 3, NGHTTP2_CANCEL);
  nghttp2_submit_goaway(session.get(), 0, 0, NGHTTP2_ENHANCE_YOUR_CALM, nullptr, 0);
  return all + session.sent();
}

// `told` without the fragments, which are the encoder's matter.
std::vector<std::string> kinds(const FrameTranscript& run) {
  std::vector<std::string> all;
  for (Told one : run.told) {
    one.bytes = one.kind == Told::Kind::kSettings ? one.bytes : std::to_string(one.bytes.size());
    one.wire_bytes = 0;
    all.push_back(one.text());
  }
  return all;
}

TEST(Nghttp2, AClientsFramesAreRead) {
  const std::string stream = client_stream(false, "c", std::string(1'000, 'x'));
  for (const Split& split : splits(stream)) {
    FrameTranscript run(StreamBegin::kClientPreface);
    for (const std::string_view piece : split.pieces) run.data(piece);
    ASSERT_EQ(run.outcome, ReadOutcome::kReading) << split.name;
    // The two requests differ in nothing but END_STREAM; neither inserts into the table.
    std::vector<std::string> found = kinds(run);
    ASSERT_EQ(found.size(), 8U) << run.text();
    EXPECT_EQ(found[0], "settings 3=77 2=0");
    EXPECT_EQ(found[1], "other 8 0");
    EXPECT_EQ(found[2].substr(0, 8), "block 1 ");
    EXPECT_EQ(found[3], "block 3 fin" + found[2].substr(7));
    EXPECT_EQ(found[4], "data 1 <1000> fin +0");
    EXPECT_EQ(found[5], "other 6 0");
    EXPECT_EQ(found[6], "reset 3 8");
    EXPECT_EQ(found[7], "goaway 0 11");
  }
}

TEST(Nghttp2, PaddingAndContinuationAreRead) {
  const std::string cookie(20'000, '\\');  // its Huffman code is longer than it: sent as it is
  FrameTranscript run(StreamBegin::kClientPreface);
  run.data(client_stream(true, cookie, "body"));
  ASSERT_EQ(run.outcome, ReadOutcome::kReading);
  std::vector<const Told*> blocks;
  for (const Told& one : run.told) {
    if (one.kind == Told::Kind::kBlock) blocks.push_back(&one);
    if (one.kind == Told::Kind::kData) {
      EXPECT_EQ(one.text(), "data 1 <body> fin +26");  // 9 + 17, pad length included
    }
  }
  ASSERT_EQ(blocks.size(), 2U);
  for (const Told* block : blocks) {
    EXPECT_NE(block->bytes.find(cookie), std::string::npos);
    EXPECT_GT(block->wire_bytes, block->bytes.size() + 9) << "in two frames";
  }
}

}  // namespace
}  // namespace podwire::http2
