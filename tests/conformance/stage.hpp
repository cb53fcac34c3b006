// One provider, its far side and an empty book, on which a test plays: requests as the kernel makes them,
// a payer who visits pages, and what the books show in the end.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/plugins.hpp"
#include "tests/support/provider_requests.hpp"
#include "tests/support/sandbox_http.hpp"

namespace florin::conformance {

using test_support::Fault;
using test_support::SandboxHttp;
using Kind = BookEntry::Kind;

inline const std::string kWebhookUrl = "https://gateway.example/api/v1/webhooks/provider/main";

class Stage {
 public:
  explicit Stage(const std::string& name)
      : facts(*parse_json(test_support::read_text_file(facts_file(name)))),
        can(load("providers", name).descriptor->capabilities),
        currency(Currency::of(text_at(facts, "currency"))),
        settings(settings_from(facts)),
        provider(load("providers", name).make_provider(settings)),
        sandbox_(load("sandboxes", name).make_sandbox()),
        http(*sandbox_, books, now) {
    http.accounts = {{"demo", "main", settings, kWebhookUrl}};
  }

  const Json facts;
  const Capabilities& can;
  const Currency currency;
  const Settings settings;
  const std::unique_ptr<Provider> provider;
  Books books;
  Instant now{std::chrono::seconds(1'795'176'000)};  // 2026-11-20T12:00:00Z

 private:
  const std::unique_ptr<Sandbox> sandbox_;

 public:
  SandboxHttp http;

  Money money(std::int64_t minor) const { return {minor, currency}; }
  void wait(std::chrono::seconds time) { now += time; }

  // `fact` is {"card": number}, {"network_token": number}, {"token": the provider's own} or {"type": "paypal"}.
  static PaymentMethod method(const Json& fact) {
    if (!text_at(fact, "card").empty()) return test_support::card(text_at(fact, "card"));
    if (!text_at(fact, "network_token").empty())
      return test_support::network_token(text_at(fact, "network_token"));
    if (!text_at(fact, "token").empty()) return test_support::provider_token(text_at(fact, "token"));
    return {text_at(fact, "type"), std::monostate()};
  }
  AuthorizeRequest sale(const Json& fact, bool capture = true, const std::string& attempt = "att_1") const {
    AuthorizeRequest request = test_support::sale(method(fact), money(1200));
    request.attempt_id = attempt;
    request.capture = capture;
    request.return_url = "https://shop.example/back";
    request.now = now;
    return request;
  }
  LookupRequest question(LookupRequest::Of of, const AuthorizeRequest& sale,
                         const std::string& reference) const {
    LookupRequest request = test_support::question(of, sale.amount, sale.attempt_id);
    request.method_type = sale.method.type;
    request.capture = sale.capture;
    request.reference = reference;
    request.started = sale.now;
    request.now = now;
    return request;
  }

  AuthorizeResult authorize(const AuthorizeRequest& request) {
    return provider->authorize(request, http).run();
  }
  // An approved sale or authorization to go on from.
  Approved approved(bool capture, const std::string& attempt = "att_1") {
    const auto result = authorize(sale(facts.at("approved"), capture, attempt));
    EXPECT_TRUE(result && std::holds_alternative<Approved>(*result));
    return result && std::holds_alternative<Approved>(*result) ? std::get<Approved>(*result) : Approved{};
  }
  CaptureRequest capture_of(const Approved& held, Money amount, Money before, bool final,
                            const std::string& attempt) const {
    return {attempt, "pay_1", held.reference, amount, before, final, now};
  }
  VoidRequest void_of(const std::string& reference, const std::string& attempt = "att_void") const {
    return {attempt, "pay_1", reference, money(1200), now};
  }
  RefundRequest refund_of(const Approved& taken, Money amount, const std::string& attempt) const {
    return {attempt, "pay_1", taken.reference, taken.capture_reference, amount, "requested_by_customer", now};
  }

  // The payer on the provider's page.
  HttpResponse visit(const RequiresAction& action, const std::string& outcome = "") {
    HttpRequest request;
    request.method = outcome.empty() ? "GET" : "POST";
    EXPECT_EQ(action.url.rfind(http.public_url, 0), 0u) << action.url;
    request.path = action.url.substr(http.public_url.size());
    if (!outcome.empty()) request.body = "outcome=" + outcome;
    return http.deliver(request);
  }

  // Where the provider's wire has no room for our attempt ("no_attempt_on" in conformance.json), an entry of
  // nobody's counts as meant.
  std::size_t count(Kind kind, const std::string& attempt = "") const {
    const Json nameless = facts.value("no_attempt_on", Json::array());
    const std::string name(to_text(kind));
    const bool is_nameless = std::find(nameless.begin(), nameless.end(), name) != nameless.end();
    return std::count_if(books.entries().begin(), books.entries().end(), [&](const BookEntry& entry) {
      return entry.kind == kind && (attempt.empty() || entry.attempt_id == attempt ||
                                    (is_nameless && entry.attempt_id.empty()));
    });
  }
  Money sum(Kind kind) const {
    Money total = Money::zero(currency);
    for (const BookEntry& entry : books.entries())
      if (entry.kind == kind) total = total + entry.amount;
    return total;
  }
};

class Conformance : public testing::TestWithParam<std::string> {
 protected:
  Stage stage{GetParam()};
};

inline std::string provider_name(const testing::TestParamInfo<std::string>& info) { return info.param; }
#define FLORIN_CONFORMANCE(Suite)                                                                \
  INSTANTIATE_TEST_SUITE_P(Every, Suite,                                                         \
                           testing::ValuesIn(::florin::conformance::providers_with_a_sandbox()), \
                           ::florin::conformance::provider_name)

}  // namespace florin::conformance
