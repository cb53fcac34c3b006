// The cash provider's class, apart from its entry symbol so that its own test can make one.
#pragma once

#include <florin/provider.hpp>

namespace cash {

class CashProvider final : public florin::Provider {
 public:
  explicit CashProvider(const florin::Settings&) {}

  florin::Task<florin::AuthorizeResult> authorize(const florin::AuthorizeRequest& request,
                                                  florin::Http& http) override;
  florin::Task<florin::ModifyResult> refund(const florin::RefundRequest& request,
                                            florin::Http& http) override;
  florin::Task<florin::Result<florin::AuthorizationLookup>> lookup(const florin::LookupRequest& request,
                                                                   florin::Http& http) override;
  florin::Task<florin::Result<florin::ModificationLookup>> lookup_modification(
      const florin::LookupRequest& request, florin::Http& http) override;
};

}  // namespace cash
