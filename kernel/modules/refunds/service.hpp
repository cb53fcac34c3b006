// The use cases of a refund: asking for one, what becomes of each of its parts, and a provider's late word.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/modules/payments/service.hpp"
#include "kernel/modules/refunds/repository.hpp"

namespace florin {

class RefundService final : public RefundBooks {
 public:
  explicit RefundService(PaymentService& payments);

  Task<ApiAnswer> create(const ApiRequest& request, std::string payment_id);
  std::vector<Refund> of_payment(Session& session, const std::string& merchant, const std::string& payment_id) {
    return refunds_.of_payment(session, merchant, payment_id);
  }
  // A provider's late word about a refund it had taken: `failed` books it back.
  Task<Result<Done>> late_word(std::string merchant, std::string reference, bool failed, std::optional<Money> amount);

  // RefundBooks: what the end of one part's attempt does to refund, payment sums and books.
  Result<RefundStep> settle_refund(Session& session, const Attempt& attempt, const Modification& outcome,
                                   Payment& payment, Instant now) override;
  Result<RefundStep> fail_refund(Session& session, const Attempt& attempt, const Error& why, Payment& payment,
                                 Instant now) override;
  Json show_refund(Session& session, const std::string& merchant, const std::string& id) override;

 private:
  struct Asked;  // What the request said, read.
  Result<PaymentService::Begun> begin(Session& session, const Merchant& merchant, const Asked& asked);
  // The part's attempt, durable with this unit; it takes the next of the payment's numbers.
  Attempt begin_part(Session& session, Refund& refund, RefundPart& part, const Payment& payment,
                     const Idempotency& idempotency, Instant now);
  // Stores the refund as it now stands; without `next` its caller's answer is in the step.
  Result<RefundStep> step(Session& session, const Refund& before, Refund refund, std::optional<Attempt> next,
                          Instant now);

  PaymentService& payments_;
  RefundRepository refunds_;
};

}  // namespace florin
