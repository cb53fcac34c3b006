// Refunds and their parts in the database. A refund changes by advance() alone, which stores its parts with
// it and writes the event that tells of it in the same transaction (law 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/modules/refunds/refund.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

class RefundRepository {
 public:
  explicit RefundRepository(Random& random) : random_(random) {}

  // A new refund and its event, "refund.created".
  void insert(Session& session, const Refund& refund);
  std::optional<Refund> find(Session& session, const std::string& merchant, const std::string& id);
  // The refund one of whose parts the provider calls so.
  std::optional<Refund> find_by_reference(Session& session, const std::string& merchant, const std::string& reference);
  // Oldest first, at most 200.
  std::vector<Refund> of_payment(Session& session, const std::string& merchant, const std::string& payment_id);
  // Of all the payment's refunds, in no order.
  std::vector<RefundPart> parts_of_payment(Session& session, const std::string& merchant,
                                           const std::string& payment_id);

  // Stores every change made to `refund` and its parts, gives it the status that its parts have, and tells
  // it. `before` is as it was read. Errors: kConflict when somebody else changed it since.
  Result<Done> advance(Session& session, const Refund& before, Refund& refund, Instant now);

 private:
  Random& random_;
};

}  // namespace florin
