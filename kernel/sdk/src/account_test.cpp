// What a plugin holds for one account: its settings, and an access token shared by its operations.
#include <gtest/gtest.h>

#include <florin/provider.hpp>
#include <florin/settings.hpp>
#include <florin/token_cache.hpp>

namespace florin {
namespace {

using namespace std::chrono_literals;

TEST(Settings, AbsentIsEmptyAndSecretsStandNowhereElse) {
  const Settings settings(Json{{"mode", "fast"}, {"limit", 7}, {"strict", true}, {"a.b", "dotted"}},
                          {{"api_key", Secret("sk_1")}});
  EXPECT_EQ(settings.text("mode"), "fast");
  EXPECT_EQ(settings.integer("limit"), 7);
  EXPECT_TRUE(settings.flag("strict"));
  EXPECT_EQ(settings.text("a.b"), "dotted");
  EXPECT_EQ(settings.secret("api_key").expose(), "sk_1");
  EXPECT_EQ(settings.text("api_key"), "");
  EXPECT_EQ(Settings().text("mode"), "");
  EXPECT_EQ(settings.integer("mode"), 0);
  EXPECT_FALSE(Settings().flag("strict"));
  EXPECT_TRUE(settings.secret("mode").empty());
}

TEST(TokenCache, GivesATokenWhileItHoldsForAMinuteMore) {
  const Instant now{1'000'000s};
  TokenCache cache;
  EXPECT_FALSE(cache.get(now));
  cache.put(Secret("t1"), now + 10min);
  EXPECT_EQ(cache.get(now + 9min)->expose(), "t1");
  EXPECT_FALSE(cache.get(now + 9min + 1us));
}

TEST(TokenCache, ARefusedTokenIsDroppedUnlessSomebodyReplacedIt) {
  const Instant now{1'000'000s};
  TokenCache cache;
  cache.put(Secret("new"), now + 1h);
  cache.drop(Secret("old"));
  EXPECT_TRUE(cache.get(now));
  cache.drop(Secret("new"));
  EXPECT_FALSE(cache.get(now));
}

class OnlyAuthorizes final : public Provider {
  Task<AuthorizeResult> authorize(const AuthorizeRequest&, Http&) override {
    co_return Authorization{Approved{}};
  }
  Task<Result<AuthorizationLookup>> lookup(const LookupRequest&, Http&) override {
    co_return AuthorizationLookup{NotFound{}};
  }
};
class NoHttp final : public Http {
  Task<Result<HttpResponse>> send(const HttpRequest&) override { co_return HttpResponse{}; }
};

TEST(Provider, WhatItDoesNotImplementIsAnErrorThatMovesNoMoney) {
  OnlyAuthorizes only;
  Provider& provider = only;
  NoHttp http;
  const Money amount(1, Currency::of("EUR"));
  const CaptureRequest capture{"att", "pay", "ref", amount, Money::zero(amount.currency()), true, Instant()};
  const Result<Modification> captured = provider.capture(capture, http).run();
  ASSERT_FALSE(captured);
  EXPECT_EQ(captured.error().kind, Error::Kind::kInvalid);
  EXPECT_EQ(captured.error().code, "not_supported");
  EXPECT_FALSE(provider.health(Instant(), http).run());
  EXPECT_FALSE(provider.parse_webhook(WebhookRequest{}, http).run());
}

}  // namespace
}  // namespace florin
