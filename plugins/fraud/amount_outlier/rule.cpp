// Median and median absolute deviation instead of mean and standard deviation: one absurd payment in the
// history moves neither, and both are whole minor units.
#include "plugins/fraud/amount_outlier/rule.hpp"

#include <algorithm>
#include <string>

#include <florin/plugin.hpp>

#include "settings_schema.hpp"

namespace amount_outlier {
namespace {
using namespace florin;

// Whose payments were always the same has a deviation of 0, and would be far above by one cent. So the
// deviation counts as at least a twentieth of the median.
std::int64_t deviation(const HistoryStats& history) {
  return std::max({history.mad_minor, history.median_minor / 20, std::int64_t{1}});
}

const Descriptor kDescriptor{.kind = PluginKind::kFraudRule,
                             .name = "amount_outlier",
                             .version = "1.0.0",
                             .title = "Amount outlier",
                             .capabilities = {},
                             .hosts = {},
                             .settings_schema = kSettingsSchema};
}  // namespace

AmountOutlierRule::AmountOutlierRule(const Settings& settings)
    : min_history_(settings.integer("min_history")), score_(static_cast<int>(settings.integer("score"))) {
  const Yardstick all[] = {{Dimension::kCustomer, settings.integer("customer_factor")},
                           {Dimension::kMerchant, settings.integer("merchant_factor")}};
  for (const Yardstick& each : all)
    if (each.factor > 0) yardsticks_.push_back(each);
}

std::vector<HistoryQuery> AmountOutlierRule::histories() const {
  std::vector<HistoryQuery> queries;
  for (const Yardstick& each : yardsticks_) queries.push_back(HistoryQuery{each.of});
  return queries;
}

void AmountOutlierRule::compare(const Yardstick& yardstick, const HistoryStats& history, Money amount,
                                Signal& signal) const {
  if (history.count < min_history_) return;
  const Currency currency = amount.currency();
  const Result<Money> above = Money::minus(amount, Money(history.median_minor, currency));
  const Result<Money> allowed = Money::times(Money(deviation(history), currency), yardstick.factor);
  // A distance that overflows is as far as can be; an allowance that does is never exceeded.
  if (!allowed || (above && *above <= *allowed)) return;
  const std::int64_t deviations = (above ? above->minor() : INT64_MAX) / deviation(history);
  signal.score = score_;
  signal.reasons.push_back(
      amount.text() + " " + std::string(currency.code()) + " is " + std::to_string(deviations) +
      " deviations above the " + std::string(to_text(yardstick.of)) + "'s median of " +
      Money(history.median_minor, currency).text() + " over " + std::to_string(history.count) +
      " payments; up to " + std::to_string(yardstick.factor) + " are usual.");
}

Result<Signal> AmountOutlierRule::score(const RiskInput& input) const {
  FLORIN_CHECK(input.histories.size() == yardsticks_.size(),
               "the kernel gives every history that the rule asked for");
  Signal signal;
  for (std::size_t i = 0; i < yardsticks_.size(); ++i)
    compare(yardsticks_[i], input.histories[i], input.amount, signal);
  return signal;
}

}  // namespace amount_outlier

FLORIN_FRAUD_RULE(amount_outlier::AmountOutlierRule, amount_outlier::kDescriptor)
