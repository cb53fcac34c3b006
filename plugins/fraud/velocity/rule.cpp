// Compares what the kernel counted with the limits that the merchant set. The kernel counts payments that
// are being decided at this moment too, so that parallel tries do not slip through.
#include "plugins/fraud/velocity/rule.hpp"

#include <algorithm>

#include <florin/plugin.hpp>

#include "settings_schema.hpp"

namespace velocity {
namespace {
using namespace florin;

std::string scope(Dimension by) {
  switch (by) {
    case Dimension::kCard:
      return "with the same card";
    case Dimension::kCustomer:
      return "by the same customer";
    case Dimension::kIp:
      return "from the same address";
    case Dimension::kDevice:
      return "from the same device";
    case Dimension::kMerchant:
      return "at this merchant";
  }
  return "";
}

std::string payments(std::int64_t count, const std::string& which) {
  return std::to_string(count) + which + (count == 1 ? " payment" : " payments");
}

std::string sentence(const std::string& what, const Limit& limit, const std::string& allowed) {
  return what + " " + scope(limit.window.by) + " within " + limit.within + "; the limit is " + allowed + ".";
}

void compare(const Limit& limit, const WindowCount& counted, Currency currency, Signal& signal) {
  if (!counted.known) return;
  const std::size_t before = signal.reasons.size();
  if (limit.max_count && counted.count > *limit.max_count)
    signal.reasons.push_back(sentence(payments(counted.count, ""), limit, std::to_string(*limit.max_count)));
  if (limit.max_declined && counted.declined > *limit.max_declined)
    signal.reasons.push_back(
        sentence(payments(counted.declined, " declined"), limit, std::to_string(*limit.max_declined)));
  if (!limit.max_sum.empty()) {
    const std::int64_t allowed = minor_units(limit.max_sum, currency);
    if (counted.sum_minor > allowed)
      signal.reasons.push_back(
          sentence(Money(counted.sum_minor, currency).text() + " " + std::string(currency.code()), limit,
                   Money(allowed, currency).text()));
  }
  if (signal.reasons.size() > before) signal.score = std::max(signal.score, limit.score);
}

const Descriptor kDescriptor{.kind = PluginKind::kFraudRule,
                             .name = "velocity",
                             .version = "1.0.0",
                             .title = "Velocity",
                             .capabilities = {},
                             .hosts = {},
                             .settings_schema = kSettingsSchema};
}  // namespace

VelocityRule::VelocityRule(const Settings& settings) {
  if (const Json* windows = find(settings.plain(), "windows"); windows != nullptr)
    for (const Json& entry : *windows) limits_.push_back(read_limit(entry));
}

std::vector<WindowQuery> VelocityRule::windows() const {
  std::vector<WindowQuery> queries;
  for (const Limit& limit : limits_) queries.push_back(limit.window);
  return queries;
}

Result<Signal> VelocityRule::score(const RiskInput& input) const {
  FLORIN_CHECK(input.windows.size() == limits_.size(),
               "the kernel counts every window that the rule asked for");
  Signal signal;
  for (std::size_t i = 0; i < limits_.size(); ++i)
    compare(limits_[i], input.windows[i], input.amount.currency(), signal);
  return signal;
}

}  // namespace velocity

FLORIN_FRAUD_RULE(velocity::VelocityRule, velocity::kDescriptor)
