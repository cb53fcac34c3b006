// The gateway itself: every module, made and wired in the order in which they need each other, behind doors
// (law 10) that somebody else opened. The appliance opens the machine's, the simulation its own; what is
// wired is the same.
#pragma once

#include <memory>

#include <florin/mail.hpp>

#include "kernel/app/live_backend.hpp"
#include "kernel/modules/api/server.hpp"
#include "kernel/modules/notifications/notifications.hpp"
#include "kernel/modules/refunds/service.hpp"
#include "kernel/modules/webhooks_in/webhooks_in.hpp"
#include "kernel/modules/webhooks_out/webhooks_out.hpp"
#include "kernel/platform/nodes/nodes.hpp"

namespace florin {

struct GatewayDoors {
  Store& store;
  Executor& executor;
  Clock& clock;
  Random& random;
  HttpClient& http;
  Mail& mail;
  const Vault& vault;
};

class Gateway {
 public:
  // Doors and directory outlive it; the directory has been configured with `config`.
  Gateway(GatewayDoors doors, MerchantDirectory& merchants, std::shared_ptr<const AppConfig> config);
  ~Gateway();

  // Once, before the first request: settles what an earlier process left open, then starts all that runs by
  // itself until the clock stops.
  Task<Result<Done>> recover();
  // After the directory took a new configuration.
  void configure(const std::shared_ptr<const AppConfig>& config);
  // No job starts any more; those under way go on.
  void stop_jobs() { jobs_->stop(); }

  // The end of a clean stop, when nothing is under way any more: others need not find out that it is over.
  Task<Result<Done>> leave() { return nodes_->leave(); }

  ApiServer& api() { return *api_; }  // Routes of its own may be added before the first request.
  Task<EdgeResponse> answer(const EdgeRequest& request) const { return api_->router().answer(request); }
  Json describe() const;  // The OpenAPI document of all routes as they are now.
  ApiKeys& keys() { return *keys_; }
  LiveHub& live() { return *live_; }

 private:
  void wire_news();
  void add_api();
  void add_routes();

  const GatewayDoors doors_;
  MerchantDirectory& merchants_;
  std::unique_ptr<Nodes> nodes_;
  std::unique_ptr<Jobs> jobs_;
  std::unique_ptr<ApiKeys> keys_;
  std::unique_ptr<CardTokens> tokens_;
  std::unique_ptr<PaymentMethods> methods_;
  std::unique_ptr<RiskCounters> counters_;
  std::unique_ptr<Risk> risk_;
  AccountRecord record_;
  std::unique_ptr<Routing> routing_;
  std::unique_ptr<Carrier> carrier_;
  std::unique_ptr<PaymentService> payments_;
  std::unique_ptr<RefundService> refunds_;
  std::unique_ptr<WebhooksOut> webhooks_out_;
  std::unique_ptr<WebhooksIn> webhooks_in_;
  std::unique_ptr<Notifications> notifications_;
  std::unique_ptr<AppLiveBackend> live_backend_;
  std::unique_ptr<LiveHub> live_;
  std::unique_ptr<ApiServer> api_;
};

}  // namespace florin
