// POST /api/v1/payments/confirm: pays a prepared payment, or goes on after the payer's action. Payers'
// browsers may call it with a publishable key and the payment's client_secret.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/payments/routes/routes.hpp"

namespace florin {

ApiRoute confirm_payment_route(PaymentService& payments) {
  using namespace schema;
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/payments/confirm";
  route.operation_id = "confirmPayment";
  route.summary = "Confirm a prepared payment";
  route.tag = "Payments";
  route.scope = "payments:write";
  route.keys = {KeyKind::kSecret, KeyKind::kPublishable};
  route.request_schema = object({{"payment_id", text("", 100)},
                                 {"payment_method", payment_method_request_schema()},
                                 {"return_url", text("", 2000)},
                                 {"setup_future_usage", future_usage_request_schema()},
                                 {"client_secret", text("Required with a publishable key.", 300)}},
                                {"payment_id"});
  const Json token{{"type", "card"}, {"token", "tok_0193e5a8c1d27f3e9b64a0d5f2c87e11"}};
  route.request_examples = {{"token", {{"payment_id", "pay_0193e5a8c0b87b2f8e21c4d9a6f35b70"}, {"payment_method", token}}}};
  route.response_schemas = {{200, ref("Payment")}};
  route.handler = [&payments](const ApiRequest& request) { return payments.confirm(request); };
  return route;
}

}  // namespace florin
