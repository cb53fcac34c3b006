// GET /api/v1/ledger/balances and /ledger/entries: a merchant's books.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/ledger/routes/routes.hpp"
#include "kernel/platform/clock/clock.hpp"

namespace florin {

namespace {

Task<ApiAnswer> list_balances(const ApiRequest& request, Store& store) {
  const std::string merchant = request.caller.merchant;
  auto read = [merchant](Session& session) -> Result<std::vector<LedgerBalance>> { return balances(session, merchant); };
  Task<Result<std::vector<LedgerBalance>>> reading = store.read(read);
  const Result<std::vector<LedgerBalance>> found = co_await reading;
  if (!found) co_return problem(found.error());
  std::vector<Json> data;
  for (const LedgerBalance& balance : *found)
    data.push_back({{"object", "balance"},
                    {"account", balance.account},
                    {"currency", balance.amount.currency().code()},
                    {"amount", balance.amount.minor()}});
  co_return json_answer(200, list_body(std::move(data), false, "/api/v1/ledger/balances"));
}

Task<ApiAnswer> list_entries(const ApiRequest& request, Store& store) {
  const Result<Page> page = read_page(request);
  if (!page) co_return problem(page.error());
  const std::string merchant = request.caller.merchant, before = page->starting_after;
  const std::string payment = request.query_value("payment").value_or("");
  const int limit = page->limit;
  auto read = [merchant, before, payment, limit](Session& session) -> Result<std::vector<LedgerEntry>> {
    if (!payment.empty()) return entries_of_payment(session, merchant, payment);
    return entries_of_merchant(session, merchant, before, limit + 1);
  };
  Task<Result<std::vector<LedgerEntry>>> reading = store.read(read);
  Result<std::vector<LedgerEntry>> found = co_await reading;
  if (!found) co_return problem(found.error());
  const bool more = payment.empty() && found->size() > static_cast<std::size_t>(limit);
  if (more) found->pop_back();
  std::vector<Json> data;
  for (const LedgerEntry& entry : *found) data.push_back(render_ledger_entry(entry));
  co_return json_answer(200, list_body(std::move(data), more, "/api/v1/ledger/entries"));
}

}  // namespace

Json render_ledger_entry(const LedgerEntry& entry) {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return Json{{"id", entry.id},
              {"object", "ledger_entry"},
              {"transaction", entry.transaction_id},
              {"account", entry.account},
              {"currency", entry.amount.currency().code()},
              {"amount", entry.amount.minor()},
              {"kind", entry.kind},
              {"payment", or_null(entry.payment_id)},
              {"refund", or_null(entry.refund_id)},
              {"created", unix_seconds(entry.created)}};
}

ApiRoute list_balances_route(Store& store) {
  using namespace schema;
  ApiRoute route;
  route.method = "GET";
  route.pattern = "/api/v1/ledger/balances";
  route.operation_id = "listBalances";
  route.summary = "List the balance of every account";
  route.tag = "Ledger";
  route.scope = "ledger:read";
  route.response_schemas = {{200, page(ref("Balance"))}};
  route.handler = [&store](const ApiRequest& request) { return list_balances(request, store); };
  return route;
}

ApiRoute list_ledger_entries_route(Store& store) {
  using namespace schema;
  ApiRoute route;
  route.method = "GET";
  route.pattern = "/api/v1/ledger/entries";
  route.operation_id = "listLedgerEntries";
  route.summary = "List the books' lines, newest first";
  route.tag = "Ledger";
  route.scope = "ledger:read";
  route.query_parameters = Json::array(
      {parameter("limit", Json{{"type", "integer"}, {"minimum", 1}, {"maximum", 100}, {"default", 10}}, "How many at most."),
       parameter("starting_after", text(), "The id of the last one seen: what follows it."),
       parameter("payment", text(), "All lines of this payment.")});
  route.response_schemas = {{200, page(ref("LedgerEntry"))}};
  route.handler = [&store](const ApiRequest& request) { return list_entries(request, store); };
  return route;
}

std::map<std::string, Json> ledger_schemas() {
  using namespace schema;
  return {{"Balance", object({{"object", Json{{"const", "balance"}}},
                              {"account", text("receivable:<account>, fees:<account>, sales or refunds")},
                              {"currency", text()},
                              {"amount", integer("Minor units; debit positive, credit negative.")}},
                             {"object", "account", "currency", "amount"})},
          {"LedgerEntry", object({{"id", text()},
                                  {"object", Json{{"const", "ledger_entry"}}},
                                  {"transaction", text("The lines of one transaction sum to zero.")},
                                  {"account", text()},
                                  {"currency", text()},
                                  {"amount", integer("Minor units; debit positive, credit negative.")},
                                  {"kind", text()},
                                  {"payment", nullable(text())},
                                  {"refund", nullable(text())},
                                  {"created", integer()}},
                                 {"id", "object", "transaction", "account", "currency", "amount", "kind", "created"})}};
}

}  // namespace florin
