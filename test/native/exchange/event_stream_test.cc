// Server-sent events: shown as open while they come, with counts.
#include <gtest/gtest.h>

#include "http2_frames.h"
#include "observed.h"

namespace podwire::exchange {
namespace {

using namespace test;

TEST(EventStream, OverHttp1) {
  Observed run;
  run.client(get("/events"));
  run.server("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\ndata: one\n\n: comment\n\nda");
  run.server("ta: two\ndata: lines\n\ndata: thr");
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open GET /events 0 -> 200 54\n");
  EXPECT_EQ(run.exchanges[0].response_messages, "event 2/11 ");
  run.server("ee\n\n").end(tcp::Side::kResponder).close();
  EXPECT_EQ(run.take(), "complete GET /events 0 -> 200 58\n");
  EXPECT_EQ(run.exchanges[1].response_messages, "event 3/16 ");
}

TEST(EventStream, OverHttp2) {
  Observed run;
  run.client(kPreface + settings() + headers(1, get_fields("/events"), kWholeAndLast));
  run.server(settings() + headers(1, with(ok_fields(), {{"content-type", "text/event-stream"}})));
  run.server(data_frame(1, "data: one\n") + data_frame(1, "\ndata: two\n\n"));
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open GET /events 0 -> 200 22\n");
  EXPECT_EQ(run.exchanges[0].response_messages, "event 2/6 ");
}

TEST(EventStream, WithACodingNothingIsCounted) {
  Observed run;
  run.client(get("/events"));
  run.server("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b").close();
  EXPECT_EQ(run.exchanges.at(0).response_messages, "none");
}

TEST(EventStream, LostBytesMakeTheCountsLowerBounds) {
  Observed run;
  run.client(get("/events")).server("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\nda");
  run.server_gap(9).server("\n\ndata: three\n\n").close();
  EXPECT_EQ(run.exchanges.at(0).response_messages, "at least event 2/8 ");
  EXPECT_EQ(run.exchanges[0].response_bytes, 11 + 2 + 9 + 15U);
}

TEST(EventStream, ALongPollIsOpenWithoutResponse) {
  Observed run;
  run.client(kPreface + settings() + headers(1, get_fields("/poll"), kWholeAndLast)).server(settings());
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.text, "open GET /poll 0 -> -\n");
}

}  // namespace
}  // namespace podwire::exchange
