// Carries one attempt to its provider: builds the plugin's request from what is stored, opens the door,
// keeps the redacted exchanges. No decision is made here.
#pragma once

#include <vector>

#include <florin/provider.hpp>

#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/payments/fenced_door.hpp"
#include "kernel/modules/payments/payment.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

class Carrier {
 public:
  Carrier(HttpClient& http, Clock& clock, const Nodes& nodes) : http_(http), clock_(clock), nodes_(nodes) {}

  // All arguments outlive the Task. `attempt.exchanges` grows by what went over the wire.
  Task<AuthorizeResult> authorize(const ProviderAccount& account, AuthorizeRequest& request, Attempt& attempt);
  Task<AuthorizeResult> resume(const ProviderAccount& account, const Payment& payment, Attempt& attempt);
  // A capture, void or refund, by the attempt's kind. `reason` is a refund's.
  Task<ModifyResult> modify(const ProviderAccount& account, const Payment& payment, Attempt& attempt, std::string reason);
  Task<Result<AuthorizationLookup>> lookup(const ProviderAccount& account, const Payment& payment, Attempt& attempt);
  Task<Result<ModificationLookup>> lookup_modification(const ProviderAccount& account, const Payment& payment,
                                                       Attempt& attempt);
  HttpClient& http() { return http_; }

 private:
  // For what can move money.
  FencedDoor fenced_door(const ProviderAccount& account, const Attempt& attempt, std::vector<Exchange>* log) const;
  LookupRequest lookup_request(const Payment& payment, const Attempt& attempt) const;
  HttpClient& http_;
  Clock& clock_;
  const Nodes& nodes_;
};

// What the provider is told of a payment, but for the instrument.
AuthorizeRequest authorize_request(const Payment& payment, const std::string& return_url);

}  // namespace florin
