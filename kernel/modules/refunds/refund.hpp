// Refunds: money given back for a captured payment, in full or in part, never more than is left.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/modules/payments/payment.hpp"
#include "kernel/modules/payments/service.hpp"

namespace florin {

// kPending: the provider took it and the final word comes later, or nobody knows yet. A refund that failed
// after it had succeeded (a closed account) moves from kSucceeded to kFailed and is booked back.
enum class RefundStatus { kPending, kSucceeded, kFailed };
std::string_view to_text(RefundStatus status);

struct Refund {
  std::string id;  // ref_...
  std::string merchant, payment_id;
  Money amount;
  RefundStatus status = RefundStatus::kPending;
  std::string reason;  // "", "duplicate", "fraudulent", "requested_by_customer"
  Json metadata = Json::object();
  std::string attempt_id, reference;
  Json error = Json();
  Instant created{}, updated{};
};
Json render_refund(const Refund& refund);

class RefundService final : public RefundBooks {
 public:
  explicit RefundService(PaymentService& payments);

  Task<ApiAnswer> create(const ApiRequest& request, std::string payment_id);
  std::vector<Refund> of_payment(Session& session, const std::string& merchant, const std::string& payment_id);
  // A provider's late word about a refund it had taken: `failed` books it back.
  Task<Result<Done>> late_word(std::string merchant, std::string reference, bool failed, std::optional<Money> amount);

  ApiAnswer settle_refund(Session& session, const Attempt& attempt, const Modification& outcome, Payment& payment,
                          Instant now) override;
  ApiAnswer fail_refund(Session& session, const Attempt& attempt, const Error& why, Payment& payment,
                        Instant now) override;

 private:
  void insert(Session& session, const Refund& refund);
  // Moves a refund and tells it; `event` is "refund.succeeded" and so on.
  void advance(Session& session, Refund& refund, RefundStatus to, std::string_view event, Instant now);
  std::optional<Refund> find(Session& session, const std::string& merchant, const std::string& id);
  std::optional<Refund> find_by_reference(Session& session, const std::string& merchant, const std::string& reference);

  PaymentService& payments_;
};

}  // namespace florin
