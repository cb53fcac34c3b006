// POST /api/v1/payments/{id}/capture and /cancel.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/payments/routes/routes.hpp"

namespace florin {

ApiRoute capture_payment_route(PaymentService& payments) {
  using namespace schema;
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/payments/{id}/capture";
  route.operation_id = "capturePayment";
  route.summary = "Capture an authorized payment, in whole or in part";
  route.tag = "Payments";
  route.scope = "payments:write";
  route.request_schema =
      object({{"amount", integer("Minor units; default: all that is left.")},
              {"final", boolean("True gives back what is left; false keeps it open, where the provider can.")}},
             {});
  route.request_examples = {{"all", Json::object()}, {"part", {{"amount", 500}}}};
  route.response_schemas = {{200, ref("Payment")}, {202, ref("Payment")}};
  route.handler = [&payments](const ApiRequest& request) { return payments.capture(request, request.param("id")); };
  return route;
}

ApiRoute cancel_payment_route(PaymentService& payments) {
  using namespace schema;
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/payments/{id}/cancel";
  route.operation_id = "cancelPayment";
  route.summary = "Cancel a payment and give back what is authorized";
  route.tag = "Payments";
  route.scope = "payments:write";
  route.request_schema = object({{"reason", text("", 200)}}, {});
  route.request_examples = {{"reason", {{"reason", "the payer changed their mind"}}}};
  route.response_schemas = {{200, ref("Payment")}, {202, ref("Payment")}};
  route.handler = [&payments](const ApiRequest& request) { return payments.cancel(request, request.param("id")); };
  return route;
}

}  // namespace florin
