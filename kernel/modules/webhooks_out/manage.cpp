// What merchants do with their endpoints and deliveries: make, list, change, rotate, remove, send again.
#include "kernel/modules/events/event.hpp"
#include "kernel/modules/api/fields.hpp"
#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/modules/webhooks_out/signature.hpp"
#include "kernel/modules/webhooks_out/webhooks_out.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {

constexpr std::string_view kSecretMark = "@webhook_secret@";
constexpr auto kRotationOverlap = std::chrono::hours(24);
constexpr std::size_t kEndpointsMax = 50;

Error no_such(const char* what, const std::string& id) {
  return Error{Error::Kind::kNotFound, std::string("no such ") + what + ": " + id, "", "id"};
}

Error configured_elsewhere(const std::string& id) {
  return Error{Error::Kind::kConflict, "webhook endpoint " + id + " is of the merchant's YAML: change it there; only enabled can be set here",
               "endpoint_configured", "id"};
}

std::vector<std::string> read_events(Fields& fields) {
  std::vector<std::string> events;
  const Json* list = fields.array("events", 100);
  if (!list) return events;
  for (const Json& event : *list) {
    const bool good = event.is_string() && !event.get_ref<const std::string&>().empty() &&
                      event.get_ref<const std::string&>().size() <= 100;
    if (!good) {
      fields.fail("events", "must be event types such as payment.succeeded or payment.*");
      break;
    }
    events.push_back(event.get<std::string>());
  }
  return events;
}

void check_url(Fields& fields, const std::string& url, bool plain_allowed) {
  const bool good = url.starts_with("https://") || (plain_allowed && url.starts_with("http://"));
  if (!good || url.find('@') != std::string::npos || url.find(' ') != std::string::npos)
    fields.fail("url", plain_allowed ? "must begin with https:// or http:// and hold no credentials"
                                     : "must begin with https:// and hold no credentials");
}

Json with_mark(const WebhookEndpoint& endpoint) {
  Json json = render_endpoint(endpoint);
  json["secret"] = kSecretMark;
  return json;
}

}  // namespace

// A stored answer never holds the secret: it is put in as the answer leaves.
Task<ApiAnswer> WebhooksOut::answer_with_secret(std::string merchant, ApiAnswer answer) {
  const std::size_t mark = answer.body.find(kSecretMark);
  if (mark == std::string::npos) co_return answer;
  const std::string id = answer.object_id;
  auto query = [merchant, id](Session& session) -> Result<std::string> {
    const auto endpoint = find_endpoint(session, merchant, id);
    if (!endpoint) return no_such("webhook endpoint", id);
    return endpoint->secret;
  };
  Task<Result<std::string>> reading = doors_.store.read(query);
  const Result<std::string> sealed = co_await reading;
  if (!sealed) co_return problem(sealed.error());
  const Result<Secret> secret = doors_.vault.open(*sealed, merchant + "/" + id + "/secret");
  if (!secret) co_return problem(secret.error());
  answer.body.replace(mark, kSecretMark.size(), secret->expose());
  co_return answer;
}

Task<ApiAnswer> WebhooksOut::create(const ApiRequest& request) {
  const auto config = merchants_.config();
  Fields fields(request.body);
  WebhookEndpoint endpoint;
  endpoint.merchant = request.caller.merchant;
  endpoint.url = fields.required_text("url", 2000);
  check_url(fields, endpoint.url, config->mode == AppConfig::Mode::kTest);
  endpoint.events = read_events(fields);
  endpoint.description = fields.text("description", 500);
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  endpoint.created = doors_.clock.now();
  endpoint.id = new_id("whe", endpoint.created, doors_.random);
  endpoint.secret = doors_.vault.seal(new_webhook_secret(doors_.random), endpoint.merchant + "/" + endpoint.id + "/secret");
  auto work = [endpoint](Session& session) -> Result<ApiAnswer> {
    if (endpoints_of(session, endpoint.merchant).size() >= kEndpointsMax)
      return Error{Error::Kind::kInvalid, "a merchant has at most 50 webhook endpoints", "too_many_endpoints", ""};
    insert_endpoint(session, endpoint);
    ApiAnswer answer = json_answer(201, with_mark(endpoint));
    answer.object_id = endpoint.id;
    return answer;
  };
  Task<ApiAnswer> answering = answer_once(doors_.store, doors_.clock, endpoint.merchant, request.idempotency, work);
  ApiAnswer answer = co_await answering;
  Task<ApiAnswer> revealing = answer_with_secret(request.caller.merchant, std::move(answer));
  co_return co_await revealing;
}

Task<ApiAnswer> WebhooksOut::list(const ApiRequest& request) {
  const std::string merchant = request.caller.merchant;
  auto query = [this, merchant](Session& session) -> Result<std::vector<WebhookEndpoint>> {
    std::vector<WebhookEndpoint> all = configured(session, merchant);
    for (WebhookEndpoint& endpoint : endpoints_of(session, merchant)) all.push_back(std::move(endpoint));
    return all;
  };
  Task<Result<std::vector<WebhookEndpoint>>> reading = doors_.store.read(query);
  const Result<std::vector<WebhookEndpoint>> found = co_await reading;
  if (!found) co_return problem(found.error());
  std::vector<Json> data;
  for (const WebhookEndpoint& endpoint : *found) data.push_back(render_endpoint(endpoint));
  co_return json_answer(200, list_body(std::move(data), false, "/api/v1/webhook-endpoints"));
}

Task<ApiAnswer> WebhooksOut::show(const ApiRequest& request) {
  const std::string merchant = request.caller.merchant, id = request.param("id");
  auto query = [this, merchant, id](Session& session) -> Result<Json> {
    const auto endpoint = find(session, merchant, id);
    if (!endpoint) return no_such("webhook endpoint", id);
    return render_endpoint(*endpoint);
  };
  Task<Result<Json>> reading = doors_.store.read(query);
  const Result<Json> found = co_await reading;
  if (!found) co_return problem(found.error());
  co_return json_answer(200, *found);
}

Task<ApiAnswer> WebhooksOut::update(const ApiRequest& request) {
  const auto config = merchants_.config();
  Fields fields(request.body);
  const bool has_events = fields.has("events");
  const std::vector<std::string> events = read_events(fields);
  const std::string url = fields.text("url", 2000);
  if (!url.empty()) check_url(fields, url, config->mode == AppConfig::Mode::kTest);
  const bool has_description = fields.has("description");
  const std::string description = fields.text("description", 500);
  const auto enabled = fields.boolean("enabled");
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  const std::string merchant = request.caller.merchant, id = request.param("id");
  const bool yaml_alone = has_events || has_description || !url.empty();
  const Instant now = doors_.clock.now();
  auto work = [this, merchant, id, yaml_alone, has_events, events, url, has_description, description, enabled,
               now](Session& session) -> Result<ApiAnswer> {
    auto endpoint = find(session, merchant, id);
    if (!endpoint) return no_such("webhook endpoint", id);
    if (endpoint->configured && yaml_alone) return configured_elsewhere(id);
    if (has_events) endpoint->events = events;
    if (!url.empty()) endpoint->url = url;
    if (has_description) endpoint->description = description;
    if (enabled) {
      endpoint->enabled = *enabled;
      endpoint->reason = *enabled ? "" : "by the merchant";
    }
    keep(session, *endpoint, now);
    ApiAnswer answer = json_answer(200, render_endpoint(*endpoint));
    answer.object_id = id;
    return answer;
  };
  Task<ApiAnswer> answering = answer_once(doors_.store, doors_.clock, merchant, request.idempotency, work);
  const ApiAnswer answer = co_await answering;
  co_return answer;
}

Task<ApiAnswer> WebhooksOut::rotate_secret(const ApiRequest& request) {
  const std::string merchant = request.caller.merchant, id = request.param("id");
  const Instant until = doors_.clock.now() + kRotationOverlap;
  const std::string sealed = doors_.vault.seal(new_webhook_secret(doors_.random), merchant + "/" + id + "/secret");
  auto work = [this, merchant, id, until, sealed](Session& session) -> Result<ApiAnswer> {
    auto endpoint = find(session, merchant, id);
    if (!endpoint) return no_such("webhook endpoint", id);
    if (endpoint->configured) return configured_elsewhere(id);
    endpoint->old_secret = endpoint->secret;
    endpoint->old_secret_until = until;
    endpoint->secret = sealed;
    update_endpoint(session, *endpoint);
    ApiAnswer answer = json_answer(200, with_mark(*endpoint));
    answer.object_id = id;
    return answer;
  };
  Task<ApiAnswer> answering = answer_once(doors_.store, doors_.clock, merchant, request.idempotency, work);
  ApiAnswer answer = co_await answering;
  Task<ApiAnswer> revealing = answer_with_secret(merchant, std::move(answer));
  co_return co_await revealing;
}

Task<ApiAnswer> WebhooksOut::remove(const ApiRequest& request) {
  const std::string merchant = request.caller.merchant, id = request.param("id");
  auto work = [this, merchant, id](Session& session) -> Result<ApiAnswer> {
    if (find(session, merchant, id).value_or(WebhookEndpoint()).configured) return configured_elsewhere(id);
    if (!delete_endpoint(session, merchant, id)) return no_such("webhook endpoint", id);
    return json_answer(200, Json{{"id", id}, {"object", "webhook_endpoint"}, {"deleted", true}});
  };
  Task<ApiAnswer> answering = answer_once(doors_.store, doors_.clock, merchant, request.idempotency, work);
  const ApiAnswer answer = co_await answering;
  co_return answer;
}

Task<ApiAnswer> WebhooksOut::list_deliveries(const ApiRequest& request) {
  const Result<Page> page = read_page(request);
  if (!page) co_return problem(page.error());
  const std::string merchant = request.caller.merchant, before = page->starting_after;
  const std::string endpoint = request.query_value("endpoint").value_or("");
  const int limit = page->limit;
  auto query = [merchant, endpoint, before, limit](Session& session) -> Result<std::vector<WebhookDelivery>> {
    return deliveries_of(session, merchant, endpoint, before, limit + 1);
  };
  Task<Result<std::vector<WebhookDelivery>>> reading = doors_.store.read(query);
  Result<std::vector<WebhookDelivery>> found = co_await reading;
  if (!found) co_return problem(found.error());
  const bool more = found->size() > static_cast<std::size_t>(limit);
  if (more) found->pop_back();
  std::vector<Json> data;
  for (const WebhookDelivery& delivery : *found) data.push_back(render_delivery(delivery));
  co_return json_answer(200, list_body(std::move(data), more, "/api/v1/webhook-deliveries"));
}

Task<ApiAnswer> WebhooksOut::redeliver(const ApiRequest& request) {
  const std::string merchant = request.caller.merchant, id = request.param("id");
  const Instant now = doors_.clock.now();
  const std::string fresh_id = new_id("whd", now, doors_.random);
  auto work = [this, merchant, id, fresh_id, now](Session& session) -> Result<ApiAnswer> {
    auto delivery = find_delivery(session, merchant, id);
    if (!delivery) return no_such("webhook delivery", id);
    // A delivery of its own, with the same event and webhook-id: the log keeps what was before.
    delivery->id = fresh_id;
    delivery->state = DeliveryState::kPending;
    delivery->attempts = 0;
    delivery->http_status = 0;
    delivery->error.clear();
    delivery->created = delivery->updated = now;
    insert_delivery(session, *delivery);
    enqueue(session, *delivery, delivery->id);
    ApiAnswer answer = json_answer(202, render_delivery(*delivery));
    answer.object_id = delivery->id;
    return answer;
  };
  Task<ApiAnswer> answering = answer_once(doors_.store, doors_.clock, merchant, request.idempotency, work);
  const ApiAnswer answer = co_await answering;
  doors_.jobs.wake();
  co_return answer;
}

}  // namespace florin
