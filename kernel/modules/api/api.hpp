// What every API route shares: who calls, what was asked, how errors and lists look, and the table of
// routes from which dispatch, documentation (OpenAPI) and tests are all made.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <florin/json.hpp>
#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

enum class KeyKind { kSecret, kPublishable, kAdmin };

// Who calls, proven by a key. Everything that a route does is for this merchant alone (law 6).
struct Caller {
  std::string merchant;
  KeyKind kind = KeyKind::kSecret;
  std::string key_id;
  std::set<std::string> scopes;  // "*" allows everything that the kind may do.
  bool livemode = false;
  bool may(std::string_view scope) const;  // "payments:write"; "payments:*" and "*" include it.
};

// How a POST is made safe to repeat: the caller's key and what it was used for.
struct Idempotency {
  std::string route;   // The operation and, when it has one, its object: "capturePayment:pay_...".
  std::string key;     // "" : the caller gave none.
  std::string digest;  // SHA-256 of the body, hex.
};

struct ApiRequest {
  Caller caller;
  Json body = Json::object();
  std::map<std::string, std::string> params;  // From the path: {"id", "pay_..."}.
  std::vector<std::pair<std::string, std::string>> query;
  Idempotency idempotency;
  const EdgeRequest* edge = nullptr;  // Outlives the Task.

  std::string param(const std::string& name) const;
  std::optional<std::string> query_value(std::string_view name) const;
  std::vector<std::string> query_values(std::string_view name) const;  // "expand" finds expand[] too.
};

// An answer as it is stored for a replay: what is sent is the same bytes.
struct ApiAnswer {
  int status = 200;
  std::string body;
  Headers headers;
  bool replayed = false;  // Adds Idempotent-Replayed: true.
  std::string object_id;  // What it is about; kept beside a stored answer.
};

using ApiHandler = std::function<Task<ApiAnswer>(const ApiRequest&)>;

struct ApiRoute {
  std::string method, pattern;  // "POST", "/api/v1/payments/{id}/capture"
  std::string operation_id;     // "capturePayment"
  std::string summary, tag;
  std::string scope;                                // "payments:write"
  std::set<KeyKind> keys = {KeyKind::kSecret};      // Empty: no key at all (webhooks in, health).
  std::size_t body_limit = 1024 * 1024;
  bool raw_body = false;                            // True: the handler parses the bytes itself.
  Urgency urgency = Urgency::kOrdinary;             // Who is answered when not all can be.
  Json query_parameters = Json::array();            // OpenAPI parameter objects without "in".
  Json request_schema;                              // Null: takes no body.
  Json request_examples = Json::object();           // name -> body
  std::map<int, Json> response_schemas;             // status -> schema; 4xx default to the error shape.
  ApiHandler handler;
};

// The status and body of an Error; only this knows which Kind is which status.
ApiAnswer problem(const Error& error);
// Type, code and message of our own making; extra members go beside them in "error".
ApiAnswer problem(int status, std::string_view type, std::string_view code, std::string_view message,
                  std::string_view param = {}, Json extra = Json::object());
ApiAnswer json_answer(int status, const Json& body);
// `body` is JSON already.
ApiAnswer text_answer(int status, std::string body);
// {"object":"list","data":[...],"has_more":...,"url":...}
Json list_body(std::vector<Json> data, bool has_more, std::string_view url);

// Paging as every list has it: `limit` 1 to 100 (default 10), starting_after, ending_before.
struct Page {
  int limit = 10;
  std::string starting_after, ending_before;
};
Result<Page> read_page(const ApiRequest& request);

}  // namespace florin
