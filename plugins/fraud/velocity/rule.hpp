// The velocity rule: too many, too often declined, or too much within a window.
#pragma once

#include <vector>

#include <florin/fraud_rule.hpp>
#include <florin/settings.hpp>

#include "plugins/fraud/velocity/limit.hpp"

namespace velocity {

class VelocityRule final : public florin::FraudRule {
 public:
  explicit VelocityRule(const florin::Settings& settings);
  std::vector<florin::WindowQuery> windows() const override;
  florin::Result<florin::Signal> score(const florin::RiskInput& input) const override;

 private:
  std::vector<Limit> limits_;
};

}  // namespace velocity
