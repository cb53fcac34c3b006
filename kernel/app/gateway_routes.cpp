// The table of routes: all that the gateway answers, but for the operators' routes, which are about the
// process around it.
#include "kernel/app/gateway.hpp"
#include "kernel/app/version.hpp"
#include "kernel/modules/api/openapi.hpp"
#include "kernel/modules/cards/routes/routes.hpp"
#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/events/routes/routes.hpp"
#include "kernel/modules/ledger/routes/routes.hpp"
#include "kernel/modules/payment_methods/routes/routes.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/routes/routes.hpp"
#include "kernel/modules/providers/routes/routes.hpp"
#include "kernel/modules/refunds/routes/routes.hpp"
#include "kernel/modules/webhooks_out/routes/routes.hpp"

namespace florin {

namespace {

std::map<std::string, Expansion> payment_expansions(PaymentService& payments, RefundService& refunds) {
  std::map<std::string, Expansion> all;
  all["attempts"] = [&payments](Session& session, const Payment& payment) {
    Json list = Json::array();
    for (const Attempt& attempt : payments.repository().attempts_of(session, payment.merchant, payment.id))
      list.push_back(render_attempt(attempt));
    return list;
  };
  const auto decisions = [](bool risk) {
    return [risk](Session& session, const Payment& payment) {
      Json list = Json::array();
      for (const Decision& decision : decisions_of(session, payment.merchant, payment.id))
        list.push_back(risk ? decision.risk : decision.routing);
      return list;
    };
  };
  all["risk"] = decisions(true);
  all["routing"] = decisions(false);
  all["refunds"] = [&refunds](Session& session, const Payment& payment) {
    Json list = Json::array();
    for (const Refund& refund : refunds.of_payment(session, payment.merchant, payment.id)) list.push_back(render_refund(refund));
    return list;
  };
  all["events"] = [](Session& session, const Payment& payment) {
    EventQuery query;
    query.payment_id = payment.id;
    Json list = Json::array();
    for (const StagedEvent& event : events_after(session, payment.merchant, query)) list.push_back(render_event(event));
    return list;
  };
  all["ledger"] = [](Session& session, const Payment& payment) {
    Json list = Json::array();
    for (const LedgerEntry& entry : entries_of_payment(session, payment.merchant, payment.id))
      list.push_back(render_ledger_entry(entry));
    return list;
  };
  return all;
}

}  // namespace

void Gateway::add_routes() {
  api_->add(create_payment_route(*payments_));
  api_->add(create_intent_route(*payments_));
  api_->add(confirm_payment_route(*payments_));
  api_->add(list_payments_route(*payments_));
  api_->add(show_payment_route(*payments_, payment_expansions(*payments_, *refunds_)));
  api_->add(capture_payment_route(*payments_));
  api_->add(cancel_payment_route(*payments_));
  api_->add(create_refund_route(*refunds_));
  api_->add(payer_return_route(*payments_));
  api_->add(create_token_route(*tokens_, doors_.vault, doors_.store, doors_.clock));
  for (ApiRoute& route : payment_method_routes(*methods_)) api_->add(std::move(route));
  api_->add(list_events_route(doors_.store));
  api_->add(list_balances_route(doors_.store));
  api_->add(list_ledger_entries_route(doors_.store));
  api_->add(list_providers_route(merchants_, doors_.http, record_));
  for (ApiRoute& route : webhook_out_routes(*webhooks_out_)) api_->add(std::move(route));
  api_->add(receive_webhook_route(*webhooks_in_));
  for (ApiRoute& route : notification_routes(*notifications_)) api_->add(std::move(route));
}

Json Gateway::describe() const {
  std::map<std::string, Json> schemas = payment_schemas();
  schemas.merge(card_schemas());
  schemas.merge(payment_method_schemas());
  schemas.merge(refund_schemas());
  schemas.merge(event_schemas());
  schemas.merge(ledger_schemas());
  schemas.merge(provider_schemas());
  schemas.merge(webhook_out_schemas());
  schemas.merge(notification_schemas());
  return openapi_document(api_->routes(), schemas, std::string(kFlorinVersion));
}

}  // namespace florin
