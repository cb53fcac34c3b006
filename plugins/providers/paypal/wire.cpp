// What all of PayPal's requests and answers have in common: the token, headers, and which answer is a yes, a
// decline, a definite no or nothing that we may build on. From "REST API request headers" and "API
// responses".
#include <florin/crypto.hpp>

#include "wire_request.hpp"

namespace florin::paypal {

std::string clipped(std::string text, std::size_t length_max) {
  if (text.size() > length_max) text.resize(length_max);
  return text;
}

HttpRequest get(const std::string& path) {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.repeatable = true;
  return request;
}

HttpRequest post(const std::string& path, const std::string& key, const Json& body) {
  HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.headers.emplace("Content-Type", "application/json");
  request.headers.emplace("PayPal-Request-Id", key);
  request.headers.emplace("Prefer", "return=representation");
  request.body = to_text(body);
  request.repeatable = true;
  return request;
}

HttpRequest token_request(const Config& config) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/oauth2/token";
  request.headers.emplace("Content-Type", "application/x-www-form-urlencoded");
  request.headers.emplace("Authorization",
                          "Basic " + to_base64(config.client_id + ":" + config.client_secret.expose()));
  request.body = "grant_type=client_credentials";
  request.repeatable = true;
  return request;
}

Result<Token> read_token(const Result<HttpResponse>& answer, Instant now) {
  // Whatever went wrong here, the operation itself has not left us.
  if (!answer)
    return Error{Error::Kind::kUnreachable, "no token from PayPal: " + answer.error().message,
                 "provider_unreachable", ""};
  if (answer->status == 401 || answer->status == 403)
    return Error{Error::Kind::kDenied, "PayPal refused our credentials: check client_id and client_secret",
                 "", ""};
  const Result<Json> json = parse_json(answer->body);
  const std::string text = json ? text_at(*json, "access_token") : "";
  const auto seconds = json ? integer_at(*json, "expires_in") : std::nullopt;
  if (answer->status != 200 || text.empty() || !seconds || *seconds < 0 || *seconds > 10'000'000)
    return Error{Error::Kind::kUnreachable,
                 "PayPal gave no token: it answered " + std::to_string(answer->status),
                 "provider_unreachable", ""};
  return Token{Secret(text), now + std::chrono::seconds(*seconds)};
}

HttpRequest with_token(HttpRequest request, const Secret& token) {
  request.headers.insert_or_assign("Authorization", "Bearer " + token.expose());
  return request;
}

namespace {

// These say that an earlier request of ours, or the payer, has got there first: not a no, a reason to look.
bool says_done_before(const std::string& issue) {
  return issue == "ORDER_ALREADY_CAPTURED" || issue == "ORDER_ALREADY_AUTHORIZED" ||
         issue == "ORDER_COMPLETION_IN_PROGRESS" || issue == "ORDER_COMPLETED_OR_VOIDED" ||
         issue == "DUPLICATE_REQUEST_ID" || issue == "PREVIOUS_REQUEST_IN_PROGRESS";
}

Reading read_failure(int status, const Json& json) {
  const std::string name = text_at(json, "name");
  std::string issue = clipped(text_at(json, "details.0.issue"), 100);
  if (issue.empty()) issue = clipped(name, 100);
  const std::string named = issue.empty() ? "" : " (" + issue + ")";
  if (status == 401)
    return Refused{Error{Error::Kind::kDenied, "PayPal refused our token" + named, issue, ""}, issue};
  if (status == 403)
    return Refused{Error{Error::Kind::kDenied, "PayPal does not allow this: check the app's features" + named,
                         issue, ""},
                   issue};
  if (status == 429)
    return Refused{Error{Error::Kind::kUnavailable, "PayPal asks us to slow down", issue, ""}, issue};
  if (says_done_before(issue)) return Unclear{"PayPal says that something was done before" + named};
  const DeclineReason reason = reason_of_issue(issue);
  if (status == 422 && reason != DeclineReason::kOther)
    return Declined{reason, issue, clipped(text_at(json, "details.0.description"), 500)};
  if (status == 404 && name == "RESOURCE_NOT_FOUND")
    return Refused{Error{Error::Kind::kNotFound, "PayPal knows no such thing" + named, issue, ""}, issue};
  if ((status == 400 && name == "INVALID_REQUEST") || (status == 422 && name == "UNPROCESSABLE_ENTITY"))
    return Refused{Error{Error::Kind::kInvalid, "PayPal refused the request" + named, issue, ""}, issue};
  return Unclear{"PayPal answered " + std::to_string(status) + named};
}

}  // namespace

Reading read(const Result<HttpResponse>& answer) {
  if (!answer) {
    const Error::Kind kind = answer.error().kind;
    if (kind == Error::Kind::kTimedOut || kind == Error::Kind::kBroken)
      return Unclear{answer.error().message};
    return Refused{answer.error(), ""};  // It never left us.
  }
  if (answer->status == 204) return Json(Json::object());
  const Result<Json> json = parse_json(answer->body);
  const bool readable = json && json->is_object();
  if (answer->status >= 200 && answer->status < 300) {
    if (readable) return *json;
    return Unclear{"PayPal's answer is unreadable"};
  }
  return read_failure(answer->status, readable ? *json : Json(Json::object()));
}

}  // namespace florin::paypal
