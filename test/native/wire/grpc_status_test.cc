#include "wire/grpc_status.h"

#include <gtest/gtest.h>

#include <vector>

namespace podwire::wire {
namespace {

using Headers = std::vector<exchange::HeaderField>;

std::optional<GrpcStatusView> status_of(const Headers& headers, const Headers& trailers) {
  exchange::ResponseView response;
  response.headers = headers;
  response.trailers = trailers;
  return grpc_status(response);
}

TEST(GrpcStatusTest, ComesFromTrailers) {
  const auto status =
      status_of({{"content-type", "application/grpc+proto"}}, {{"grpc-status", "5"}, {"grpc-message", "no%20cart"}});
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 5U);
  EXPECT_EQ(status->message, "no%20cart");
}

TEST(GrpcStatusTest, ComesFromHeadersOfAResponseWithTrailersOnly) {
  const auto status = status_of({{"Content-Type", "Application/GRPC"}, {"Grpc-Status", "12"}}, {});
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 12U);
  EXPECT_EQ(status->message, "");
}

TEST(GrpcStatusTest, IsThereForGrpcAlone) {
  EXPECT_FALSE(status_of({{"content-type", "application/json"}, {"grpc-status", "0"}}, {}));
  EXPECT_FALSE(status_of({{"grpc-status", "0"}}, {}));
  EXPECT_FALSE(status_of({{"content-type", "", false}, {"grpc-status", "0"}}, {}));
}

TEST(GrpcStatusTest, IsNeverGuessed) {
  const Headers grpc = {{"content-type", "application/grpc"}};
  EXPECT_FALSE(status_of(grpc, {}));
  for (const auto* text : {"", "-1", "x", "5x", "0x5", " 5", "99999999999"}) {
    EXPECT_FALSE(status_of(grpc, {{"grpc-status", text}})) << text;
  }
  EXPECT_FALSE(status_of(grpc, {{"grpc-status", "", false}}));
  const auto unknown_message = status_of(grpc, {{"grpc-status", "0"}, {"grpc-message", "", false}});
  ASSERT_TRUE(unknown_message);
  EXPECT_EQ(unknown_message->message, "");
}

// gRPC-Web: the trailers at the end of the body, or headers alone.
TEST(GrpcStatusTest, ComesFromTrailersOfGrpcWeb) {
  for (const auto* type : {"application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text",
                           "application/grpc-web-text+proto; charset=utf-8"}) {
    const auto status = status_of({{"content-type", type}}, {{"grpc-status", "3"}, {"grpc-message", "bad"}});
    ASSERT_TRUE(status) << type;
    EXPECT_EQ(status->code, 3U);
    EXPECT_EQ(status->message, "bad");
    EXPECT_EQ(status_of({{"content-type", type}, {"grpc-status", "7"}}, {})->code, 7U) << type;
  }
  for (const auto* type : {"application/grpcish", "application/grp", "text/application/grpc"}) {
    EXPECT_FALSE(status_of({{"content-type", type}}, {{"grpc-status", "3"}})) << type;
  }
}

TEST(GrpcStatusTest, MayBeACodeThatGrpcDoesNotDefine) {
  EXPECT_EQ(status_of({{"content-type", "application/grpc"}}, {{"grpc-status", "17"}})->code, 17U);
  EXPECT_EQ(status_of({{"content-type", "application/grpc"}}, {{"grpc-status", "4294967295"}})->code, 4294967295U);
  EXPECT_FALSE(status_of({{"content-type", "application/grpc"}}, {{"grpc-status", "4294967296"}}));
}

// HPACK after a late join: some fields have neither a name nor a value that could be known.
TEST(GrpcStatusTest, IsNotTakenFromElsewhereWhenItMayBeTheFieldWithoutAName) {
  const Headers grpc = {{"content-type", "application/grpc"}, {"grpc-status", "0"}};
  EXPECT_FALSE(status_of(grpc, {{"", "", false}}));
  EXPECT_EQ(status_of(grpc, {{"", "", false}, {"grpc-status", "2"}})->code, 2U);
  EXPECT_FALSE(status_of({{"", "", false}}, {{"grpc-status", "2"}})) << "the content type is not known";
}

TEST(GrpcTimeoutTest, IsReadOfGrpcRequests) {
  const auto timeout_of = [](const Headers& headers) {
    exchange::RequestView request;
    request.headers = headers;
    return grpc_timeout_nanos(request);
  };
  EXPECT_EQ(timeout_of({{"Content-Type", "application/grpc+proto"}, {"Grpc-Timeout", "250m"}}), 250'000'000U);
  EXPECT_EQ(timeout_of({{"content-type", "application/grpc-web"}, {"grpc-timeout", "1H"}}), 3'600'000'000'000U);
  EXPECT_FALSE(timeout_of({{"content-type", "application/grpc"}}));
  EXPECT_FALSE(timeout_of({{"content-type", "application/grpc"}, {"grpc-timeout", "soon"}}));
  EXPECT_FALSE(timeout_of({{"content-type", "application/grpc"}, {"grpc-timeout", "", false}}));
  EXPECT_FALSE(timeout_of({{"content-type", "application/json"}, {"grpc-timeout", "1S"}}));
  EXPECT_FALSE(timeout_of({{"content-type", "", false}, {"grpc-timeout", "1S"}}));
  EXPECT_FALSE(timeout_of({{"grpc-timeout", "1S"}}));
}

TEST(GrpcStatusTest, PrefersTrailers) {
  const auto status = status_of({{"content-type", "application/grpc"}, {"grpc-status", "0"}}, {{"grpc-status", "13"}});
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 13U);
}

TEST(GrpcStatusTest, KnowsWhetherTheContentIsGrpc) {
  exchange::ResponseView response;
  EXPECT_EQ(grpc_content(response), GrpcContent::kUnknown);
  const Headers html = {{"content-type", "text/html"}};
  response.headers = html;
  EXPECT_EQ(grpc_content(response), GrpcContent::kNo);
}

}  // namespace
}  // namespace podwire::wire
