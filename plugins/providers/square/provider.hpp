// Square as the kernel sees it: which exchanges an operation takes, and what each way of failing means for
// the money. What is said in them is in wire*.cpp.
#pragma once

#include <florin/provider.hpp>

#include "wire.hpp"

namespace florin::square {

class SquareProvider final : public Provider {
 public:
  explicit SquareProvider(const Settings& settings);

  Task<AuthorizeResult> authorize(const AuthorizeRequest& request, Http& http) override;
  Task<ModifyResult> capture(const CaptureRequest& request, Http& http) override;
  Task<ModifyResult> void_payment(const VoidRequest& request, Http& http) override;
  Task<ModifyResult> refund(const RefundRequest& request, Http& http) override;
  Task<Result<AuthorizationLookup>> lookup(const LookupRequest& request, Http& http) override;
  Task<Result<ModificationLookup>> lookup_modification(const LookupRequest& request, Http& http) override;
  Task<Result<std::vector<ProviderEvent>>> parse_webhook(const WebhookRequest& request, Http& http) override;
  Task<Result<Done>> health(Instant now, Http& http) override;

 private:
  // The answer to GET of a payment whose name we know.
  Task<Reading> show(std::string payment, Http& http);
  // Completes or cancels, and says what `judge` makes of the payment afterwards.
  using Judge = std::optional<Modification> (*)(const Json& payment, Money amount);
  Task<ModifyResult> change(HttpRequest act, std::string reference, Judge judge, Money amount, Http& http);
  // The first of the pages that `ask` makes, one after another, on which `pick` finds something; null: on
  // none.
  using Ask = HttpRequest (*)(const LookupRequest& request, const std::string& cursor, const Config& config);
  using Pick = const Json* (*)(const Json& page, const LookupRequest& request);
  Task<Result<Json>> search(Ask ask, Pick pick, const LookupRequest& request, Http& http);
  Task<Result<AuthorizationLookup>> lookup_by_attempt(const LookupRequest& request, Http& http);
  Task<Result<ModificationLookup>> lookup_refund(const LookupRequest& request, Http& http);

  const Config config_;
};

}  // namespace florin::square
