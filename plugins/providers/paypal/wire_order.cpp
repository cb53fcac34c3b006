// The order: making, completing and reading it. From "Create order", "Capture payment for order", "Authorize
// payment for order" and "Show order details", Orders v2.
#include "amounts.hpp"
#include "wire_request.hpp"

namespace florin::paypal {
namespace {

constexpr std::string_view kOrders = "/v2/checkout/orders";

std::string order_path(const std::string& order, std::string_view verb) {
  return std::string(kOrders) + "/" + url_encode(order) + std::string(verb);
}

void set_if(Json& json, const std::string& name, const std::string& value, std::size_t length_max) {
  if (!value.empty()) json[name] = clipped(value, length_max);
}

Json address_json(const Address& address) {
  Json json = {{"country_code", address.country}};
  set_if(json, "address_line_1", address.line1, 300);
  set_if(json, "address_line_2", address.line2, 300);
  set_if(json, "admin_area_2", address.city, 120);
  set_if(json, "admin_area_1", address.state, 300);
  set_if(json, "postal_code", address.postal_code, 60);
  return json;
}

Json purchase_unit(const std::string& attempt_id, const std::string& payment_id, const Json& amount) {
  return {
      {"reference_id", "default"}, {"custom_id", attempt_id}, {"invoice_id", payment_id}, {"amount", amount}};
}

// PayPal refuses an order whose items do not add up to its amount to the last unit; then it gets none. Tax
// and discount of ours are for a whole line, PayPal's tax is for one unit: so only their totals are told.
void add_items(Json& unit, const AuthorizeRequest& request) {
  Json items = Json::array();
  Money goods = Money::zero(request.amount.currency()), tax = goods, discount = goods;
  for (const LineItem& line : request.line_items) {
    const auto price = to_paypal_amount(line.unit_amount);
    const auto total = Money::times(line.unit_amount, line.quantity);
    if (!price || !total || line.name.empty() || line.quantity < 1) return;
    const auto more_goods = Money::plus(goods, *total);
    const auto more_tax = Money::plus(tax, line.tax), more_discount = Money::plus(discount, line.discount);
    if (!more_goods || !more_tax || !more_discount) return;
    goods = *more_goods;
    tax = *more_tax;
    discount = *more_discount;
    Json item = {{"name", clipped(line.name, 127)},
                 {"quantity", std::to_string(line.quantity)},
                 {"unit_amount", *price}};
    set_if(item, "sku", line.sku, 127);
    items.push_back(std::move(item));
  }
  const auto with_tax = Money::plus(goods, tax);
  if (items.empty() || !with_tax) return;
  const auto sum = Money::minus(*with_tax, discount);
  const auto goods_json = to_paypal_amount(goods);
  if (!sum || *sum != request.amount || !goods_json || tax.is_negative() || discount.is_negative()) return;
  Json breakdown = {{"item_total", *goods_json}};
  const auto tax_json = to_paypal_amount(tax), discount_json = to_paypal_amount(discount);
  if ((!tax.is_zero() && !tax_json) || (!discount.is_zero() && !discount_json)) return;
  if (!tax.is_zero()) breakdown["tax_total"] = *tax_json;
  if (!discount.is_zero()) breakdown["discount"] = *discount_json;
  unit["amount"]["breakdown"] = std::move(breakdown);
  unit["items"] = std::move(items);
}

std::string expiry_text(const Card& card) {
  const std::string month = std::to_string(card.exp_month);
  return std::to_string(card.exp_year) + (month.size() < 2 ? "-0" : "-") + month;
}

bool has_shipping(const AuthorizeRequest& request) {
  return !request.shipping.name.empty() && !request.shipping.address.line1.empty() &&
         request.shipping.address.country.size() == 2;
}

Declined declined(const Json& payment) {
  const std::string code = clipped(text_at(payment, "processor_response.response_code"), 100);
  return {code.empty() ? DeclineReason::kDoNotHonor : reason_of_response(code),
          code.empty() ? text_at(payment, "status") : code,
          clipped(text_at(payment, "status_details.reason"), 100)};
}

Authorization capture_answer(const Json& order, const Json& capture, Money amount) {
  const std::string status = text_at(capture, "status"), reference = text_at(order, "id");
  if (status == "DECLINED" || status == "FAILED") return declined(capture);
  if (status != "COMPLETED" && status != "REFUNDED" && status != "PARTIALLY_REFUNDED")
    return InDoubt{"PayPal's capture is " + clipped(status, 40), reference};
  if (amount_at(capture, "amount") != amount)
    return InDoubt{"PayPal took another amount than was asked", reference};
  return Approved{reference, true, text_at(capture, "id"),
                  amount_at(capture, "seller_receivable_breakdown.paypal_fee"),
                  text_at(capture, "network_transaction_reference.id")};
}

Authorization authorization_answer(const Json& order, const Json& authorization, Money amount) {
  const std::string status = text_at(authorization, "status"), reference = text_at(order, "id");
  if (status == "DENIED") return declined(authorization);
  if (status == "VOIDED") return Declined{DeclineReason::kPayerCanceled, status, ""};
  if (status != "CREATED" && status != "CAPTURED" && status != "PARTIALLY_CAPTURED")
    return InDoubt{"PayPal's authorization is " + clipped(status, 40), reference};
  if (amount_at(authorization, "amount") != amount)
    return InDoubt{"PayPal holds another amount than was asked", reference};
  return Approved{reference, false, "", std::nullopt,
                  text_at(authorization, "network_transaction_reference.id")};
}

}  // namespace

Result<HttpRequest> create_card_order(const CardOrder& order) {
  FLORIN_TRY(amount, to_paypal_amount(order.amount));
  const Json body = {
      {"intent", order.capture ? "CAPTURE" : "AUTHORIZE"},
      {"purchase_units", Json::array({purchase_unit(order.attempt_id, order.payment_id, amount)})}};
  return post(std::string(kOrders), order.attempt_id, body);
}

Result<HttpRequest> create_wallet_order(const AuthorizeRequest& request, const Config& config) {
  FLORIN_TRY(amount, to_paypal_amount(request.amount));
  Json unit = purchase_unit(request.attempt_id, request.payment_id, amount);
  set_if(unit, "description", request.description, 127);
  add_items(unit, request);
  Json experience = {{"user_action", "PAY_NOW"},
                     {"shipping_preference", has_shipping(request) ? "SET_PROVIDED_ADDRESS" : "NO_SHIPPING"}};
  set_if(experience, "brand_name", config.brand_name, 127);
  set_if(experience, "return_url", request.return_url, 4000);
  set_if(experience, "cancel_url", request.return_url, 4000);
  if (has_shipping(request))
    unit["shipping"] = {{"name", {{"full_name", clipped(request.shipping.name, 300)}}},
                        {"address", address_json(request.shipping.address)}};
  const Json body = {{"intent", request.capture ? "CAPTURE" : "AUTHORIZE"},
                     {"purchase_units", Json::array({unit})},
                     {"payment_source", {{"paypal", {{"experience_context", experience}}}}}};
  return post(std::string(kOrders), request.attempt_id, body);
}

HttpRequest show_order(const std::string& order) { return get(order_path(order, "")); }

HttpRequest complete_order(const std::string& order, bool capture, const std::string& key, const Json& body) {
  return post(order_path(order, capture ? "/capture" : "/authorize"), key, body);
}

Json card_source(const Card& card, const AuthorizeRequest& request) {
  Json json = {{"number", card.number.expose()}, {"expiry", expiry_text(card)}};
  set_if(json, "name", card.holder, 300);
  if (!card.cvc.empty()) json["security_code"] = card.cvc.expose();
  if (request.billing.address.country.size() == 2)
    json["billing_address"] = address_json(request.billing.address);
  if (!request.return_url.empty())
    json["experience_context"] = {{"return_url", request.return_url}, {"cancel_url", request.return_url}};
  return {{"payment_source", {{"card", json}}}};
}

std::string status_of(const Json& order) { return text_at(order, "status"); }

std::string authorization_of(const Json& order) {
  return text_at(order, "purchase_units.0.payments.authorizations.0.id");
}

RequiresAction payer_action(const Json& order) {
  RequiresAction next;
  next.kind = find(order, "payment_source.card") != nullptr ? RequiresAction::Kind::kThreeDs
                                                            : RequiresAction::Kind::kRedirect;
  next.reference = text_at(order, "id");
  const Json* links = find(order, "links");
  if (links == nullptr || !links->is_array()) return next;
  for (const Json& link : *links) {
    const std::string rel = text_at(link, "rel");
    if (rel == "payer-action" || rel == "approve") next.url = text_at(link, "href");
  }
  return next;
}

std::optional<Authorization> outcome_of(const Json& order, Money amount) {
  const std::string status = status_of(order), reference = text_at(order, "id");
  if (reference.empty()) return InDoubt{"PayPal's answer is no order", ""};
  // The last one counts: a first capture may have been declined before the payer chose another card.
  const Json* captures = find(order, "purchase_units.0.payments.captures");
  const Json* authorization = find(order, "purchase_units.0.payments.authorizations.0");
  if (authorization != nullptr) return authorization_answer(order, *authorization, amount);
  if (captures != nullptr && captures->is_array() && !captures->empty())
    return capture_answer(order, captures->back(), amount);
  if (status == "PAYER_ACTION_REQUIRED") return payer_action(order);
  if (status == "VOIDED") return Declined{DeclineReason::kPayerCanceled, status, ""};
  if (status == "CREATED" || status == "SAVED" || status == "APPROVED") return std::nullopt;
  return InDoubt{"PayPal's order is " + clipped(status, 40) + " and shows no payment", reference};
}

}  // namespace florin::paypal
