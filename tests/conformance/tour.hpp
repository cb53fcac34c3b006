// A walk through everything that a provider can do, with every optional field filled in: what it says on the
// wire is held against the provider's published contract.
#pragma once

#include "tests/conformance/stage.hpp"

namespace florin::conformance {

inline AuthorizeRequest rich(AuthorizeRequest request) {
  const Currency currency = request.amount.currency();
  const Address address{"Rua Augusta 1", "2.º", "Lisboa", "Lisboa", "1100-048", "PT"};
  request.description = "Two books & a map";
  request.customer = {"Ana Reis", "ana@example.com", "+351210000000", address};
  request.billing = request.customer;
  request.shipping = request.customer;
  request.line_items = {
      {"Book", "sku-1", 2, Money(500, currency), Money(250, currency), Money(50, currency)}};
  request.client_ip = "203.0.113.7";
  return request;
}

// The exchanges of one provider's whole tour.
inline std::vector<SandboxHttp::Exchange> tour(const std::string& name) {
  Stage stage(name);
  const Json& card = stage.facts.at("approved");
  using Of = LookupRequest::Of;

  const AuthorizeRequest sale = rich(stage.sale(card, true, "att_sale"));
  const Approved taken = std::get<Approved>(*stage.authorize(sale));
  (void)stage.provider->refund(stage.refund_of(taken, stage.money(500), "ref_1"), stage.http).run();
  (void)stage.provider->refund(stage.refund_of(taken, stage.money(900), "ref_2"), stage.http).run();
  LookupRequest refund = stage.question(Of::kRefund, sale, taken.reference);
  refund.attempt_id = "ref_1";
  refund.amount = stage.money(500);
  (void)stage.provider->lookup_modification(refund, stage.http).run();
  (void)stage.provider->lookup(stage.question(Of::kAuthorize, sale, ""), stage.http).run();
  LookupRequest late = stage.question(Of::kAuthorize, sale, "");
  late.now += std::chrono::hours(100);
  (void)stage.provider->lookup(late, stage.http).run();
  (void)stage.provider
      ->lookup(stage.question(Of::kAuthorize, rich(stage.sale(card, true, "att_lost")), ""), stage.http)
      .run();

  int other = 0;
  for (const Json& fact : stage.facts.value("also_approved", Json::array()))
    (void)stage.authorize(rich(stage.sale(fact, true, "att_also_" + std::to_string(++other))));
  if (stage.can.manual_capture) {
    const Approved held = stage.approved(false, "att_hold");
    const auto part =
        stage.capture_of(held, stage.money(700), stage.money(0), !stage.can.multiple_captures, "att_c1");
    (void)stage.provider->capture(part, stage.http).run();
    (void)stage.provider->lookup_modification(stage.question(Of::kCapture, sale, held.reference), stage.http)
        .run();
    const Approved unwanted = stage.approved(false, "att_unwanted");
    if (stage.can.voids)
      (void)stage.provider->void_payment(stage.void_of(unwanted.reference), stage.http).run();
    (void)stage.provider->lookup_modification(stage.question(Of::kVoid, sale, unwanted.reference), stage.http)
        .run();
  }
  int number = 0;
  for (const Json& fact : stage.facts.at("declines"))
    (void)stage.authorize(stage.sale(fact, true, "att_declined_" + std::to_string(++number)));
  for (const Json& fact : stage.facts.at("actions")) {
    const AuthorizeRequest request = rich(stage.sale(fact, true, "att_action_" + std::to_string(++number)));
    const auto asked = stage.authorize(request);
    if (!asked || !std::holds_alternative<RequiresAction>(*asked)) continue;
    const auto& action = std::get<RequiresAction>(*asked);
    stage.visit(action, "approve");
    const ResumeRequest resume{request.attempt_id, "pay_1", action.reference,
                               request.amount,     true,    stage.now};
    (void)stage.provider->resume(resume, stage.http).run();
  }
  const auto webhooks = stage.http.webhooks;
  for (const SandboxWebhook& webhook : webhooks)
    (void)stage.provider->parse_webhook({webhook.headers, webhook.body, webhook.url, stage.now}, stage.http)
        .run();
  (void)stage.provider->health(stage.now, stage.http).run();
  return stage.http.exchanges;
}

}  // namespace florin::conformance
