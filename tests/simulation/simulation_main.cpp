// ./dev sim: runs seeds and says which of them broke a law, and how to see it again. Where it was is kept in
// a file, so that a long run goes on after an interruption.
#include <chrono>
#include <cstdio>
#include <fstream>

#include <CLI/CLI.hpp>

#include "tests/simulation/simulation.hpp"

namespace {

using florin::simulation::Outcome;

void print(const Outcome& outcome) {
  std::printf("seed %llu: %s; %lld payments, %lld movements of money, %lld crashes, %lld steps, trace %016llx\n",
              static_cast<unsigned long long>(outcome.seed), outcome.violations.empty() ? "every law held" : "BROKEN",
              static_cast<long long>(outcome.payments), static_cast<long long>(outcome.movements),
              static_cast<long long>(outcome.crashes), static_cast<long long>(outcome.steps),
              static_cast<unsigned long long>(outcome.digest));
  for (const std::string& violation : outcome.violations) std::printf("  %s\n", violation.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("The deterministic simulation of the appliance", "simulation");
  std::uint64_t seeds = 500, from = 1, one = 0;
  std::string place;
  bool tells = false;
  program.add_option("--seeds", seeds, "How many")->capture_default_str();
  program.add_option("--from", from, "The first")->capture_default_str();
  program.add_option("--seed", one, "This one alone, twice: the traces must be the same");
  program.add_option("--keep", place, "A file that keeps where it was: interrupted and run again, it goes on from there");
  program.add_flag("--trace", tells, "With --seed: prints every step");
  CLI11_PARSE(program, argc, argv);

  if (program.count("--seed") > 0) {
    const Outcome first = florin::simulation::run_seed(one, {.tells = tells});
    print(first);
    const Outcome again = florin::simulation::run_seed(one);
    if (again.digest != first.digest) std::printf("  not repeatable: the second trace is %016llx\n", static_cast<unsigned long long>(again.digest));
    return first.violations.empty() && again.digest == first.digest ? 0 : 1;
  }
  std::uint64_t next = from;
  if (std::uint64_t kept = 0; !place.empty() && std::ifstream(place) >> kept && kept > from && kept < from + seeds) next = kept;
  if (next > from) std::printf("going on with seed %llu\n", static_cast<unsigned long long>(next));
  std::uint64_t broken = 0;
  Outcome total;
  const auto began = std::chrono::steady_clock::now();
  for (; next < from + seeds; ++next) {
    const Outcome outcome = florin::simulation::run_seed(next);
    total.payments += outcome.payments, total.movements += outcome.movements;
    total.crashes += outcome.crashes, total.steps += outcome.steps;
    if (!outcome.violations.empty()) {
      ++broken;
      print(outcome);
      std::printf("  again: ./dev sim --seed %llu --trace\n", static_cast<unsigned long long>(next));
    }
    if (!place.empty()) std::ofstream(place, std::ios::trunc) << next + 1 << '\n';
    std::fflush(stdout);
  }
  if (!place.empty()) std::remove(place.c_str());
  std::printf("%llu of %llu seeds broke a law; %lld payments, %lld movements of money, %lld crashes, %lld steps in %lld s\n",
              static_cast<unsigned long long>(broken), static_cast<unsigned long long>(seeds),
              static_cast<long long>(total.payments), static_cast<long long>(total.movements),
              static_cast<long long>(total.crashes), static_cast<long long>(total.steps),
              static_cast<long long>(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began).count()));
  return broken == 0 ? 0 : 1;
}
