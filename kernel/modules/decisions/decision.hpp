// What risk and routing decided about one try to pay, with all that they looked at, so that it can be
// explained and replayed; and who tried with what, from which velocity is counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <florin/fraud_rule.hpp>
#include <florin/json.hpp>
#include <florin/money.hpp>
#include <florin/time.hpp>

#include "kernel/platform/store/store.hpp"

namespace florin {

// Who tries to pay with what. Empty text: unknown. The card is its keyed fingerprint, never the number.
struct TrySubject {
  std::string card, customer, ip, device;
  const std::string& of(Dimension dimension, const std::string& merchant) const;
};

enum class TryOutcome { kPending, kAccepted, kDeclined, kBlocked, kDropped };
std::string_view to_text(TryOutcome outcome);
TryOutcome try_outcome_from(std::string_view text);

struct Decision {
  std::string id;  // dec_...
  std::string merchant, payment_id;
  Instant created;
  Money amount;
  TrySubject subject;
  TryOutcome outcome = TryOutcome::kPending;  // Stored only when no attempt follows: blocked, dropped.
  Json risk = Json::object();     // As modules/risk renders it.
  Json routing = Json::object();  // As modules/routing renders it.
};

// `risk` and `routing` are the decision's two records as JSON text (its own members are not looked at): made
// before the unit, because the one writer thread has better things to do.
void insert_decision(Session& session, const Decision& decision, const std::string& risk, const std::string& routing);
// With what came of each by now: the attempts that were made on it say that, unless none was.
std::vector<Decision> decisions_of(Session& session, const std::string& merchant, const std::string& payment_id);

// A past try, for counting.
struct PastTry {
  Instant created;
  Money amount;
  TryOutcome outcome;
};
// Newest first, since `since`, at most `limit`. By kMerchant the value is not looked at.
std::vector<PastTry> past_tries(Session& session, const std::string& merchant, Dimension by, const std::string& value,
                                Instant since, int limit);

}  // namespace florin
