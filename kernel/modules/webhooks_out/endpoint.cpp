// The webhook_endpoints and webhook_deliveries tables, and the only file that spells their columns.
#include "kernel/modules/webhooks_out/endpoint.hpp"

#include <array>

namespace florin {

namespace {

constexpr std::array<std::string_view, 3> kStateNames = {"pending", "delivered", "failed"};

using EndpointRow = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string, std::string,
                               std::int64_t, std::string, std::string, std::int64_t>;

WebhookEndpoint from_row(const EndpointRow& row) {
  const auto& [id, merchant, url, events, description, secret, old_secret, until, status, reason, created] = row;
  WebhookEndpoint endpoint;
  endpoint.id = id;
  endpoint.merchant = merchant;
  endpoint.url = url;
  endpoint.description = description;
  endpoint.events = Json::parse(events).get<std::vector<std::string>>();
  endpoint.secret = secret;
  endpoint.old_secret = old_secret;
  endpoint.old_secret_until = from_micros(until);
  endpoint.enabled = status == "enabled";
  endpoint.reason = reason;
  endpoint.created = from_micros(created);
  return endpoint;
}

using DeliveryRow = std::tuple<std::string, std::string, std::string, std::string, std::int64_t, std::string, std::int64_t,
                               std::int64_t, std::string, std::int64_t, std::int64_t>;

WebhookDelivery from_row(const std::string& merchant, const DeliveryRow& row) {
  const auto& [id, endpoint_id, event_id, payment_id, position, state, attempts, status, error, created, updated] = row;
  WebhookDelivery delivery;
  delivery.id = id;
  delivery.merchant = merchant;
  delivery.endpoint_id = endpoint_id;
  delivery.event_id = event_id;
  delivery.payment_id = payment_id;
  delivery.position = position;
  for (std::size_t i = 0; i < kStateNames.size(); ++i)
    if (kStateNames[i] == state) delivery.state = static_cast<DeliveryState>(i);
  delivery.attempts = attempts;
  delivery.http_status = static_cast<int>(status);
  delivery.error = error;
  delivery.created = from_micros(created);
  delivery.updated = from_micros(updated);
  return delivery;
}

std::string_view status_of(const WebhookEndpoint& endpoint) { return endpoint.enabled ? "enabled" : "disabled"; }

}  // namespace

std::string_view to_text(DeliveryState state) { return kStateNames[static_cast<std::size_t>(state)]; }

Json render_endpoint(const WebhookEndpoint& endpoint) {
  Json json{{"id", endpoint.id},
            {"object", "webhook_endpoint"},
            {"url", endpoint.url},
            {"events", endpoint.events},
            {"description", endpoint.description},
            {"source", endpoint.configured ? "configuration" : "api"},
            {"status", status_of(endpoint)}};
  json["created"] = endpoint.configured ? Json() : Json(unix_seconds(endpoint.created));
  json["reason"] = endpoint.reason.empty() ? Json() : Json(endpoint.reason);
  return json;
}

Json render_delivery(const WebhookDelivery& delivery) {
  Json json{{"id", delivery.id},
            {"object", "webhook_delivery"},
            {"endpoint", delivery.endpoint_id},
            {"event", delivery.event_id},
            {"status", to_text(delivery.state)},
            {"attempts", delivery.attempts},
            {"created", unix_seconds(delivery.created)},
            {"updated", unix_seconds(delivery.updated)}};
  json["http_status"] = delivery.http_status == 0 ? Json() : Json(delivery.http_status);
  json["error"] = delivery.error.empty() ? Json() : Json(delivery.error);
  return json;
}

void insert_endpoint(Session& session, const WebhookEndpoint& e) {
  session.execute(
      "insert into webhook_endpoints (id, merchant, url, events, description, secret, old_secret, old_secret_until, status, "
      "reason, created) values (:id, :merchant, :url, :events, :description, :secret, :old_secret, :until_us, :status, "
      ":reason, :created)",
      e.id, e.merchant, e.url, to_text(Json(e.events)), e.description, e.secret, e.old_secret, micros(e.old_secret_until),
      status_of(e), e.reason, micros(e.created));
}

void update_endpoint(Session& session, const WebhookEndpoint& e) {
  session.execute(
      "update webhook_endpoints set url = :url, events = :events, description = :description, secret = :secret, "
      "old_secret = :old_secret, old_secret_until = :until_us, status = :status, reason = :reason "
      "where id = :id and merchant = :merchant",
      e.url, to_text(Json(e.events)), e.description, e.secret, e.old_secret, micros(e.old_secret_until), status_of(e),
      e.reason, e.id, e.merchant);
}

bool delete_endpoint(Session& session, const std::string& merchant, const std::string& id) {
  return session.execute("delete from webhook_endpoints where id = :id and merchant = :merchant", id, merchant) == 1;
}

std::optional<WebhookEndpoint> find_endpoint(Session& session, const std::string& merchant, const std::string& id) {
  const auto row = session.one<EndpointRow>(
      "select id, merchant, url, events, description, secret, old_secret, old_secret_until, status, reason, created "
      "from webhook_endpoints where id = :id and merchant = :merchant",
      id, merchant);
  if (!row) return std::nullopt;
  return from_row(*row);
}

std::vector<WebhookEndpoint> endpoints_of(Session& session, const std::string& merchant) {
  std::vector<WebhookEndpoint> list;
  for (const EndpointRow& row : session.all<EndpointRow>(
           "select id, merchant, url, events, description, secret, old_secret, old_secret_until, status, reason, created "
           "from webhook_endpoints where merchant = :merchant order by id limit 1000",
           merchant))
    list.push_back(from_row(row));
  return list;
}

std::vector<WebhookEndpoint> enabled_endpoints(Session& session, const std::string& merchant) {
  std::vector<WebhookEndpoint> list;
  for (const EndpointRow& row : session.all<EndpointRow>(
           "select id, merchant, url, events, description, secret, old_secret, old_secret_until, status, reason, created "
           "from webhook_endpoints where merchant = :merchant and status = 'enabled' order by id",
           merchant))
    list.push_back(from_row(row));
  return list;
}

bool has_enabled_endpoint(Session& session) {
  return session.one<std::tuple<std::string>>("select id from webhook_endpoints where status = 'enabled' limit 1").has_value();
}

void insert_delivery(Session& session, const WebhookDelivery& d) {
  session.execute(
      "insert into webhook_deliveries (id, merchant, endpoint_id, event_id, payment_id, position, state, attempts, "
      "http_status, error, created, updated) values (:id, :merchant, :endpoint, :event, :payment, :position, :state, "
      ":attempts, :status, :error, :created, :updated)",
      d.id, d.merchant, d.endpoint_id, d.event_id, d.payment_id, d.position, to_text(d.state), d.attempts, d.http_status,
      d.error, micros(d.created), micros(d.updated));
}

void update_delivery(Session& session, const WebhookDelivery& d) {
  session.execute(
      "update webhook_deliveries set state = :state, attempts = :attempts, http_status = :status, error = :error, "
      "updated = :updated where id = :id and merchant = :merchant",
      to_text(d.state), d.attempts, d.http_status, d.error, micros(d.updated), d.id, d.merchant);
}

std::optional<WebhookDelivery> find_delivery(Session& session, const std::string& merchant, const std::string& id) {
  const auto row = session.one<DeliveryRow>(
      "select id, endpoint_id, event_id, payment_id, position, state, attempts, http_status, error, created, updated "
      "from webhook_deliveries where id = :id and merchant = :merchant",
      id, merchant);
  if (!row) return std::nullopt;
  return from_row(merchant, *row);
}

std::vector<WebhookDelivery> deliveries_of(Session& session, const std::string& merchant, const std::string& endpoint_id,
                                           const std::string& before, int limit) {
  // "~" sorts after every id.
  const std::string edge = before.empty() ? "~" : before;
  std::vector<WebhookDelivery> list;
  for (const DeliveryRow& row : session.all<DeliveryRow>(
           "select id, endpoint_id, event_id, payment_id, position, state, attempts, http_status, error, created, updated "
           "from webhook_deliveries where merchant = :merchant and (:all_of = '' or endpoint_id = :endpoint) "
           "and id < :before order by id desc limit :limit",
           merchant, endpoint_id, endpoint_id, edge, limit))
    list.push_back(from_row(merchant, row));
  return list;
}

bool has_untried_before(Session& session, const WebhookDelivery& d) {
  if (d.payment_id.empty()) return false;
  return session
      .one<std::tuple<std::string>>(
          "select id from webhook_deliveries where endpoint_id = :endpoint and payment_id = :payment "
          "and position < :position and state = 'pending' and attempts = 0 and merchant = :merchant limit 1",
          d.endpoint_id, d.payment_id, d.position, d.merchant)
      .has_value();
}

namespace {
using SealedRow = std::tuple<std::string, std::string, std::string>;
std::vector<SealedText> sealed_texts(const std::vector<SealedRow>& rows) {
  std::vector<SealedText> texts;
  for (const auto& [id, merchant, sealed] : rows) texts.push_back({id, merchant, sealed});
  return texts;
}
}  // namespace

std::vector<SealedColumn> sealed_webhook_secrets() {
  SealedColumn now{"the secret", "secret",
                   [](Session& session, const std::string& after, int limit) {
                     return sealed_texts(session.all<SealedRow>(
                         "select id, merchant, secret from webhook_endpoints where id > :after order by id limit :limit",
                         after, limit));
                   },
                   [](Session& session, const SealedText& was, const std::string& fresh) {
                     session.execute(
                         "update webhook_endpoints set secret = :fresh where id = :id and merchant = :merchant and secret = :was",
                         fresh, was.id, was.merchant, was.sealed);
                   }};
  SealedColumn before{"the secret before the rotation", "secret",
                      [](Session& session, const std::string& after, int limit) {
                        return sealed_texts(session.all<SealedRow>(
                            "select id, merchant, old_secret from webhook_endpoints where id > :after and old_secret <> '' "
                            "order by id limit :limit",
                            after, limit));
                      },
                      [](Session& session, const SealedText& was, const std::string& fresh) {
                        session.execute(
                            "update webhook_endpoints set old_secret = :fresh "
                            "where id = :id and merchant = :merchant and old_secret = :was",
                            fresh, was.id, was.merchant, was.sealed);
                      }};
  return {now, before};
}

}  // namespace florin
