// The payments' routes, one file each, and the schemas that they share.
#pragma once

#include <map>
#include <string>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/payments/service.hpp"

namespace florin {

class RefundService;

ApiRoute create_payment_route(PaymentService& payments);
ApiRoute create_intent_route(PaymentService& payments);
ApiRoute confirm_payment_route(PaymentService& payments);
ApiRoute capture_payment_route(PaymentService& payments);
ApiRoute cancel_payment_route(PaymentService& payments);
ApiRoute list_payments_route(PaymentService& payments);
// GET /payments/{id} with expand[]. What can be expanded beyond payments' own is given by the app.
using Expansion = std::function<Json(Session&, const Payment&)>;
ApiRoute show_payment_route(PaymentService& payments, std::map<std::string, Expansion> expansions);
// GET /return/{merchant}/{id}: where providers send the payer back; asks the provider, then sends the payer on.
ApiRoute payer_return_route(PaymentService& payments);

// OpenAPI components: Payment, PaymentMethod, Attempt, Party, Address, LineItem, ...
std::map<std::string, Json> payment_schemas();
Json payment_method_request_schema();
Json future_usage_request_schema();

}  // namespace florin
