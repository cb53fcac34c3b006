// Stripe as the kernel sees it: which exchanges an operation takes, and what each way of failing means for
// the money. What is said in them is in wire*.cpp.
#pragma once

#include <florin/provider.hpp>

#include "wire.hpp"

namespace florin::stripe {

class StripeProvider final : public Provider {
 public:
  explicit StripeProvider(const Settings& settings);

  Task<AuthorizeResult> authorize(const AuthorizeRequest& request, Http& http) override;
  Task<AuthorizeResult> resume(const ResumeRequest& request, Http& http) override;
  Task<ModifyResult> capture(const CaptureRequest& request, Http& http) override;
  Task<ModifyResult> void_payment(const VoidRequest& request, Http& http) override;
  Task<ModifyResult> refund(const RefundRequest& request, Http& http) override;
  Task<Result<AuthorizationLookup>> lookup(const LookupRequest& request, Http& http) override;
  Task<Result<ModificationLookup>> lookup_modification(const LookupRequest& request, Http& http) override;
  Task<Result<std::vector<ProviderEvent>>> parse_webhook(const WebhookRequest& request, Http& http) override;
  Task<Result<Done>> health(Instant now, Http& http) override;

 private:
  Task<Result<Json>> find_intent(const LookupRequest& request, Http& http);
  Task<Result<AuthorizationLookup>> close_unconfirmed(const std::string& intent, const LookupRequest& request,
                                                      Http& http);
  Task<Result<ModificationLookup>> lookup_refund(const LookupRequest& request, Http& http);

  const Config config_;
};

}  // namespace florin::stripe
