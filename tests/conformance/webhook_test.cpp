// Webhooks whoever sends them: believed when genuine, whatever their order, and refused when forged,
// tampered with or replayed long after. Some providers sign neither all of the body nor a time: then what is
// not signed changes nothing, and a replay is the same event again, which the kernel knows by its id.
#include "tests/conformance/stage.hpp"

namespace florin::conformance {
namespace {

class Webhooks : public Conformance {
 protected:
  void SetUp() override {
    if (!stage.can.webhooks) GTEST_SKIP() << "it sends none";
  }
  WebhookRequest received(const SandboxWebhook& webhook) const {
    return {webhook.headers, webhook.body, webhook.url, stage.now};
  }
  Result<std::vector<ProviderEvent>> parse(const WebhookRequest& request) {
    return stage.provider->parse_webhook(request, stage.http).run();
  }
  // A sale, a refund of a part, and what the far side told about them.
  std::vector<SandboxWebhook> a_sale_and_a_refund() {
    taken = stage.approved(true);
    if (stage.can.refunds)
      (void)stage.provider->refund(stage.refund_of(taken, stage.money(500), "ref_1"), stage.http).run();
    return stage.http.webhooks;
  }
  static const ProviderEvent* of_kind(const std::vector<ProviderEvent>& events, ProviderEvent::Kind kind) {
    for (const ProviderEvent& event : events)
      if (event.kind == kind) return &event;
    return nullptr;
  }
  std::vector<ProviderEvent> all_events(const std::vector<SandboxWebhook>& webhooks) {
    std::vector<ProviderEvent> events;
    for (const SandboxWebhook& webhook : webhooks) {
      const auto parsed = parse(received(webhook));
      EXPECT_TRUE(parsed) << parsed.error().message;
      if (parsed) events.insert(events.end(), parsed->begin(), parsed->end());
    }
    return events;
  }
  static bool say_the_same(const std::vector<ProviderEvent>& some, const std::vector<ProviderEvent>& others) {
    const auto same = [](const ProviderEvent& a, const ProviderEvent& b) {
      return a.kind == b.kind && a.id == b.id && a.type == b.type && a.reference == b.reference &&
             a.attempt_id == b.attempt_id && a.operation_reference == b.operation_reference &&
             a.amount == b.amount && a.fee == b.fee && a.reason == b.reason &&
             a.provider_code == b.provider_code;
    };
    return std::equal(some.begin(), some.end(), others.begin(), others.end(), same);
  }
  Approved taken;
};
FLORIN_CONFORMANCE(Webhooks);

TEST_P(Webhooks, SayWhichAttemptWasPaidAndHowMuch) {
  const auto webhooks = a_sale_and_a_refund();
  ASSERT_FALSE(webhooks.empty());
  for (const SandboxWebhook& webhook : webhooks) EXPECT_EQ(webhook.url, kWebhookUrl);

  const auto events = all_events(webhooks);

  const ProviderEvent* captured = of_kind(events, ProviderEvent::Kind::kCaptured);
  ASSERT_NE(captured, nullptr);
  EXPECT_EQ(captured->attempt_id, "att_1");
  EXPECT_EQ(captured->reference, taken.reference);
  EXPECT_EQ(captured->operation_reference, taken.capture_reference);
  EXPECT_EQ(captured->amount, stage.money(1200));
  for (const ProviderEvent& event : events) EXPECT_FALSE(event.id.empty());
  if (!stage.can.refunds) return;
  const ProviderEvent* refunded = of_kind(events, ProviderEvent::Kind::kRefunded);
  ASSERT_NE(refunded, nullptr);
  EXPECT_EQ(refunded->attempt_id, "ref_1");
  EXPECT_EQ(refunded->amount, stage.money(500));
}

TEST_P(Webhooks, SayThatAnAuthorizationIsHeldAndVoided) {
  if (!stage.can.manual_capture || !stage.can.voids) GTEST_SKIP() << "it has no void";
  const Approved held = stage.approved(false);
  (void)stage.provider->void_payment(stage.void_of(held.reference), stage.http).run();

  const auto events = all_events(stage.http.webhooks);

  ASSERT_NE(of_kind(events, ProviderEvent::Kind::kAuthorized), nullptr);
  EXPECT_EQ(of_kind(events, ProviderEvent::Kind::kAuthorized)->amount, stage.money(1200));
  EXPECT_NE(of_kind(events, ProviderEvent::Kind::kVoided), nullptr);
}

TEST_P(Webhooks, MeanTheSameInAnyOrderAndWhenTheyComeTwice) {
  auto webhooks = a_sale_and_a_refund();
  auto told = all_events(webhooks);
  std::reverse(webhooks.begin(), webhooks.end());
  auto reversed = all_events(webhooks);
  std::reverse(reversed.begin(), reversed.end());

  ASSERT_EQ(told.size(), reversed.size());
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].id, reversed[i].id) << "one id for one event: by it the kernel drops the second";
    EXPECT_EQ(told[i].kind, reversed[i].kind);
    EXPECT_EQ(told[i].amount, reversed[i].amount);
  }
}

TEST_P(Webhooks, AreRefusedWhenAnyByteOfTheirBodyWasChanged) {
  const bool signs_all = !stage.facts.value("webhook_signs_fields_only", false);
  const WebhookRequest genuine = received(a_sale_and_a_refund().front());
  const auto told = parse(genuine);
  ASSERT_TRUE(told);
  std::size_t refused = 0, tried = 0;
  for (std::size_t at = 0; at < genuine.body.size(); at += 1 + genuine.body.size() / 60) {
    WebhookRequest tampered = genuine;
    tampered.body[at] = static_cast<char>(tampered.body[at] ^ 1);
    const auto result = parse(tampered);
    ++tried;
    if (!result) {
      EXPECT_EQ(result.error().kind, Error::Kind::kDenied);
      ++refused;
    } else {
      EXPECT_TRUE(!signs_all && say_the_same(*result, *told)) << "byte " << at;
    }
  }
  EXPECT_GE(refused, signs_all ? tried : tried / 2);
  WebhookRequest longer = genuine;
  longer.body += "\n";
  const auto result = parse(longer);
  EXPECT_TRUE(!result || (!signs_all && say_the_same(*result, *told)));
}

TEST_P(Webhooks, AreRefusedWhenAHeaderOfTheirsIsForgedOrMissing) {
  const WebhookRequest genuine = received(a_sale_and_a_refund().front());
  ASSERT_TRUE(parse(genuine));
  const Json unsigned_headers = stage.facts.at("webhook_headers_not_signed");
  for (const auto& [name, value] : genuine.headers) {
    if (std::find(unsigned_headers.begin(), unsigned_headers.end(), name) != unsigned_headers.end()) continue;
    WebhookRequest missing = genuine, forged = genuine;
    missing.headers.erase(name);
    std::string& text = forged.headers.at(name);
    text[text.size() / 2] = text[text.size() / 2] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(parse(missing)) << name;
    EXPECT_FALSE(parse(forged)) << name;
  }
}

TEST_P(Webhooks, AreRefusedWhenReplayedWeeksLater) {
  WebhookRequest replayed = received(a_sale_and_a_refund().front());
  const auto first = parse(replayed);
  replayed.now += std::chrono::hours(24 * 30);

  const auto result = parse(replayed);

  if (stage.facts.value("webhook_signs_no_time", false)) {
    ASSERT_TRUE(first && result) << "nothing genuine says that it is old";
    EXPECT_TRUE(say_the_same(*first, *result)) << "by its id the kernel drops it";
    return;
  }
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Error::Kind::kDenied);
}

TEST_P(Webhooks, OfAnotherAccountAreRefused) {
  const WebhookRequest genuine = received(a_sale_and_a_refund().front());
  Json other = stage.facts;
  for (auto& [name, value] : other["settings"].items()) value = value.get<std::string>() + "X";
  stage.http.accounts.push_back({"demo", "other", settings_from(other), ""});
  const std::unique_ptr<Provider> stranger(load("providers", GetParam()).make_provider(settings_from(other)));

  const auto result = stranger->parse_webhook(genuine, stage.http).run();

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Error::Kind::kDenied);
}

TEST_P(Webhooks, ThatAreNoSuchThingAreRefusedAndNeverACrash) {
  for (const std::string body :
       {"", "{", "null", "[]", "{\"id\":1}", "\xff\xfe", "{\"a\":{\"a\":{\"a\":1}}}"}) {
    WebhookRequest nonsense = received(a_sale_and_a_refund().front());
    nonsense.body = body;
    EXPECT_FALSE(parse(nonsense)) << body;
    nonsense.headers.clear();
    EXPECT_FALSE(parse(nonsense)) << body;
  }
}

}  // namespace
}  // namespace florin::conformance
