// What the shipped policies cost a payment: a merchant with three accounts, arguments built as the kernel
// builds them, the answer read back. A payment runs one of each kind; together they shall take under 20 us.
#include <cstdlib>

#include <benchmark/benchmark.h>

#include "kernel/platform/lua/policy.hpp"

namespace florin {
namespace {

Json payment() {
  return {{"id", "pay_1"},
          {"amount_minor", 1200},
          {"amount_text", "12.00"},
          {"currency", "EUR"},
          {"exponent", 2},
          {"method", "card"},
          {"card", {{"brand", "visa"}, {"country", "PT"}, {"last4", "4242"}, {"bin", "424242"}}},
          {"country", "PT"},
          {"customer_id", "cus_1"},
          {"description", "a book"},
          {"metadata", {{"order", "77"}}},
          {"capture_method", "automatic"},
          {"attempt", 1},
          {"risk", {{"decision", "allow"}, {"score", 0}}},
          {"now", {{"unix", 1767225600}}}};
}

Json merchant() {
  Json accounts = Json::array();
  for (const char* name : {"acme-jp", "acme-pt", "acme-us"})
    accounts.push_back({{"name", name},
                        {"provider", "acme"},
                        {"country", std::string(name).substr(5)},
                        {"currencies", {{"EUR", true}, {"GBP", true}, {"JPY", true}, {"USD", true}}},
                        {"methods", {{"card", true}, {"paypal", true}}},
                        {"health", {{"circuit", "closed"}, {"success_per_mille", 970}, {"recent", 100}, {"p50_ms", 300}}}});
  return {{"id", "lisbon-books"}, {"country", "PT"}, {"currency", "EUR"}, {"values", Json::object()}, {"accounts", accounts}};
}

Json signals() {
  return {{{"rule", "velocity"}, {"score", 10}, {"reasons", {"2 payments in a minute"}}},
          {{"rule", "amount_outlier"}, {"score", 0}, {"reasons", Json::array()}}};
}

void run(benchmark::State& state, const char* name, const std::vector<Json>& arguments) {
  const char* scripts = std::getenv("FLORIN_SCRIPTS");
  const auto policy = load_policy(scripts != nullptr ? scripts : "scripts", name);
  if (!policy) {
    state.SkipWithError(policy.error().message.c_str());
    return;
  }
  for (auto _ : state) {
    const PolicyResult result = (*policy)->run_json(arguments);
    if (!result.ok) state.SkipWithError(result.why.c_str());
    benchmark::DoNotOptimize(&result);
  }
}

void routing(benchmark::State& state, const char* name) { run(state, name, {payment(), merchant()}); }
void risk(benchmark::State& state, const char* name) { run(state, name, {payment(), signals(), merchant()}); }

BENCHMARK_CAPTURE(routing, static_order, "routing/static_order");
BENCHMARK_CAPTURE(routing, prefer_local_acquirer, "routing/prefer_local_acquirer");
BENCHMARK_CAPTURE(routing, success_rate, "routing/success_rate");
BENCHMARK_CAPTURE(routing, cheapest_first, "routing/cheapest_first");
BENCHMARK_CAPTURE(risk, score_threshold, "risk/score_threshold");
BENCHMARK_CAPTURE(risk, velocity_by_card, "risk/velocity_by_card");

}  // namespace
}  // namespace florin

BENCHMARK_MAIN();
