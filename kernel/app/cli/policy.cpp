// florin policy test | explain | replay: for those who write policies.
#include <iostream>

#include <fmt/format.h>

#include "kernel/app/cli/cli.hpp"
#include "kernel/app/cli/explain.hpp"
#include "kernel/app/cli/replay.hpp"
#include "kernel/platform/lua/policy.hpp"

namespace florin {

namespace {

void test_policies(CliContext& context) {
  const auto bare = context.sound_config();
  if (!bare) return;
  std::int64_t failed = 0;
  const auto results = run_policy_tests(bare->scripts_dir);
  Json rows = Json::array();
  for (const PolicyTestResult& result : results) {
    if (!result.passed) ++failed;
    if (context.json) {
      rows.push_back({{"file", result.file}, {"name", result.name}, {"passed", result.passed}, {"why", result.why},
                      {"took_us", result.took.count()}});
      continue;
    }
    std::cout << fmt::format("{}  {}: {}  ({} us)\n", result.passed ? "ok  " : "FAIL", result.file, result.name, result.took.count());
    if (!result.passed) std::cout << "      " << result.why << "\n";
  }
  if (context.json)
    std::cout << rows.dump(2) << std::endl;
  else
    std::cout << fmt::format("{} passed, {} failed", results.size() - static_cast<std::size_t>(failed), failed) << std::endl;
  context.exit_code = failed == 0 && !results.empty() ? 0 : 1;
}

}  // namespace

void add_policy_commands(CLI::App& app, CliContext& context) {
  CLI::App* const policy = app.add_subcommand("policy", "Test, explain and replay policies");
  policy->require_subcommand(1);
  policy->add_subcommand("test", "Run scripts/**/*_test.lua; exit code 1 on a failure")->callback([&context] { test_policies(context); });
  auto id = std::make_shared<std::string>();
  CLI::App* const why = policy->add_subcommand("explain", "Why a payment went where it went");
  why->add_option("payment", *id, "pay_...")->required();
  why->callback([&context, id] { explain_payment(context, *id); });

  auto replay = std::make_shared<ReplayAsked>();
  CLI::App* const again = policy->add_subcommand("replay", "What a policy would have done to past payments");
  again->add_option("--merchant", replay->merchant, "Whose payments")->required();
  again->add_option("--routing", replay->routing, "A routing policy, such as routing/cheapest_first");
  again->add_option("--risk", replay->risk, "A risk policy, such as risk/score_threshold");
  again->add_option("--days", replay->days, "How far back")->capture_default_str();
  again->callback([&context, replay] { replay_policies(context, *replay); });
}

}  // namespace florin
