// Webhooks from providers: verified on the raw bytes by the account's plugin, stored once, answered 2xx
// only when durable, then acted on by a job. A webhook is news, not an order: it makes Florin ask the
// provider, and never moves money by itself.
#pragma once

#include <string>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/refunds/service.hpp"

namespace florin {

class WebhooksIn {
 public:
  WebhooksIn(PaymentService& payments, RefundService& refunds, HttpClient& http)
      : payments_(payments), refunds_(refunds), http_(http) {}
  void add_job_kinds();
  // POST /api/v1/webhooks/{provider}/{account}, the account as "merchant.account".
  Task<ApiAnswer> receive(const ApiRequest& request);

 private:
  Task<Result<JobOutcome>> act(Job job);
  Task<Result<Done>> apply(std::string merchant, std::string account, std::string provider, Json event);
  Task<Result<Done>> apply_to_refund(std::string merchant, std::string account, std::string provider, Json event);
  // The attempt that an event speaks of; kNotFound when it is none of this account's.
  Result<Attempt> attempt_of(Session& session, const std::string& merchant, const std::string& account,
                             const std::string& provider, const Json& event);
  PaymentService& payments_;
  RefundService& refunds_;
  HttpClient& http_;
};

ApiRoute receive_webhook_route(WebhooksIn& webhooks);

}  // namespace florin
