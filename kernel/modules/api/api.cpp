// Errors, lists and pages as every route renders and reads them.
#include "kernel/modules/api/api.hpp"

#include <charconv>

namespace florin {

bool Caller::may(std::string_view scope) const {
  if (scope.empty() || scopes.contains("*") || scopes.contains(std::string(scope))) return true;
  const std::size_t colon = scope.find(':');
  return colon != std::string_view::npos && scopes.contains(std::string(scope.substr(0, colon)) + ":*");
}

std::string ApiRequest::param(const std::string& name) const {
  const auto found = params.find(name);
  return found == params.end() ? std::string() : found->second;
}

std::optional<std::string> ApiRequest::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

std::vector<std::string> ApiRequest::query_values(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query)
    if (key == name || (key.size() == name.size() + 2 && key.starts_with(name) && key.ends_with("[]")))
      values.push_back(value);
  return values;
}

ApiAnswer text_answer(int status, std::string body) {
  ApiAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

ApiAnswer json_answer(int status, const Json& body) { return text_answer(status, to_text(body)); }

ApiAnswer problem(int status, std::string_view type, std::string_view code, std::string_view message,
                  std::string_view param, Json extra) {
  Json error = std::move(extra);
  error["type"] = type;
  error["code"] = code;
  error["message"] = message;
  if (!param.empty()) error["param"] = param;
  return json_answer(status, Json{{"error", std::move(error)}});
}

ApiAnswer problem(const Error& error) {
  const auto code = [&error](std::string_view otherwise) {
    return error.code.empty() ? std::string(otherwise) : error.code;
  };
  switch (error.kind) {
    case Error::Kind::kInvalid:
      if (error.code == "idempotency_key_reused")
        return problem(422, "idempotency_error", error.code, error.message, error.param);
      return problem(400, "invalid_request_error", code("invalid_request"), error.message, error.param);
    case Error::Kind::kNotFound:
      return problem(404, "invalid_request_error", code("resource_missing"), error.message, error.param);
    case Error::Kind::kConflict: {
      const bool key = error.code == "idempotency_key_in_use";
      ApiAnswer answer = problem(409, key ? "idempotency_error" : "invalid_request_error", code("conflict"),
                                 error.message, error.param, Json{{"retryable", key}});
      if (key) answer.headers["Retry-After"] = "1";
      return answer;
    }
    case Error::Kind::kDenied:
      if (error.code == "insufficient_scope" || error.code == "key_kind_not_allowed")
        return problem(403, "authentication_error", error.code, error.message);
      return problem(401, "authentication_error", code("invalid_api_key"), error.message);
    case Error::Kind::kUnavailable: {
      ApiAnswer answer = problem(503, "api_error", code("unavailable"), error.message, {}, Json{{"retryable", true}});
      answer.headers["Retry-After"] = "1";
      return answer;
    }
    case Error::Kind::kUnreachable:
    case Error::Kind::kTimedOut:
      return problem(502, "plugin_error", code("provider_unreachable"), error.message, {}, Json{{"retryable", true}});
    case Error::Kind::kBroken:
      break;
  }
  return problem(500, "api_error", code("internal_error"), error.message);
}

Json list_body(std::vector<Json> data, bool has_more, std::string_view url) {
  return Json{{"object", "list"}, {"data", std::move(data)}, {"has_more", has_more}, {"url", url}};
}

Result<Page> read_page(const ApiRequest& request) {
  Page page;
  if (const auto limit = request.query_value("limit")) {
    const auto [end, failed] = std::from_chars(limit->data(), limit->data() + limit->size(), page.limit);
    if (failed != std::errc() || end != limit->data() + limit->size() || page.limit < 1 || page.limit > 100)
      return Error{Error::Kind::kInvalid, "limit is a number from 1 to 100", "invalid_parameter", "limit"};
  }
  page.starting_after = request.query_value("starting_after").value_or("");
  page.ending_before = request.query_value("ending_before").value_or("");
  if (!page.starting_after.empty() && !page.ending_before.empty())
    return Error{Error::Kind::kInvalid, "give starting_after or ending_before, not both", "invalid_parameter",
                 "ending_before"};
  return page;
}

}  // namespace florin
