// What a merchant does with saved methods: make one, look at them, give one to a customer, end one.
#include "kernel/modules/payment_methods/service.hpp"

#include <algorithm>

#include "kernel/modules/api/fields.hpp"
#include "kernel/modules/cards/sealed_card.hpp"
#include "kernel/modules/customers/read.hpp"
#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {

struct MethodOrder {
  std::optional<ReadCard> card;
  std::string token;  // tok_...
  Customer customer;
  Json metadata;
};

Result<MethodOrder> read_order(const ApiRequest& request, const Vault& vault, Instant now) {
  MethodOrder order;
  Fields fields(request.body);
  fields.one_of("type", {"card"});
  order.token = fields.text("token", 500);
  const Json* card = fields.object("card");
  if (order.token.empty() == (card == nullptr)) fields.fail("card", "or token is required, one of the two", "parameter_missing");
  if (!order.token.empty() && !is_id("tok", order.token))
    fields.fail("token", "must be one of POST /tokens: a provider's own token cannot be saved");
  if (card) {
    Fields inner(*card, "card");
    order.card = read_card(inner, vault, now);
    fields.take(inner);
  }
  order.customer = read_customer(fields, request.caller.merchant);
  order.metadata = fields.metadata("metadata");
  if (const auto wrong = fields.error()) return *wrong;
  return order;
}

ApiAnswer answer_of(int status, const SavedMethod& method) {
  ApiAnswer answer = json_answer(status, render_method(method));
  answer.object_id = method.id;
  return answer;
}

}  // namespace

Task<ApiAnswer> PaymentMethods::create(const ApiRequest& request) {
  const Instant now = clock_.now();
  const Result<MethodOrder> order = read_order(request, vault_, now);
  if (!order) co_return problem(order.error());
  SavedMethod method;
  method.id = new_id("pm", now, random_);
  method.merchant = request.caller.merchant;
  method.metadata = order->metadata;
  method.livemode = request.caller.livemode;
  method.created = method.updated = now;
  if (order->card) {
    method.face = order->card->face;
    method.sealed = seal_card_number(vault_, order->card->card.number, method.merchant, method.id);
  }
  auto work = [this, method, token_id = order->token, asked = order->customer](Session& session) -> Result<ApiAnswer> {
    SavedMethod made = method;
    if (!token_id.empty()) {
      Result<CardToken> token = tokens_.find(session, made.merchant, token_id, made.id);
      if (!token) {
        Error why = token.error();
        why.param = "token";
        return why;
      }
      if (!tokens_.consume(session, made.merchant, token_id, made.id))
        return Error{Error::Kind::kConflict, "this token has been used already", "token_already_used", "token"};
      FLORIN_TRY(number, tokens_.number(*token));
      made.face = token->face;
      made.sealed = seal_card_number(vault_, number, made.merchant, made.id);
    }
    FLORIN_TRY(customer, find_or_create_customer(session, asked, made.created, random_));
    made.customer_id = customer.id;
    insert_method(session, made, random_);
    return answer_of(201, made);
  };
  Task<ApiAnswer> answering = answer_once(store_, clock_, method.merchant, request.idempotency, work);
  const ApiAnswer answer = co_await answering;
  // Whoever saves a card pays without its CVC.
  if (answer.status == 201 && !order->token.empty()) tokens_.forget_cvc(order->token);
  co_return answer;
}

Task<ApiAnswer> PaymentMethods::list(const ApiRequest& request) {
  const Result<Page> page = read_page(request);
  if (!page) co_return problem(page.error());
  const MethodFilter filter{request.query_value("customer").value_or(""), request.query_value("type").value_or(""),
                            page->starting_after, page->ending_before, page->limit};
  const std::string merchant = request.caller.merchant;
  auto query = [merchant, filter](Session& session) -> Result<std::vector<SavedMethod>> {
    return list_methods(session, merchant, filter);
  };
  Task<Result<std::vector<SavedMethod>>> reading = store_.read(query);
  Result<std::vector<SavedMethod>> found = co_await reading;
  if (!found) co_return problem(found.error());
  const bool more = found->size() > static_cast<std::size_t>(filter.limit);
  if (more) found->pop_back();
  if (!filter.ending_before.empty()) std::reverse(found->begin(), found->end());
  std::vector<Json> data;
  for (const SavedMethod& method : *found) data.push_back(render_method(method));
  co_return json_answer(200, list_body(std::move(data), more, "/api/v1/payment-methods"));
}

Task<ApiAnswer> PaymentMethods::show(const ApiRequest& request) {
  const std::string merchant = request.caller.merchant, id = request.param("id");
  auto query = [merchant, id](Session& session) -> Result<Json> {
    const auto method = find_method(session, merchant, id);
    if (!method) return no_such_method(id, "id");
    return render_method(*method);
  };
  Task<Result<Json>> reading = store_.read(query);
  const Result<Json> found = co_await reading;
  if (!found) co_return problem(found.error());
  co_return json_answer(200, *found);
}

Task<ApiAnswer> PaymentMethods::attach(const ApiRequest& request) {
  const Instant now = clock_.now();
  const std::string merchant = request.caller.merchant, id = request.param("id");
  Fields fields(request.body);
  const Customer asked = read_customer(fields, merchant);
  const bool nobody = asked.id.empty() && asked.email.empty() && asked.phone.empty();
  const std::optional<Error> wrong = fields.error();
  auto work = [this, merchant, id, asked, nobody, wrong, now](Session& session) -> Result<ApiAnswer> {
    const auto before = find_method(session, merchant, id);
    if (!before) return no_such_method(id, "id");
    if (wrong) return *wrong;
    if (nobody) return Error{Error::Kind::kInvalid, "customer is required", "parameter_missing", "customer"};
    FLORIN_TRY(customer, find_or_create_customer(session, asked, now, random_));
    if (auto why = why_not_attach(*before, customer.id)) return *why;
    SavedMethod method = *before;
    if (method.customer_id == customer.id) return answer_of(200, method);
    method.customer_id = customer.id;
    method.updated = now;
    if (auto moved = advance_method(session, *before, method, MethodStatus::kActive, random_); !moved) return moved.error();
    return answer_of(200, method);
  };
  Task<ApiAnswer> answering = answer_once(store_, clock_, merchant, request.idempotency, work);
  co_return co_await answering;
}

Task<ApiAnswer> PaymentMethods::detach(const ApiRequest& request) {
  const Instant now = clock_.now();
  const std::string merchant = request.caller.merchant, id = request.param("id");
  auto work = [this, merchant, id, now](Session& session) -> Result<ApiAnswer> {
    const auto before = find_method(session, merchant, id);
    if (!before) return no_such_method(id, "id");
    if (before->status == MethodStatus::kDetached) return answer_of(200, *before);
    SavedMethod method = *before;
    method.sealed.clear();
    method.customer_id.clear();
    method.face.holder.clear();
    method.updated = now;
    if (auto moved = advance_method(session, *before, method, MethodStatus::kDetached, random_); !moved) return moved.error();
    return answer_of(200, method);
  };
  Task<ApiAnswer> answering = answer_once(store_, clock_, merchant, request.idempotency, work);
  co_return co_await answering;
}

}  // namespace florin
