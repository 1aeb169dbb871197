#include <gtest/gtest.h>

#include <string_view>

#include "grpc/message_reader.h"

namespace podwire::grpc {
namespace {

// "Content-Type" of PROTOCOL-HTTP2 and of PROTOCOL-WEB.
TEST(Encoding, OfAContentType) {
  struct Case {
    std::string_view content_type;
    std::optional<Encoding> encoding;
  };
  for (const Case& each : {
           Case{"application/grpc", Encoding::kGrpc},
           Case{"application/grpc+proto", Encoding::kGrpc},
           Case{"application/grpc+json", Encoding::kGrpc},
           Case{"application/grpc; charset=utf-8", Encoding::kGrpc},
           Case{"Application/GRPC+Proto", Encoding::kGrpc},
           Case{" application/grpc\t;a=b", Encoding::kGrpc},
           Case{"application/grpc-web", Encoding::kGrpcWeb},
           Case{"application/grpc-web+proto", Encoding::kGrpcWeb},
           Case{"application/grpc-web+thrift;x=\"+\"", Encoding::kGrpcWeb},
           Case{"application/grpc-web-text", Encoding::kGrpcWebText},
           Case{"application/grpc-web-text+proto", Encoding::kGrpcWebText},
           Case{"application/grpc-web-text-base64", Encoding::kGrpcWebText},
           Case{"", std::nullopt},
           Case{";", std::nullopt},
           Case{" ", std::nullopt},
           Case{"application/json", std::nullopt},
           Case{"application/grp", std::nullopt},
           Case{"application/grpcs", std::nullopt},
           Case{"application/grpc-other", std::nullopt},
           Case{"application/grpc-web-texts", std::nullopt},
           Case{"text/plain; application/grpc", std::nullopt},
           Case{"application /grpc", std::nullopt},
       }) {
    EXPECT_EQ(encoding_of(each.content_type), each.encoding) << each.content_type;
  }
}

// RFC 9110, section 8.3.1.
TEST(MediaType, IsWhatStandsBeforeTheParameters) {
  EXPECT_EQ(media_type("text/event-stream"), "text/event-stream");
  EXPECT_EQ(media_type("text/event-stream;charset=utf-8"), "text/event-stream");
  EXPECT_EQ(media_type(" \tText/HTML\t ; a=\";\""), "Text/HTML");
  EXPECT_EQ(media_type(" ; a=b"), "");
  EXPECT_EQ(media_type(" \t"), "");
  EXPECT_EQ(media_type(""), "");
}

}  // namespace
}  // namespace podwire::grpc
