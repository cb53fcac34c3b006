// Carries one attempt to its provider: builds the plugin's request from what is stored, opens the door,
// keeps the redacted exchanges. No decision is made here.
#pragma once

#include <vector>

#include <florin/provider.hpp>

#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/payments/payment.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

class Carrier {
 public:
  Carrier(HttpClient& http, Clock& clock) : http_(http), clock_(clock) {}

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
  LookupRequest lookup_request(const Payment& payment, const Attempt& attempt) const;
  HttpClient& http_;
  Clock& clock_;
};

// What the provider is told of a payment, but for the instrument.
AuthorizeRequest authorize_request(const Payment& payment, const std::string& return_url);

}  // namespace florin
