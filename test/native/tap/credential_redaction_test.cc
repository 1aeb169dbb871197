#include "tap/credential_redaction.h"

#include <gtest/gtest.h>

#include <array>

#include "test/native/wire/example_exchange.h"
#include "test/native/wire/protoc.h"
#include "wire/exchange_encoder.h"
#include "wire/header_names.h"

namespace podwire::tap {
namespace {

using podwire::testing::decoded;
using podwire::testing::example_get;
using podwire::testing::ExampleExchange;

std::optional<std::string> shown(std::string_view name, std::string_view value) {
  const CredentialRedaction redaction;
  std::string scratch;
  const auto result = redaction.header({name, value}, scratch);
  return result ? std::optional<std::string>(*result) : std::nullopt;
}

TEST(CredentialRedactionTest, HidesValuesThatLookLikeCredentialsUnderAnyName) {
  EXPECT_EQ(shown("X-Upstream", "Bearer abc"), std::nullopt);
  EXPECT_EQ(shown("X-Upstream", "bAsIc YTpi"), std::nullopt);
  EXPECT_EQ(shown("X-Identity", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"), std::nullopt);
  EXPECT_EQ(shown("X-Identity", "eyJhbGciOiJIUzI1NiJ9"), "eyJhbGciOiJIUzI1NiJ9");
  EXPECT_EQ(shown("X-Note", "Bearers of news"), "Bearers of news");
}

TEST(CredentialRedactionTest, ShowsChallenges) {
  EXPECT_EQ(shown("WWW-Authenticate", "Bearer realm=\"shop\""), "Bearer realm=\"shop\"");
  EXPECT_EQ(shown("Proxy-Authenticate", "Basic realm=\"proxy\""), "Basic realm=\"proxy\"");
}

TEST(CredentialRedactionTest, HidesTokensAmongWebSocketSubprotocols) {
  EXPECT_EQ(shown("Sec-WebSocket-Protocol", "base64url.bearer.authorization.k8s.io.c2VjcmV0, base64.binary.k8s.io"),
            std::nullopt);
  EXPECT_EQ(shown("Sec-WebSocket-Protocol", "graphql-ws, chat"), "graphql-ws, chat");
}

TEST(CredentialRedactionTest, LooksForUrlsInOtherHeaders) {
  EXPECT_EQ(shown("X-Callback", "https://u:p@h/?id=1&token=x"), "https://REDACTED@h/?id=1&token=REDACTED");
  EXPECT_EQ(shown("X-Callback", "/cb?token=x"), "/cb?token=REDACTED");
  EXPECT_EQ(shown("Host", "u:p@h"), "REDACTED@h");
}

TEST(CredentialRedactionTest, KindsThatAreRememberedAreNotMixedUp) {
  using Values = wire::NameRule::Values;
  const CredentialRedaction redaction;
  wire::HeaderNames names;
  names.use(&redaction);
  // More names than are remembered, in turns, of which every other one is a credential's.
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 2000; ++i) {
      const std::string number = std::to_string(i);
      EXPECT_EQ(names.find("x-plain-" + number)->rule.values, Values::kShownUnlessMarked) << number;
      EXPECT_EQ(names.find("x-token-" + number)->rule.values, Values::kHidden) << number;
    }
  }
  const std::string long_name = "x-a-name-that-is-longer-than-what-is-remembered-of-it-";
  EXPECT_EQ(names.find(long_name + "token"), nullptr);
  EXPECT_EQ(shown(long_name + "plain", "v"), "v");
  EXPECT_EQ(shown(long_name + "token", "v"), std::nullopt);
}

// What the encoder does not ask of a value has to be what it would be told.
TEST(CredentialRedactionTest, ShowsWhatIsNotMarkedAsItIs) {
  using Values = wire::NameRule::Values;
  const CredentialRedaction redaction;
  std::string scratch;
  for (const std::string_view name : {"Accept", "Server", "ETag", "X-Request-Id", "Content-Type", "WWW-Authenticate"}) {
    const wire::NameRule rule = redaction.name_rule(name);
    ASSERT_TRUE(rule.values == Values::kShownUnlessMarked || rule.values == Values::kShown) << name;
    for (const std::string_view value :
         {"", "b", "e", "bytes", "eager", "a/b", "*/*", "user@h", "u:p@h/", "token=s3cr3t", "a;token=s3cr3t&b",
          "#token=s3cr3t", "%3Ftoken=s3cr3t", "application/json"}) {
      EXPECT_FALSE(wire::begins_marked(value)) << value;
      EXPECT_EQ(redaction.value(rule.kind, value, scratch), value) << name << ": " << value;
    }
  }
  for (const std::string_view value : {"Bearer x", "bEARER x", "Basic x", "bASIC x", "eyJ.x.y"}) {
    EXPECT_TRUE(wire::begins_marked(value)) << value;
    EXPECT_EQ(shown("Accept", value), std::nullopt);
  }
}

TEST(CredentialRedactionTest, HidesValuesThatTheirSenderMarksAsSensitive) {
  ExampleExchange example = example_get();
  example.request_headers = {{.name = "x-note", .value = "m4rked", .never_indexed = true}, {"x-other", "plain"}};
  const CredentialRedaction redaction;
  wire::ExchangeEncoder encoder;
  wire::OutputBuffer redacted;
  encoder.append(example.view(), {.redaction = &redaction}, redacted);
  EXPECT_EQ(redacted.view().find("m4rked"), std::string::npos);
  EXPECT_NE(redacted.view().find("plain"), std::string::npos);
  wire::OutputBuffer unredacted;
  encoder.append(example.view(), {}, unredacted);
  EXPECT_NE(unredacted.view().find("m4rked"), std::string::npos);
}

// HPACK after a late join: the value may be known where the name is not.
TEST(CredentialRedactionTest, HidesValuesWhoseNameCannotBeKnown) {
  EXPECT_EQ(shown("", "anything"), std::nullopt);
  EXPECT_EQ(shown("", ""), std::nullopt);
  ExampleExchange example = example_get();
  example.request_headers = {{"", "s3cr3t"}, {"", "", false}};
  example.response_trailers = {{"", "s3cr3t"}};
  const CredentialRedaction redaction;
  wire::ExchangeEncoder encoder;
  wire::OutputBuffer redacted;
  encoder.append(example.view(), {.redaction = &redaction}, redacted);
  EXPECT_EQ(redacted.view().find("s3cr3t"), std::string::npos);
  const std::string text = decoded("TapBatch", redacted.view());
  EXPECT_NE(text.find("    headers {\n      redacted: true\n    }\n"
                      "    headers {\n      unknown: true\n    }\n"),
            std::string::npos)
      << text;
  wire::OutputBuffer unredacted;
  encoder.append(example.view(), {}, unredacted);
  EXPECT_NE(unredacted.view().find("s3cr3t"), std::string::npos);
}

// An exchange with a credential in every place where real programs put them.
TEST(CredentialRedactionTest, NoCredentialGetsIntoTheBytes) {
  const std::vector<std::string> secrets = {
      "ghp_16C7e42F292c6912E7710c838347Ae178B4a",  // in Authorization
      "dXNlcjpodW50ZXIy",                          // Basic
      "sess-9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d",     // in Cookie and Set-Cookie
      "sk_live_4eC39HqLyjWDarjtT1zdp7dc",          // an API key
      "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",   // in the query
      "fe5f80f77d5fa3beca038a248ff027d0445342fe",  // a signature
      "AKIAIOSFODNN7EXAMPLE",                      // an access key
      "hunter2",                                   // in a URL
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
      "hvs.CAESIJ2s3cr3tvaulttoken",
  };
  ExampleExchange example = example_get();
  const std::string query = "/o/photo.jpg?id=7&key=" + secrets[4] + "&X-Amz-Credential=" + secrets[6] +
                            "%2F20261122%2Fus-east-1&X-Amz-Signature=" + secrets[5] +
                            "&next=https%3A%2F%2Fshop%2Fcb%3Faccess_token%3D" + secrets[8] + "%26n%3D1";
  const std::string location = "https://shop/cb#id_token=" + secrets[8] + "&state=1";
  const std::string referer = "https://admin:" + secrets[7] + "@shop/?api_key=" + secrets[3];
  const std::string authority = "admin:" + secrets[7] + "@backend:8080";
  const std::string bearer = "Bearer " + secrets[0];
  const std::string basic = "Basic " + secrets[1];
  const std::string cookie = "theme=dark; session=" + secrets[2];
  const std::string set_cookie = "session=" + secrets[2] + "; HttpOnly";
  const std::string subprotocol = "base64url.bearer.authorization.k8s.io." + secrets[9];
  example.request.path = query;
  example.request.authority = authority;
  example.request_headers = {{"Host", authority},
                             {"Authorization", bearer},
                             {"proxy-authorization", basic},
                             {"Cookie", cookie},
                             {"X-API-Key", secrets[3]},
                             {"Referer", referer},
                             {"x-upstream-auth-header", bearer},
                             {"x-user-jwt", secrets[8]},
                             {"X-Id-Claims", secrets[8]},
                             {"X-Vault-Token", secrets[9]},
                             {"Sec-WebSocket-Protocol", subprotocol},
                             {"X-Original-URL", query},
                             {"X-Client-Secret", "", false}};
  example.request_trailers = {{"x-session-token", secrets[2]}};
  example.response_headers = {{"Set-Cookie", set_cookie}, {"Location", location}, {"Content-Type", "text/plain"}};
  example.response_trailers = {{"X-Refresh-Token", secrets[9]}};
  const std::array<exchange::HeaderField, 1> early{{{"Link", referer}}};
  const std::array<exchange::InformationalView, 1> informational{{{103, early}}};
  example.base.informational = informational;

  const CredentialRedaction redaction;
  wire::ExchangeEncoder encoder;
  wire::OutputBuffer redacted;
  encoder.append(example.view(), {.redaction = &redaction}, redacted);
  wire::OutputBuffer unredacted;
  encoder.append(example.view(), {}, unredacted);
  for (const std::string& secret : secrets) {
    EXPECT_EQ(redacted.view().find(secret), std::string::npos) << secret;
    EXPECT_NE(unredacted.view().find(secret), std::string::npos) << secret;
  }
  const std::string text = decoded("TapBatch", redacted.view());
  for (const auto* kept :
       {"path: \"/o/photo.jpg?id=7&key=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Signature=REDACTED"
        "&next=https%3A%2F%2Fshop%2Fcb%3Faccess_token%3DREDACTED%26n%3D1\"",
        "authority: \"REDACTED@backend:8080\"", "value: \"https://shop/cb#id_token=REDACTED&state=1\"",
        "value: \"https://REDACTED@shop/?api_key=REDACTED\"", "value: \"text/plain\"",
        "name: \"X-Client-Secret\"\n      unknown: true", "name: \"Set-Cookie\"\n      redacted: true"}) {
    EXPECT_NE(text.find(kept), std::string::npos) << kept << "\n" << text;
  }
}

}  // namespace
}  // namespace podwire::tap
