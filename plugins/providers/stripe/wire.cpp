// What all of Stripe's requests and answers have in common: headers, and which answer is a yes, a decline,
// a definite no or nothing that we may build on. From "Errors" in Stripe's API reference.
#include "wire_request.hpp"

namespace florin::stripe {

HttpRequest get(const std::string& path, const Config& config) {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.headers.emplace("Authorization", "Bearer " + config.secret_key.expose());
  request.headers.emplace("Stripe-Version", std::string(kApiVersion));
  request.repeatable = true;
  return request;
}

HttpRequest post(const std::string& path, const std::string& key, const Form& form, const Config& config) {
  HttpRequest request = get(path, config);
  request.method = "POST";
  request.headers.emplace("Content-Type", "application/x-www-form-urlencoded");
  request.headers.emplace("Idempotency-Key", key);
  request.body = form.text();
  return request;
}

std::string clipped(std::string text, std::size_t length_max) {
  if (text.size() > length_max) text.resize(length_max);
  return text;
}

namespace {

Refused refused(Error::Kind kind, const std::string& message, const Json& error) {
  const std::string code = clipped(text_at(error, "code"), 100);
  const Json* intent = find(error, "payment_intent");
  Refused no{Error{kind, message + (code.empty() ? "" : " (" + code + ")"), code, ""}, code, "", Json()};
  no.param = clipped(text_at(error, "param"), 100);
  // A token or PaymentMethod that Stripe does not know came from our caller, who is told which field it was.
  const bool is_token = no.param == "payment_method" || no.param == "card[token]" || no.param == "token";
  if (code == "resource_missing" && is_token)
    no.error = Error{Error::Kind::kInvalid, "Stripe knows no such token or payment method", "payment_method_unknown",
                     "payment_method"};
  if (intent != nullptr && intent->is_object()) no.intent = *intent;
  return no;
}

Reading read_failure(int status, const Json& error) {
  const std::string type = text_at(error, "type");
  if (status == 401 || status == 403)
    return refused(Error::Kind::kDenied, "Stripe refused our key: check secret_key and its permissions",
                   error);
  if (status == 429) return refused(Error::Kind::kUnavailable, "Stripe asks us to slow down", error);
  if (type == "card_error") return declined(error);
  // An idempotency_error and a 409 are about a request before this one, which may have done its work.
  if ((status == 400 || status == 404) && type == "invalid_request_error")
    return refused(status == 404 ? Error::Kind::kNotFound : Error::Kind::kInvalid,
                   "Stripe refused the request", error);
  return Unclear{"Stripe answered " + std::to_string(status)};
}

}  // namespace

Reading read(const Result<HttpResponse>& answer) {
  if (!answer) {
    if (answer.error().kind == Error::Kind::kUnreachable) return Refused{answer.error(), "", "", Json()};
    return Unclear{answer.error().message};
  }
  const Result<Json> json = parse_json(answer->body);
  const bool readable = json && json->is_object();
  if (answer->status >= 200 && answer->status < 300) {
    if (readable) return *json;
    return Unclear{"Stripe's answer is unreadable"};
  }
  const Json* error = readable ? find(*json, "error") : nullptr;
  return read_failure(answer->status, error != nullptr ? *error : Json::object());
}

HttpRequest retrieve_balance(const Config& config) { return get("/v1/balance", config); }

}  // namespace florin::stripe
