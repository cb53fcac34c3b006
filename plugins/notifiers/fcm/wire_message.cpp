// A message and what becomes of it.
#include <charconv>

#include <florin/json.hpp>

#include "plugins/notifiers/fcm/wire.hpp"

namespace florin::fcm {
namespace {

// FCM refuses a message whose data has one of these names.
bool is_reserved(const std::string& key) {
  return key == "from" || key == "message_type" || key == "collapse_key" || key.starts_with("google") ||
         key.starts_with("gcm");
}

Json data_of(const Notification& notification) {
  Json data = Json::object();
  for (const auto& [key, value] : notification.data) data[is_reserved(key) ? "florin_" + key : key] = value;
  data["event_id"] = notification.id;
  data["event_type"] = notification.type;
  return data;
}

// FCM's own word for what went wrong, from google.firebase.fcm.v1.FcmError among the details; else the
// general status of google.rpc.
std::string code_of(const Json& answer) {
  if (const Json* details = find(answer, "error.details"); details != nullptr && details->is_array())
    for (const Json& detail : *details)
      if (const std::string code = text_at(detail, "errorCode"); !code.empty()) return code;
  return text_at(answer, "error.status");
}

// An INVALID_ARGUMENT may be about the token, or about a message that is at fault with every token.
bool is_about_the_token(const Json& answer) {
  if (const Json* details = find(answer, "error.details"); details != nullptr && details->is_array())
    for (const Json& detail : *details)
      if (const Json* violations = find(detail, "fieldViolations");
          violations != nullptr && violations->is_array())
        for (const Json& violation : *violations)
          if (text_at(violation, "field") == "message.token") return true;
  return text_at(answer, "error.message").find("registration token") != std::string::npos;
}

// Seconds (RFC 9110 section 10.2.3); a date, which FCM does not send, counts as absent. At most a day.
Duration retry_after(const HttpResponse& response, Duration otherwise) {
  const auto header = response.headers.find("Retry-After");
  if (header == response.headers.end()) return otherwise;
  const std::string& text = header->second;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > 86'400)
    return otherwise;
  return std::chrono::seconds(seconds);
}

Json parsed(const HttpResponse& response) {
  const Result<Json> json = parse_json(response.body);
  return json ? *json : Json();
}

}  // namespace

HttpRequest message_request(const ServiceAccount& account, const Secret& token,
                            const Notification& notification) {
  // The event's id as tag and collapse id: a message that is sent again after silence replaces the first on
  // the device instead of standing beside it.
  const Json message = {{"token", notification.recipient},
                        {"notification", {{"title", notification.title}, {"body", notification.body}}},
                        {"data", data_of(notification)},
                        {"android", {{"priority", "HIGH"}, {"notification", {{"tag", notification.id}}}}},
                        {"apns", {{"headers", {{"apns-collapse-id", notification.id.substr(0, 64)}}}}},
                        {"webpush", {{"notification", {{"tag", notification.id}}}}}};
  HttpRequest request;
  request.method = "POST";
  request.host = "fcm";
  request.path = "/v1/projects/" + url_encode(account.project_id) + "/messages:send";
  request.headers = {{"Authorization", "Bearer " + token.expose()}, {"Content-Type", "application/json"}};
  request.body = to_text(Json{{"message", message}});
  return request;
}

bool refuses_token(const HttpResponse& response) {
  return response.status == 401 && code_of(parsed(response)) != "THIRD_PARTY_AUTH_ERROR";
}

Delivery read_delivery(const HttpResponse& response) {
  using Outcome = Delivery::Outcome;
  const Json answer = parsed(response);
  const std::string code = code_of(answer).substr(0, 64);
  const std::string detail =
      "FCM answered " + std::to_string(response.status) + (code.empty() ? "" : " " + code);
  if (response.status == 200)
    return {Outcome::kDelivered, text_at(answer, "name").substr(0, 200), Duration(0)};
  if (response.status == 429)
    return {Outcome::kTryLater, detail, retry_after(response, std::chrono::minutes(1))};
  if (response.status >= 500) return {Outcome::kTryLater, detail, retry_after(response, Duration(0))};
  // A 404 that is not FCM's own came from something on the way: it says nothing about the device.
  if (response.status == 404 && (code == "UNREGISTERED" || code == "NOT_FOUND"))
    return {Outcome::kRecipientGone, detail, Duration(0)};
  if (code == "SENDER_ID_MISMATCH") return {Outcome::kRecipientGone, detail, Duration(0)};
  if (response.status == 400 && code == "INVALID_ARGUMENT" && is_about_the_token(answer))
    return {Outcome::kRecipientGone, detail, Duration(0)};
  if (refuses_token(response) || code.empty()) return {Outcome::kTryLater, detail, Duration(0)};
  return {Outcome::kRefused, detail, Duration(0)};
}

}  // namespace florin::fcm
