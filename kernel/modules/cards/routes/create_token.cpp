// POST /api/v1/tokens: a payer's browser turns a card into a one-time token with a publishable key.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/cards/routes/routes.hpp"
#include "kernel/modules/idempotency/idempotency.hpp"

namespace florin {

namespace {

Task<ApiAnswer> create_token(const ApiRequest& request, CardTokens& tokens, const Vault& vault, Store& store, Clock& clock) {
  Fields fields(request.body);
  const Json* json = fields.object("card");
  if (!json) fields.fail("card", "is required", "parameter_missing");
  Fields inner(json ? *json : request.body, "card");
  ReadCard card;
  if (json) {
    card = read_card(inner, vault, clock.now());
    fields.take(inner);
  }
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  const std::string merchant = request.caller.merchant;
  const bool livemode = request.caller.livemode;
  auto work = [&tokens, merchant, livemode, card](Session& session) -> Result<ApiAnswer> {
    const CardToken token = tokens.create(session, merchant, card);
    ApiAnswer answer = json_answer(201, Json{{"id", token.id},
                                             {"object", "token"},
                                             {"type", "card"},
                                             {"card", token.face.to_json()},
                                             {"created", unix_seconds(token.created)},
                                             {"expires", unix_seconds(token.expires)},
                                             {"livemode", livemode}});
    answer.object_id = token.id;
    return answer;
  };
  Task<ApiAnswer> answering = answer_once(store, clock, merchant, request.idempotency, work);
  co_return co_await answering;
}

}  // namespace

ApiRoute create_token_route(CardTokens& tokens, const Vault& vault, Store& store, Clock& clock) {
  using namespace schema;
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/tokens";
  route.operation_id = "createToken";
  route.summary = "Turn a card into a one-time token";
  route.tag = "Tokens";
  route.scope = "tokens:write";
  route.keys = {KeyKind::kSecret, KeyKind::kPublishable};
  route.request_schema = object({{"card", card_request_schema()}}, {"card"});
  route.request_examples = {{"card", {{"card", {{"number", "4242424242424242"}, {"exp_month", 12}, {"exp_year", 2034}, {"cvc", "123"}}}}}};
  route.response_schemas = {{201, object({{"id", text("tok_...")},
                                          {"object", Json{{"const", "token"}}},
                                          {"type", text()},
                                          {"card", ref("CardFace")},
                                          {"created", integer()},
                                          {"expires", integer("Fifteen minutes later.")},
                                          {"livemode", boolean()}},
                                         {"id", "object", "type", "card", "created", "expires"})}};
  route.handler = [&tokens, &vault, &store, &clock](const ApiRequest& request) {
    return create_token(request, tokens, vault, store, clock);
  };
  return route;
}

}  // namespace florin
