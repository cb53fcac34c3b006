// What all of Adyen's requests and answers have in common: headers, and which answer is a yes, a definite no
// or nothing that we may build on. From "API idempotency", "HTTP status codes" and "Error codes" in Adyen's
// documentation.
#include "wire_request.hpp"

namespace florin::adyen {

HttpRequest post(const std::string& path, const std::string& key, const Json& body, const Config& config) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v71" + path;
  request.headers.emplace("X-API-Key", config.api_key.expose());
  request.headers.emplace("Content-Type", "application/json");
  if (!key.empty()) request.headers.emplace("Idempotency-Key", key);
  request.body = to_text(body);
  request.repeatable = true;
  return request;
}

std::string clipped(std::string text, std::size_t length_max) {
  if (text.size() > length_max) text.resize(length_max);
  return text;
}

Json amount_json(std::int64_t value, Money amount) {
  return {{"currency", amount.currency().code()}, {"value", value}};
}

std::optional<Money> amount_in(const Json& object, std::string_view name) {
  const Json* amount = find(object, name);
  if (amount == nullptr) return std::nullopt;
  const auto value = integer_at(*amount, "value");
  if (!value) return std::nullopt;
  return from_adyen_value(*value, text_at(*amount, "currency"));
}

namespace {

std::string header(const HttpResponse& response, std::string_view name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

Refused refused(Error::Kind kind, const std::string& message, const HttpResponse& response,
                const Json& body) {
  const std::string code = clipped(text_at(body, "errorCode"), 100);
  const std::string said = clipped(text_at(body, "message"), 200);
  std::string sentence = message;
  if (!said.empty()) sentence += ": " + said;
  if (!code.empty()) sentence += " (" + code + ")";
  return {Error{kind, sentence, code, ""}, code, header(response, "Idempotency-Key")};
}

// 703: "required resource temporarily unavailable"; 704: "request already processed or in progress". Both may
// stand for a request of ours whose work is being done.
bool may_be_done(const HttpResponse& response, const Json& body) {
  const std::string code = text_at(body, "errorCode");
  return code == "703" || code == "704" || header(response, "transient-error") == "true";
}

Reading read_failure(const HttpResponse& response, const Json& body) {
  const int status = response.status;
  if (status == 401 || status == 403)
    return refused(Error::Kind::kDenied,
                   "Adyen refused our credentials: check api_key, its roles and merchant_account", response,
                   body);
  if (status == 429) return refused(Error::Kind::kUnavailable, "Adyen asks us to slow down", response, body);
  const std::string type = text_at(body, "errorType");
  const bool is_refusal = type == "validation" || type == "security" || type == "configuration";
  if ((status == 400 || status == 404 || status == 422) && is_refusal && !may_be_done(response, body))
    return refused(status == 404 ? Error::Kind::kNotFound : Error::Kind::kInvalid,
                   "Adyen refused the request", response, body);
  return Unclear{"Adyen answered " + std::to_string(status) + " " + clipped(text_at(body, "errorCode"), 20)};
}

}  // namespace

Reading read(const Result<HttpResponse>& answer) {
  if (!answer) {
    if (answer.error().kind == Error::Kind::kUnreachable) return Refused{answer.error(), "", ""};
    return Unclear{answer.error().message};
  }
  const Result<Json> json = parse_json(answer->body);
  const bool readable = json && json->is_object();
  if (answer->status < 200 || answer->status >= 300)
    return read_failure(*answer, readable ? *json : Json::object());
  if (readable) return *json;
  return Unclear{"Adyen's answer is unreadable"};
}

HttpRequest list_methods(const Config& config) {
  return post("/paymentMethods", "", {{"merchantAccount", config.merchant_account}}, config);
}

}  // namespace florin::adyen
