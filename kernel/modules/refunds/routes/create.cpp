// POST /api/v1/payments/{id}/refund: gives money back, in whole or in part.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/refunds/routes/routes.hpp"

namespace florin {

using namespace schema;

ApiRoute create_refund_route(RefundService& refunds) {
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/payments/{id}/refund";
  route.operation_id = "refundPayment";
  route.summary = "Refund a payment, in whole or in part";
  route.tag = "Refunds";
  route.scope = "refunds:write";
  route.request_schema = object({{"amount", integer("Minor units; default: all that is left.")},
                                 {"reason", one_of({"duplicate", "fraudulent", "requested_by_customer"})},
                                 {"metadata", metadata()}},
                                {});
  route.response_schemas = {{201, ref("Refund")}, {202, ref("Payment")}};
  route.handler = [&refunds](const ApiRequest& request) { return refunds.create(request, request.param("id")); };
  return route;
}

std::map<std::string, Json> refund_schemas() {
  return {{"Refund", object({{"id", text("ref_...")},
                             {"object", Json{{"const", "refund"}}},
                             {"payment", text()},
                             {"amount", integer("Minor units.")},
                             {"currency", text()},
                             {"status", one_of({"pending", "succeeded", "failed"})},
                             {"reason", nullable(text())},
                             {"metadata", metadata()},
                             {"attempt", text()},
                             {"error", nullable(ref("PaymentError"))},
                             {"created", integer()}},
                            {"id", "object", "payment", "amount", "currency", "status", "created"})}};
}

}  // namespace florin
