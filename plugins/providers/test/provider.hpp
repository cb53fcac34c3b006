// The test provider's class, apart from its entry symbol so that its own test can make one.
#pragma once

#include <cstdint>
#include <optional>

#include <florin/provider.hpp>

namespace test_provider {

// In-process: no exchange, no books, so it remembers nothing and a reference is "test_" + attempt id.
class TestProvider final : public florin::Provider {
 public:
  explicit TestProvider(const florin::Settings& settings);

  florin::Task<florin::AuthorizeResult> authorize(const florin::AuthorizeRequest& request,
                                                  florin::Http& http) override;
  // A challenge is always passed; then the amount decides as it does for a card without one.
  florin::Task<florin::AuthorizeResult> resume(const florin::ResumeRequest& request,
                                               florin::Http& http) override;
  florin::Task<florin::ModifyResult> capture(const florin::CaptureRequest& request,
                                             florin::Http& http) override;
  florin::Task<florin::ModifyResult> void_payment(const florin::VoidRequest& request,
                                                  florin::Http& http) override;
  florin::Task<florin::ModifyResult> refund(const florin::RefundRequest& request,
                                            florin::Http& http) override;
  florin::Task<florin::Result<florin::AuthorizationLookup>> lookup(const florin::LookupRequest& request,
                                                                   florin::Http& http) override;
  florin::Task<florin::Result<florin::ModificationLookup>> lookup_modification(
      const florin::LookupRequest& request, florin::Http& http) override;
  florin::Task<florin::Result<florin::Done>> health(florin::Instant now, florin::Http& http) override;

 private:
  // What a capture of `amount` costs; nothing when the settings name no fee.
  std::optional<florin::Money> fee(const florin::Money& amount) const;
  florin::Approved approved(std::string reference, const florin::Money& amount, bool captured) const;

  std::int64_t fee_per_mille_;
  std::int64_t fee_fixed_minor_;
};

}  // namespace test_provider
