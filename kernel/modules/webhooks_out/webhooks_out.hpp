// Signed webhooks to merchants: a reader of the outbox makes a durable delivery for each endpoint that
// wants an event, a job delivers it, at least once, with one id, for about three days.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/events/follower.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/webhooks_out/configured.hpp"
#include "kernel/modules/webhooks_out/endpoint.hpp"
#include "kernel/platform/crypto/vault.hpp"
#include "kernel/platform/http_client/http_client.hpp"
#include "kernel/platform/jobs/jobs.hpp"

namespace florin {

class WebhooksOut {
 public:
  struct Doors {
    Store& store;
    Executor& executor;
    Clock& clock;
    Random& random;
    Jobs& jobs;
    const Vault& vault;
    HttpClient& http;
  };
  WebhooksOut(Doors doors, MerchantDirectory& merchants);

  void add_job_kinds();
  // Follows the outbox until the clock stops.
  void start() { follower_.start(); }
  // From the store's writer thread, after a commit: there is something new.
  void wake() { follower_.wake(); }

  // ---- For routes ----
  Task<ApiAnswer> create(const ApiRequest& request);
  Task<ApiAnswer> list(const ApiRequest& request);
  Task<ApiAnswer> show(const ApiRequest& request);
  Task<ApiAnswer> update(const ApiRequest& request);
  Task<ApiAnswer> rotate_secret(const ApiRequest& request);
  Task<ApiAnswer> remove(const ApiRequest& request);
  Task<ApiAnswer> list_deliveries(const ApiRequest& request);
  Task<ApiAnswer> redeliver(const ApiRequest& request);

 private:
  struct Target {
    WebhookEndpoint endpoint;
    std::vector<Secret> secrets;
  };
  void take(Session& session, const std::vector<OutboxHead>& heads);
  Task<Result<JobOutcome>> deliver(Job job);
  Result<Target> open_target(Session& session, const std::string& merchant, const std::string& endpoint_id) const;
  // By a 410 to this delivery.
  void disable(Session& session, const WebhookDelivery& delivery) const;
  void enqueue(Session& session, const WebhookDelivery& delivery, const std::string& job_id);
  std::vector<WebhookEndpoint> configured(Session& session, const std::string& merchant) const;
  bool anybody_listens(Session& session) const;
  std::vector<WebhookEndpoint> listening(Session& session, const std::string& merchant) const;
  // Stored or of the configuration.
  std::optional<WebhookEndpoint> find(Session& session, const std::string& merchant, const std::string& id) const;
  // What may have been changed about an endpoint that find() gave.
  static void keep(Session& session, const WebhookEndpoint& endpoint, Instant now);
  Task<ApiAnswer> answer_with_secret(std::string merchant, ApiAnswer answer);

  Doors doors_;
  MerchantDirectory& merchants_;
  OutboxFollower follower_;
};

}  // namespace florin
