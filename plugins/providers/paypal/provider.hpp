// PayPal as the kernel sees it: which exchanges an operation takes, and what each way of failing means for
// the money. What is said in them is in wire*.cpp.
#pragma once

#include <florin/provider.hpp>
#include <florin/token_cache.hpp>

#include "wire.hpp"

namespace florin::paypal {

class PaypalProvider final : public Provider {
 public:
  explicit PaypalProvider(const Settings& settings);

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
  Task<Result<Secret>> token(Instant now, Http& http);
  // One request under the account's token. A token that PayPal no longer takes is replaced once: a 401 is a
  // definite no, so that asking again is safe. No token is Refused: the request itself never left.
  Task<Reading> ask(const HttpRequest& request, Instant now, Http& http);
  Task<AuthorizeResult> authorize_wallet(const AuthorizeRequest& request, Http& http);
  Task<AuthorizeResult> authorize_card(const AuthorizeRequest& request, const Card& card, Http& http);
  Task<Result<std::string>> find_card_order(const LookupRequest& request, Http& http);

  const Config config_;
  TokenCache tokens_;
};

}  // namespace florin::paypal
