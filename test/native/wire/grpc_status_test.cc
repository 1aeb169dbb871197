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
