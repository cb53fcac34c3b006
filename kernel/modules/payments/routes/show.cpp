// GET /api/v1/payments/{id}, with expand[]=attempts,routing,risk,refunds,events,ledger.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/routes/routes.hpp"

namespace florin {

namespace {

// "expand[]=a&expand[]=b" and "expand[]=a,b" are the same.
std::vector<std::string> wanted_expansions(const ApiRequest& request) {
  std::vector<std::string> names;
  for (const std::string& value : request.query_values("expand")) {
    std::size_t begin = 0;
    while (begin <= value.size()) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      if (end > begin) names.push_back(value.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return names;
}

Task<ApiAnswer> show_payment(const ApiRequest& request, PaymentService& payments,
                             const std::map<std::string, Expansion>& expansions) {
  const std::vector<std::string> names = wanted_expansions(request);
  for (const std::string& name : names)
    if (!expansions.contains(name))
      co_return problem(Error{Error::Kind::kInvalid, "a payment has no " + name + " to expand", "invalid_parameter", "expand"});
  const std::string merchant = request.caller.merchant, id = request.param("id");
  auto query = [&payments, &expansions, names, merchant, id](Session& session) -> Result<Json> {
    const auto payment = payments.repository().find(session, merchant, id);
    if (!payment) return Error{Error::Kind::kNotFound, "no such payment: " + id, "", "id"};
    Json json = render_payment(*payment, payments.client_secret(id));
    for (const std::string& name : names) json[name] = expansions.at(name)(session, *payment);
    return json;
  };
  Task<Result<Json>> reading = payments.doors().store.read(query);
  const Result<Json> found = co_await reading;
  if (!found) co_return problem(found.error());
  co_return json_answer(200, *found);
}

Task<ApiAnswer> payer_return(const ApiRequest& request, PaymentService& payments) {
  const std::string merchant = request.param("merchant"), id = request.param("id");
  Task<Result<Payment>> poking = payments.poke(merchant, id);
  const Result<Payment> payment = co_await poking;
  if (!payment) co_return problem(payment.error());
  const std::string back = text_at(payment->details, "return_url");
  if (back.empty()) {
    ApiAnswer page;
    page.body = "<!doctype html><meta charset=utf-8><title>Thank you</title><p>You can close this page.</p>\n";
    page.headers["Content-Type"] = "text/html; charset=utf-8";
    page.headers["Content-Security-Policy"] = "default-src 'none'";
    co_return page;
  }
  ApiAnswer answer;
  answer.status = 303;
  answer.headers["Location"] = back + (back.find('?') == std::string::npos ? "?" : "&") + "payment=" + id +
                               "&status=" + std::string(to_text(payment->status));
  co_return answer;
}

}  // namespace

ApiRoute show_payment_route(PaymentService& payments, std::map<std::string, Expansion> expansions) {
  using namespace schema;
  ApiRoute route;
  route.method = "GET";
  route.pattern = "/api/v1/payments/{id}";
  route.operation_id = "getPayment";
  route.summary = "Show a payment";
  route.tag = "Payments";
  route.scope = "payments:read";
  route.query_parameters = Json::array({parameter(
      "expand[]", list(one_of({"attempts", "routing", "risk", "refunds", "events", "ledger"})), "What to include.")});
  route.response_schemas = {{200, ref("Payment")}};
  const auto known = std::make_shared<const std::map<std::string, Expansion>>(std::move(expansions));
  route.handler = [&payments, known](const ApiRequest& request) { return show_payment(request, payments, *known); };
  return route;
}

ApiRoute payer_return_route(PaymentService& payments) {
  ApiRoute route;
  route.method = "GET";
  route.pattern = "/return/{merchant}/{id}";
  route.operation_id = "payerReturn";
  route.summary = "Where providers send the payer back";
  route.tag = "Payers";
  route.keys = {};
  route.urgency = Urgency::kFinishing;
  route.response_schemas = {{303, Json()}, {200, Json()}};
  route.handler = [&payments](const ApiRequest& request) { return payer_return(request, payments); };
  return route;
}

}  // namespace florin
