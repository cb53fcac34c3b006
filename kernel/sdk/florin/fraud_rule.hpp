// What a fraud rule promises: a score for one payment, from features that the kernel has already
// counted. Pure: the same input always gives the same signal, so that a decision can be replayed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <florin/export.hpp>
#include <florin/money.hpp>
#include <florin/result.hpp>
#include <florin/time.hpp>

namespace florin {

// What payments are counted by.
enum class Dimension { kCard, kCustomer, kIp, kDevice, kMerchant };
FLORIN_SDK_API std::string_view to_text(Dimension dimension);
FLORIN_SDK_API std::optional<Dimension> dimension_from(std::string_view text);

// A sliding window that the kernel counts for a rule: this merchant's payments with the same card (and so
// on) in the last `within`. Payments that are being decided at this moment count too, this one included:
// that is how parallel tries do not slip through.
struct WindowQuery {
  Dimension by = Dimension::kCard;
  Duration within{0};  // At most 31 days.
};
struct WindowCount {
  bool known = false;  // False: this payment has no such thing (no device, no customer).
  std::int64_t count = 0;
  std::int64_t declined = 0;
  std::int64_t sum_minor = 0;  // Of this payment's currency, declined ones left out; saturates.
};

// Earlier succeeded payments in this payment's currency, newest at most 1,000, without this one.
struct HistoryQuery {
  Dimension of = Dimension::kCustomer;  // kCustomer, kCard or kMerchant.
};
struct HistoryStats {
  std::int64_t count = 0;
  std::int64_t median_minor = 0;
  std::int64_t mad_minor = 0;  // Median absolute deviation from the median.
  std::int64_t max_minor = 0;
};

struct RiskInput {
  std::string payment_id;
  Money amount;
  std::string method_type;
  std::string card_country, billing_country, ip_country;  // "" when unknown.
  std::vector<WindowCount> windows;                       // In the order of FraudRule::windows().
  std::vector<HistoryStats> histories;                    // In the order of FraudRule::histories().
  Instant now;
};

struct Signal {
  int score = 0;                     // 0 (nothing to say) to 100 (surely fraud); clamped by the kernel.
  std::vector<std::string> reasons;  // For people, one sentence each; no card data.
};

class FLORIN_SDK_API FraudRule {
 public:
  virtual ~FraudRule() = default;
  // Asked once, when the rule is made.
  virtual std::vector<WindowQuery> windows() const { return {}; }
  virtual std::vector<HistoryQuery> histories() const { return {}; }
  // An Error (or an exception) says that the rule could not judge, which is not the same as having nothing
  // to say: the decision shows it, and the merchant's `risk.otherwise` is the least that then happens.
  virtual Result<Signal> score(const RiskInput& input) const = 0;
};

}  // namespace florin
