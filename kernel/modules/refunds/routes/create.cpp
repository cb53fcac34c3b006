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
  route.request_examples = {{"all", Json::object()}, {"part", {{"amount", 250}, {"reason", "requested_by_customer"}}}};
  route.response_schemas = {{201, ref("Refund")}, {202, ref("Refund")}};
  route.handler = [&refunds](const ApiRequest& request) { return refunds.create(request, request.param("id")); };
  return route;
}

std::map<std::string, Json> refund_schemas() {
  return {{"Refund", object({{"id", text("ref_...")},
                             {"object", Json{{"const", "refund"}}},
                             {"payment", text()},
                             {"amount", integer("Minor units.")},
                             {"amount_refunded", integer("Of it, what has been given back so far.")},
                             {"currency", text()},
                             {"status", one_of({"pending", "succeeded", "partially_succeeded", "failed"})},
                             {"reason", nullable(text())},
                             {"metadata", metadata()},
                             {"attempt", text("Of its first part.")},
                             {"parts", list(ref("RefundPart"))},
                             {"error", nullable(ref("PaymentError"))},
                             {"created", integer()}},
                            {"id", "object", "payment", "amount", "amount_refunded", "currency", "status", "parts", "created"})},
          {"RefundPart", object({{"amount", integer("Minor units.")},
                                 {"status", one_of({"planned", "sending", "pending", "succeeded", "failed", "dropped"})},
                                 {"capture_reference", text("The provider's name for the capture.")},
                                 {"attempt", nullable(text())}},
                                {"amount", "status", "attempt"})}};
}

}  // namespace florin
