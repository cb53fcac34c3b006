// Adyen as the kernel sees it: which exchange an operation takes, and what each way of failing means for the
// money. What is said in them is in wire*.cpp.
#pragma once

#include <florin/provider.hpp>

#include "wire.hpp"

namespace florin::adyen {

class AdyenProvider final : public Provider {
 public:
  explicit AdyenProvider(const Settings& settings);

  Task<AuthorizeResult> authorize(const AuthorizeRequest& request, Http& http) override;
  Task<ModifyResult> refund(const RefundRequest& request, Http& http) override;
  Task<Result<AuthorizationLookup>> lookup(const LookupRequest& request, Http& http) override;
  Task<Result<ModificationLookup>> lookup_modification(const LookupRequest& request, Http& http) override;
  Task<Result<std::vector<ProviderEvent>>> parse_webhook(const WebhookRequest& request, Http& http) override;
  Task<Result<Done>> health(Instant now, Http& http) override;

 private:
  const Config config_;
};

}  // namespace florin::adyen
