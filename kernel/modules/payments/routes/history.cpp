// GET /api/v1/payments/history: a merchant's payments, newest first, with filters.
#include <algorithm>
#include <charconv>

#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/routes/routes.hpp"

namespace florin {

namespace {

Error bad(std::string_view name, std::string why) {
  return Error{Error::Kind::kInvalid, std::string(name) + " " + why, "invalid_parameter", std::string(name)};
}

Result<std::optional<std::int64_t>> number(const ApiRequest& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text) return std::optional<std::int64_t>();
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc() || end != text->data() + text->size() || value < 0)
    return bad(name, "must be a whole number, not negative");
  return std::optional<std::int64_t>(value);
}

// The end of the year 9999: what lies after it overflows as microseconds.
std::optional<std::int64_t> until_9999(std::optional<std::int64_t> seconds) {
  constexpr std::int64_t kLast = 253'402'300'799;
  if (seconds) seconds = std::min(*seconds, kLast);
  return seconds;
}

Result<PaymentFilter> read_filter(const ApiRequest& request) {
  FLORIN_TRY(page, read_page(request));
  PaymentFilter filter;
  filter.limit = page.limit;
  filter.starting_after = page.starting_after;
  filter.ending_before = page.ending_before;
  filter.status = request.query_value("status").value_or("");
  if (!filter.status.empty() && !payment_status_from(filter.status)) return bad("status", "is no payment status");
  filter.method = request.query_value("method").value_or("");
  filter.provider = request.query_value("provider").value_or("");
  filter.customer = request.query_value("customer").value_or("");
  if (const auto code = request.query_value("currency")) {
    const auto currency = Currency::parse(*code);
    if (!currency) return bad("currency", "is no currency that Florin knows");
    filter.currency = currency->code();
  }
  FLORIN_TRY(amount_min, number(request, "amount[gte]"));
  FLORIN_TRY(amount_max, number(request, "amount[lte]"));
  FLORIN_TRY(created_min, number(request, "created[gte]"));
  FLORIN_TRY(created_max, number(request, "created[lte]"));
  filter.amount_min = amount_min;
  filter.amount_max = amount_max;
  filter.created_min = until_9999(created_min);
  filter.created_max = until_9999(created_max);
  filter.text = request.query_value("query").value_or("").substr(0, 100);
  std::transform(filter.text.begin(), filter.text.end(), filter.text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return filter;
}

Task<ApiAnswer> list_payments(const ApiRequest& request, PaymentService& payments) {
  const Result<PaymentFilter> filter = read_filter(request);
  if (!filter) co_return problem(filter.error());
  const std::string merchant = request.caller.merchant;
  auto query = [&payments, merchant, wanted = *filter](Session& session) -> Result<std::vector<Payment>> {
    return payments.repository().list(session, merchant, wanted);
  };
  Task<Result<std::vector<Payment>>> reading = payments.doors().store.read(query);
  Result<std::vector<Payment>> found = co_await reading;
  if (!found) co_return problem(found.error());
  const bool more = found->size() > static_cast<std::size_t>(filter->limit);
  if (more) found->pop_back();
  if (!filter->ending_before.empty()) std::reverse(found->begin(), found->end());
  std::vector<Json> data;
  for (const Payment& payment : *found) data.push_back(render_payment(payment));
  co_return json_answer(200, list_body(std::move(data), more, "/api/v1/payments/history"));
}

}  // namespace

ApiRoute list_payments_route(PaymentService& payments) {
  using namespace schema;
  ApiRoute route;
  route.method = "GET";
  route.pattern = "/api/v1/payments/history";
  route.operation_id = "listPayments";
  route.summary = "List payments, newest first";
  route.tag = "Payments";
  route.scope = "payments:read";
  route.query_parameters = paging();
  for (const auto& [name, what] : std::initializer_list<std::pair<const char*, const char*>>{
           {"status", "Only payments in this status."},
           {"method", "Only this payment method."},
           {"provider", "Only this provider."},
           {"currency", "Only this currency."},
           {"customer", "Only this customer's."},
           {"query", "Text in the id, description, customer or metadata."}})
    route.query_parameters.push_back(parameter(name, text(), what));
  for (const char* name : {"amount[gte]", "amount[lte]", "created[gte]", "created[lte]"})
    route.query_parameters.push_back(parameter(name, integer(), "A bound, inclusive: minor units or Unix seconds."));
  route.response_schemas = {{200, page(ref("Payment"))}};
  route.handler = [&payments](const ApiRequest& request) { return list_payments(request, payments); };
  return route;
}

}  // namespace florin
