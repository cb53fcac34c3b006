// The amount outlier rule: an amount far above what is usual here.
#pragma once

#include <cstdint>
#include <vector>

#include <florin/fraud_rule.hpp>
#include <florin/settings.hpp>

namespace amount_outlier {

class AmountOutlierRule final : public florin::FraudRule {
 public:
  explicit AmountOutlierRule(const florin::Settings& settings);
  std::vector<florin::HistoryQuery> histories() const override;
  florin::Result<florin::Signal> score(const florin::RiskInput& input) const override;

 private:
  struct Yardstick {
    florin::Dimension of;
    std::int64_t factor;
  };
  void compare(const Yardstick& yardstick, const florin::HistoryStats& history, florin::Money amount,
               florin::Signal& signal) const;

  std::vector<Yardstick> yardsticks_;
  std::int64_t min_history_;
  int score_;
};

}  // namespace amount_outlier
