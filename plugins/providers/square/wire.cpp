// What all of Square's requests and answers have in common: headers, and which answer is a yes, a decline, a
// definite no or nothing that we may build on. From "Handling errors" and ErrorCategory, API 2025-08-20.
#include <algorithm>

#include "times.hpp"
#include "wire_request.hpp"

namespace florin::square {

HttpRequest get(const std::string& path, const Config& config) {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.headers.emplace("Authorization", "Bearer " + config.access_token.expose());
  request.headers.emplace("Square-Version", std::string(kApiVersion));
  request.repeatable = true;
  return request;
}

HttpRequest with_body(const std::string& method, const std::string& path, const Json& body,
                      const Config& config) {
  HttpRequest request = get(path, config);
  request.method = method;
  request.headers.emplace("Content-Type", "application/json");
  request.body = to_text(body);
  return request;
}

std::string around(const LookupRequest& request, const std::string& cursor, const Config& config) {
  // `created_at` is Square's clock, and ours may be wrong, or `started` no more than a guess after a crash.
  // The list's own end is Square's now; one of ours is only named to spare the pages of days since.
  constexpr std::chrono::hours kClocksDiffer{1};
  std::string query = "?begin_time=" + url_encode(to_rfc3339(request.started - kClocksDiffer));
  if (request.now - request.started > 2 * kClocksDiffer)
    query += "&end_time=" + url_encode(to_rfc3339(request.started + kClocksDiffer));
  query += "&location_id=" + url_encode(config.location_id) + "&limit=100";
  if (!cursor.empty()) query += "&cursor=" + url_encode(cursor);
  return query;
}

std::string clipped(std::string text, std::size_t length_max) {
  if (text.size() <= length_max) return text;
  while (length_max > 0 && (static_cast<unsigned char>(text[length_max]) & 0xC0) == 0x80) --length_max;
  text.resize(length_max);
  return text;
}

namespace {

// The errors of an answer that say the most first: what an issuer said is followed by what Square makes of
// it.
Json telling_error(const Json& answer) {
  const Json* errors = find(answer, "errors");
  if (errors == nullptr || !errors->is_array() || errors->empty()) return Json::object();
  for (const Json& error : *errors)
    if (may_have_acted(text_at(error, "code"))) return error;
  for (const Json& error : *errors)
    if (reason_of(text_at(error, "code")) != DeclineReason::kOther) return error;
  return errors->front();
}

// Which field of our own API a refusal is about; "" when our caller could not have known.
std::string param_of(const std::string& code, const std::string& field) {
  if (field == "source_id" || code == "CARD_TOKEN_EXPIRED" || code == "SOURCE_EXPIRED")
    return "payment_method";
  if (field == "amount_money.currency" || code == "UNSUPPORTED_CURRENCY") return "currency";
  if (field.rfind("amount_money", 0) == 0) return "amount";
  return "";
}

Refused refused(Error::Kind kind, const std::string& message, const Json& error) {
  const std::string code = clipped(text_at(error, "code"), 100);
  const std::string param = param_of(code, text_at(error, "field"));
  // Never Square's own words here: they may repeat the token.
  Refused no{Error{kind, message + (code.empty() ? "" : " (" + code + ")"), code, param}, code};
  if (param == "payment_method") {
    no.error.kind = Error::Kind::kInvalid;
    no.error.code = "payment_method_unknown";
    no.error.message = "Square knows no such payment token, or it has expired (" + code + ")";
  }
  return no;
}

Reading read_failure(int status, const Json& error) {
  const std::string category = text_at(error, "category"), code = text_at(error, "code");
  const bool is_definite = status >= 400 && status < 500 && status != 408 && status != 409;
  if (!is_definite || may_have_acted(code))
    return Unclear{"Square answered " + std::to_string(status) +
                   (code.empty() ? "" : " " + clipped(code, 60))};
  if (category == "PAYMENT_METHOD_ERROR" || category == "REFUND_ERROR" ||
      reason_of(code) != DeclineReason::kOther)
    return declined(error);
  if (status == 401 || status == 403 || category == "AUTHENTICATION_ERROR")
    return refused(Error::Kind::kDenied, "Square refused our token: check access_token and its permissions",
                   error);
  if (status == 429 || category == "RATE_LIMIT_ERROR")
    return refused(Error::Kind::kUnavailable, "Square asks us to slow down", error);
  if (category == "INVALID_REQUEST_ERROR" || category == "MERCHANT_SUBSCRIPTION_ERROR")
    return refused(status == 404 ? Error::Kind::kNotFound : Error::Kind::kInvalid,
                   "Square refused the request", error);
  return Unclear{"Square answered " + std::to_string(status) + " in words that we do not know"};
}

}  // namespace

Reading read(const Result<HttpResponse>& answer) {
  if (!answer) {
    if (answer.error().kind == Error::Kind::kUnreachable) return Refused{answer.error(), ""};
    return Unclear{answer.error().message};
  }
  const Result<Json> json = parse_json(answer->body);
  const bool readable = json && json->is_object();
  if (answer->status < 200 || answer->status >= 300)
    return read_failure(answer->status, readable ? telling_error(*json) : Json::object());
  if (!readable) return Unclear{"Square's answer is unreadable"};
  const Json* errors = find(*json, "errors");
  if (errors != nullptr && errors->is_array() && !errors->empty())
    return Unclear{"Square answered yes, and with errors"};
  return *json;
}

HttpRequest retrieve_location(const Config& config) {
  return get("/v2/locations/" + url_encode(config.location_id), config);
}

Result<Done> usable(const Json& answer, const Config& config) {
  const Json* location = find(answer, "location");
  if (location == nullptr)
    return Error{Error::Kind::kBroken, "Square did not show location " + config.location_id, "", ""};
  if (text_at(*location, "status") != "ACTIVE")
    return Error{Error::Kind::kInvalid, "Square's location " + config.location_id + " is not active", "", ""};
  const std::string currency = clipped(text_at(*location, "currency"), 10);
  if (currency != config.currency)
    return Error{Error::Kind::kInvalid,
                 "Square's location " + config.location_id + " takes " + currency + ", the settings say " +
                     config.currency,
                 "", ""};
  const Json* can = find(*location, "capabilities");
  if (can == nullptr || !can->is_array() ||
      std::find(can->begin(), can->end(), "CREDIT_CARD_PROCESSING") == can->end())
    return Error{Error::Kind::kInvalid, "Square's location " + config.location_id + " may not take cards yet",
                 "", ""};
  return Done{};
}

}  // namespace florin::square
