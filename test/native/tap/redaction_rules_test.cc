#include "tap/redaction_rules.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "spec_text.h"
#include "tap/credential_redaction.h"
#include "tap/tap_session.h"
#include "tap/url_credentials.h"
#include "test/native/wire/example_exchange.h"
#include "test/native/wire/protoc.h"
#include "wire/exchange_encoder.h"

namespace podwire::tap {
namespace {

using podwire::testing::decoded;
using podwire::testing::example_get;
using podwire::testing::ExampleExchange;
using podwire::testing::spec_of;

TEST(RedactionRulesTest, NamesAreComparedWithoutCaseAndStarsStandForAnything) {
  const NameSet names({"X-Tenant", "x-internal-*", "*-pin", "a*b*c"});
  for (const auto* name :
       {"x-tenant", "X-TENANT", "X-Internal-", "x-internal-Zone", "Card-PIN", "-pin", "abc", "AxBxC"}) {
    EXPECT_TRUE(names.has(name)) << name;
  }
  for (const auto* name : {"", "x-tenants", "xtenant", "x-internal", "pin", "pin-x", "ab", "acb"}) {
    EXPECT_FALSE(names.has(name)) << name;
  }
  EXPECT_FALSE(names.empty());
  EXPECT_TRUE(NameSet({"*"}).has("anything"));
  EXPECT_TRUE(NameSet().empty());
  EXPECT_FALSE(NameSet().has(""));
}

std::shared_ptr<const RedactionRules> rules(const std::vector<std::string>& headers,
                                            const std::vector<std::string>& parameters) {
  return std::make_shared<const RedactionRules>(
      RedactionRules{.headers = NameSet(headers), .parameters = NameSet(parameters)});
}

TEST(RedactionRulesTest, HidesTheOperatorsHeadersWhateverTheyAreOtherwise) {
  const CredentialRedaction redaction(rules({"X-Tenant", "www-*", "location", "host"}, {}));
  std::string scratch;
  for (const auto* name : {"x-tenant", "WWW-Authenticate", "Location", "Host"}) {
    EXPECT_EQ(redaction.header({name, "v"}, scratch), std::nullopt) << name;
  }
  EXPECT_EQ(redaction.header({"Accept", "v"}, scratch), "v");
  EXPECT_EQ(redaction.header({"Authorization", "v"}, scratch), std::nullopt) << "it always is";
}

TEST(RedactionRulesTest, ReplacesTheOperatorsParametersWhereverUrlsAre) {
  const NameSet more({"id", "p*n"});
  const auto redacted = [&](std::string_view text) {
    std::string scratch;
    return std::string(redact_url(text, scratch, &more));
  };
  EXPECT_EQ(redacted("/a?id=7&n=1"), "/a?id=REDACTED&n=1");
  EXPECT_EQ(redacted("/a?ID=7&pin=1234#pn=2"), "/a?ID=REDACTED&pin=REDACTED#pn=REDACTED");
  EXPECT_EQ(redacted("/a;id=7/b?ids=1"), "/a;id=REDACTED/b?ids=1");
  EXPECT_EQ(redacted("/a?next=%2Fb%3Fi%64%3D7%26n%3D1"), "/a?next=%2Fb%3Fi%64%3DREDACTED%26n%3D1");
  EXPECT_EQ(redacted("/a?token=t&id="), "/a?token=REDACTED&id=");
  const CredentialRedaction redaction(rules({}, {"id"}));
  std::string scratch;
  EXPECT_EQ(redaction.path("/a?id=7", scratch), "/a?id=REDACTED");
  EXPECT_EQ(redaction.header({"Referer", "http://h/?id=7"}, scratch), "http://h/?id=REDACTED");
  EXPECT_EQ(redaction.header({"X-Note", "see /a?id=7"}, scratch), "see /a?id=REDACTED");
}

TEST(RedactionRulesTest, WhatTheNodeForbidsNoTapHas) {
  const auto asked = [] { return spec_of("body_bytes: 100 unredacted: true max_rate: 7"); };
  const auto with = [&](bool bodies, bool unredacted) {
    return Tap(asked(), std::make_shared<const RedactionRules>(
                            RedactionRules{.bodies_forbidden = bodies, .unredacted_forbidden = unredacted}))
        .spec();
  };
  EXPECT_EQ(Tap(asked()).spec().body_bytes, 100U);
  EXPECT_TRUE(Tap(asked()).spec().unredacted);
  EXPECT_EQ(with(false, false).body_bytes, 100U);
  EXPECT_TRUE(with(false, false).unredacted);
  EXPECT_EQ(with(true, false).body_bytes, 0U);
  EXPECT_TRUE(with(true, false).unredacted);
  EXPECT_EQ(with(false, true).body_bytes, 100U);
  EXPECT_FALSE(with(false, true).unredacted);
  EXPECT_EQ(with(true, true).max_rate, 7U);
}

// Of a tap that asks for everything, as a session encodes it.
std::string encoded(const std::shared_ptr<const RedactionRules>& node) {
  TapSession session(std::make_shared<Tap>(spec_of("body_bytes: 100 unredacted: true"), node));
  ExampleExchange example = example_get();
  example.request_headers = {{"X-Tenant", "t3nant"}, {"Authorization", "s3cr3t"}};
  example.response.body.content = "b0dy";
  EXPECT_EQ(session.consider(example.view(), 0), Outcome::kPublished);
  wire::OutputBuffer out;
  wire::ExchangeEncoder().append(example.view(), session.encoding_rules(), out);
  return std::string(out.view());
}

TEST(RedactionRulesTest, NothingForbiddenIsEncoded) {
  const auto has = [](const std::string& bytes, std::string_view part) {
    return bytes.find(part) != std::string::npos;
  };
  const std::string everything = encoded(nullptr);
  for (const auto* part : {"t3nant", "s3cr3t", "b0dy"}) EXPECT_TRUE(has(everything, part)) << part;
  const std::string nothing = encoded(std::make_shared<const RedactionRules>(
      RedactionRules{.headers = NameSet({"x-tenant"}), .bodies_forbidden = true, .unredacted_forbidden = true}));
  for (const auto* part : {"t3nant", "s3cr3t", "b0dy"}) EXPECT_FALSE(has(nothing, part)) << part;
}

TEST(RedactionRulesTest, TheStatusMessageOfGrpcShowsNoMoreThanItsHeader) {
  ExampleExchange example = example_get();
  example.response_headers = {{"content-type", "application/grpc"}};
  const auto message = [&](const wire::Redaction* redaction, std::string_view value, bool never_indexed = false) {
    example.response_trailers = {{"grpc-status", "5"},
                                 {.name = "grpc-message", .value = value, .never_indexed = never_indexed}};
    wire::OutputBuffer out;
    wire::ExchangeEncoder().append(example.view(), {.redaction = redaction}, out);
    const std::string text = decoded("TapBatch", out.view());
    const std::size_t grpc = text.find("    grpc {\n");
    const std::size_t begin = text.find("message: \"", grpc);
    if (grpc == std::string::npos || begin == std::string::npos) return std::string("none");
    return text.substr(begin + 10, text.find("\"\n", begin) - begin - 10);
  };
  const CredentialRedaction usual;
  EXPECT_EQ(message(nullptr, "no%20cart at http://h/?token=x"), "no cart at http://h/?token=x");
  EXPECT_EQ(message(&usual, "no%20cart at http://h/?token=x"), "no cart at http://h/?token=REDACTED");
  EXPECT_EQ(message(&usual, "Bearer%20x"), "none");
  EXPECT_EQ(message(&usual, "no cart", true), "none");
  EXPECT_EQ(message(&usual, "no cart"), "no cart");
  const CredentialRedaction hidden(rules({"grpc-message"}, {}));
  EXPECT_EQ(message(&hidden, "no cart"), "none");
}

}  // namespace
}  // namespace podwire::tap
