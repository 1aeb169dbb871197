#include "tap/credential_names.h"

#include <gtest/gtest.h>

#include <string>

namespace podwire::tap {
namespace {

TEST(CredentialNamesTest, KnowsHeadersOfCredentials) {
  for (const auto* name : {"Authorization",
                           "authorization",
                           "Proxy-Authorization",
                           "Cookie",
                           "Set-Cookie",
                           "X-Api-Key",
                           "Api-Key",
                           "apikey",
                           "X-Auth-Token",
                           "X-CSRF-Token",
                           "X-XSRF-TOKEN",
                           "X-Amz-Security-Token",
                           "X-Goog-Api-Key",
                           "X-Vault-Token",
                           "Private-Token",
                           "X-GitLab-Token",
                           "X-Access-Token",
                           "X-Session-Token",
                           "X-Refresh-Token",
                           "X-Forwarded-Access-Token",
                           "X-Client-Secret",
                           "X-Forwarded-Authorization",
                           "x_api_key",
                           "X-Auth-Key",
                           "X-Goog-Iap-Jwt-Assertion",
                           "Cf-Access-Jwt-Assertion",
                           "X-Amzn-Oidc-Data",
                           "X-Amzn-Oidc-Accesstoken",
                           "Ocp-Apim-Subscription-Key",
                           "X-Functions-Key",
                           "X-User-Password",
                           "DD-API-KEY",
                           "DD-Application-Key",
                           "X-Honeycomb-Team",
                           "X-Session-Id",
                           "Job-Token",
                           "X-Shopify-Access-Token",
                           "X-GitHub-OTP",
                           "X-Registry-Auth",
                           "X-Sentry-Auth",
                           "auth",
                           "x-auth-bin",
                           "X-Parse-Master-Key",
                           "Cookie2"}) {
    EXPECT_EQ(header_kind(name), HeaderKind::kCredential) << name;
  }
}

TEST(CredentialNamesTest, LeavesOtherHeadersAlone) {
  for (const auto* name : {"Accept",
                           "Content-Type",
                           "Content-Length",
                           "User-Agent",
                           "Date",
                           "Server",
                           "ETag",
                           "Vary",
                           "X-Request-Id",
                           "X-Forwarded-For",
                           "traceparent",
                           "grpc-status",
                           "Sec-WebSocket-Key",
                           "Sec-WebSocket-Accept",
                           "Idempotency-Key",
                           "Cache-Control",
                           "Surrogate-Key",
                           "Retry-After",
                           "X-RateLimit-Remaining-Tokens",
                           "anthropic-ratelimit-tokens-limit",
                           "Access-Control-Allow-Credentials",
                           "Access-Control-Allow-Headers",
                           "Age",
                           "Keep-Alive",
                           "Accept-Encoding",
                           "Signature-Input",
                           "",
                           ":status"}) {
    EXPECT_EQ(header_kind(name), HeaderKind::kPlain) << name;
  }
  EXPECT_EQ(header_kind("WWW-Authenticate"), HeaderKind::kChallenge);
  EXPECT_EQ(header_kind("proxy-authenticate"), HeaderKind::kChallenge);
}

TEST(CredentialNamesTest, ExceptionsDoNotCoverOtherWords) {
  EXPECT_EQ(header_kind("X-RateLimit-Secret"), HeaderKind::kCredential);
  EXPECT_EQ(header_kind("Access-Control-Password"), HeaderKind::kCredential);
}

TEST(CredentialNamesTest, KnowsWhereUrlsStand) {
  for (const auto* name : {"Referer", "Location", "Content-Location", "Link", "Refresh", "X-Original-URI", ":path"}) {
    EXPECT_EQ(header_kind(name), HeaderKind::kUrl) << name;
  }
  for (const auto* name : {"Host", ":authority", "X-Forwarded-Host"}) {
    EXPECT_EQ(header_kind(name), HeaderKind::kAuthority) << name;
  }
  EXPECT_EQ(header_kind("Sec-WebSocket-Protocol"), HeaderKind::kSubprotocol);
}

TEST(CredentialNamesTest, TakesAVeryLongNameForACredential) {
  EXPECT_EQ(header_kind(std::string(300, 'a')), HeaderKind::kCredential);
  EXPECT_EQ(header_kind(std::string(256, '-')), HeaderKind::kPlain);
  EXPECT_TRUE(is_credential_parameter(std::string(300, 'a'), 1));
}

TEST(CredentialNamesTest, KnowsParametersOfCredentials) {
  for (const auto* name : {"access_token",
                           "token",
                           "api_key",
                           "apikey",
                           "api-key",
                           "key",
                           "sig",
                           "signature",
                           "password",
                           "passwd",
                           "pwd",
                           "secret",
                           "client_secret",
                           "X-Amz-Signature",
                           "X-Amz-Credential",
                           "X-Amz-Security-Token",
                           "X-Goog-Signature",
                           "id_token",
                           "refresh_token",
                           "jwt",
                           "auth",
                           "session",
                           "sid",
                           "sessionid",
                           "PHPSESSID",
                           "ticket",
                           "SAMLResponse",
                           "Access-Token",
                           "csrf_token",
                           "AWSAccessKeyId",
                           "client_assertion"}) {
    EXPECT_TRUE(is_credential_parameter(name, 1)) << name;
  }
  for (const auto* name : {"id", "page", "q", "X-Amz-Date", "X-Amz-SignedHeaders", "keyword", "sort_key", "pageToken",
                           "next_page_token", "continuation-token", "nextToken", "", "author"}) {
    EXPECT_FALSE(is_credential_parameter(name, 100)) << name;
  }
}

TEST(CredentialNamesTest, TellsCodeAndStateByTheirLength) {
  EXPECT_FALSE(is_credential_parameter("code", 3));
  EXPECT_FALSE(is_credential_parameter("code", 15));
  EXPECT_TRUE(is_credential_parameter("code", 16));
  EXPECT_FALSE(is_credential_parameter("state", 4));
  EXPECT_TRUE(is_credential_parameter("state", 16));
  EXPECT_TRUE(is_credential_parameter("subscription-key", 32));
}

}  // namespace
}  // namespace podwire::tap
