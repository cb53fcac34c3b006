// florin policy test | explain | replay: for those who write policies.
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernel/app/cli/cli.hpp"
#include "kernel/app/cli/replay.hpp"
#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/repository.hpp"
#include "kernel/platform/lua/policy.hpp"

namespace florin {

namespace {

void test_policies(CliContext& context) {
  const auto bare = context.bare_config();
  if (!bare) return;
  std::int64_t failed = 0;
  const auto results = run_policy_tests(bare->scripts_dir);
  for (const PolicyTestResult& result : results) {
    if (!result.passed) ++failed;
    std::cout << fmt::format("{}  {}: {}  ({} us)\n", result.passed ? "ok  " : "FAIL", result.file, result.name, result.took.count());
    if (!result.passed) std::cout << "      " << result.why << "\n";
  }
  std::cout << fmt::format("{} passed, {} failed", results.size() - static_cast<std::size_t>(failed), failed) << std::endl;
  context.exit_code = failed == 0 && !results.empty() ? 0 : 1;
}

void explain_risk(const Json& risk) {
  for (const Json& signal : risk.value("signals", Json::array())) {
    std::cout << fmt::format("  fraud rule {}: score {}\n", text_at(signal, "rule"), integer_at(signal, "score").value_or(0));
    for (const Json& window : signal.value("windows", Json::array()))
      std::cout << fmt::format("    by {} in {} s: {} tries, {} declined, {} minor units\n", text_at(window, "by"),
                               window.value("seconds", 0LL), window.value("count", 0LL), window.value("declined", 0LL),
                               window.value("sum_minor", 0LL));
    for (const Json& reason : signal.value("reasons", Json::array())) std::cout << "    " << reason.get<std::string>() << "\n";
  }
  const std::string policy = text_at(risk, "policy.name");
  std::cout << fmt::format("  risk policy {} ({}): {}, score {}\n", policy.empty() ? "none" : policy,
                           text_at(risk, "policy.version"), text_at(risk, "decision"), integer_at(risk, "score").value_or(0));
  for (const Json& reason : risk.value("reasons", Json::array())) std::cout << "    " << reason.get<std::string>() << "\n";
}

void explain_routing(const Json& routing) {
  if (routing.empty()) {
    std::cout << "  routing was not asked\n";
    return;
  }
  std::cout << fmt::format("  routing policy {} ({}): {}\n", text_at(routing, "policy.name"), text_at(routing, "policy.version"),
                           text_at(routing, "reason"));
  for (const Json& account : routing.value("accounts", Json::array()))
    std::cout << fmt::format("    {} {}: {}\n", account.value("kept", false) ? "kept   " : "dropped", text_at(account, "name"),
                             text_at(account, "why"));
}

void explain(CliContext& context, const std::string& id) {
  struct Found {
    std::optional<Payment> payment;
    std::vector<Decision> decisions;
    std::vector<Attempt> attempts;
  };
  const auto found = context.read([&id](Session& session) -> Result<Found> {
    const auto merchant = merchant_of_payment(session, id);
    if (!merchant) return Error{Error::Kind::kNotFound, "no such payment: " + id};
    PaymentRepository payments(system_random());
    return Found{payments.find(session, *merchant, id), decisions_of(session, *merchant, id), payments.attempts_of(session, *merchant, id)};
  });
  if (!found) return;
  if (context.json) {
    Json json{{"payment", render_payment(*found->payment)}, {"decisions", Json::array()}, {"attempts", Json::array()}};
    for (const Decision& decision : found->decisions) json["decisions"].push_back({{"risk", decision.risk}, {"routing", decision.routing}});
    for (const Attempt& attempt : found->attempts) json["attempts"].push_back(render_attempt(attempt));
    std::cout << json.dump(2) << std::endl;
    return;
  }
  const Payment& payment = *found->payment;
  std::cout << fmt::format("{}  {} {}  {}  {}\n", payment.id, payment.amount.text(), payment.amount.currency().code(),
                           payment.method_type, to_text(payment.status));
  int number = 0;
  for (const Decision& decision : found->decisions) {
    std::cout << fmt::format("try {} at {}: {}\n", ++number, to_text(decision.created), to_text(decision.outcome));
    explain_risk(decision.risk);
    explain_routing(decision.routing);
  }
  for (const Attempt& attempt : found->attempts) {
    std::cout << fmt::format("attempt {} {} at {}: {}", attempt.number, to_text(attempt.kind), attempt.account, to_text(attempt.state));
    if (!attempt.decline_reason.empty()) std::cout << fmt::format(", {} ({})", attempt.decline_reason, attempt.provider_code);
    if (!attempt.message.empty()) std::cout << ": " << attempt.message;
    std::cout << "\n";
  }
  std::cout.flush();
}

}  // namespace

void add_policy_commands(CLI::App& app, CliContext& context) {
  CLI::App* const policy = app.add_subcommand("policy", "Test, explain and replay policies");
  policy->require_subcommand(1);
  policy->add_subcommand("test", "Run scripts/**/*_test.lua; exit code 1 on a failure")->callback([&context] { test_policies(context); });
  auto id = std::make_shared<std::string>();
  CLI::App* const why = policy->add_subcommand("explain", "Why a payment went where it went");
  why->add_option("payment", *id, "pay_...")->required();
  why->callback([&context, id] { explain(context, *id); });

  auto replay = std::make_shared<ReplayAsked>();
  CLI::App* const again = policy->add_subcommand("replay", "What a policy would have done to past payments");
  again->add_option("--merchant", replay->merchant, "Whose payments")->required();
  again->add_option("--routing", replay->routing, "A routing policy, such as routing/cheapest_first");
  again->add_option("--risk", replay->risk, "A risk policy, such as risk/score_threshold");
  again->add_option("--days", replay->days, "How far back")->capture_default_str();
  again->callback([&context, replay] { replay_policies(context, *replay); });
}

}  // namespace florin
