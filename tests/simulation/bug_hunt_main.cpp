// ./dev sim --bugs: proves that the simulation sees what it is there to see. Each bug of seeded_bugs.hpp is
// switched on in a process of its own, and a seed that breaks a law must come within a bounded number.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include <CLI/CLI.hpp>

#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"
#include "tests/simulation/simulation.hpp"

namespace {

constexpr int kFound = 10;

// In a process of its own, because a bug may well make the kernel stop itself (FLORIN_CHECK).
[[noreturn]] void hunt(const std::string& bug, std::uint64_t seeds) {
  florin::choose_seeded_bug(bug);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    std::printf("%-32sseed %3llu  ", bug.empty() ? "(none)" : bug.c_str(), static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    const auto outcome = florin::simulation::run_seed(seed);
    if (!outcome.violations.empty()) {
      std::printf("%.150s\n", outcome.violations.front().c_str());
      std::fflush(stdout);
      _exit(kFound);
    }
    std::printf("\r");
    std::fflush(stdout);
  }
  std::printf("%-32snot found in %llu seeds\n", bug.empty() ? "(none)" : bug.c_str(), static_cast<unsigned long long>(seeds));
  std::fflush(stdout);
  _exit(0);
}

bool is_found(const std::string& bug, std::uint64_t seeds) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) hunt(bug, seeds);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status) == kFound;
  std::printf("%-32sthe kernel stopped itself\n", bug.c_str());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Hunts each seeded bug with the simulation", "simulation_bugs");
  std::uint64_t seeds = 300;
  std::vector<std::string> bugs = florin::seeded_bug_names();
  program.add_option("--seeds", seeds, "How many at the most for each bug")->capture_default_str();
  program.add_option("--bug", bugs, "Only these");
  CLI11_PARSE(program, argc, argv);
  // A simulation that sees bugs everywhere would find these too.
  if (is_found("", 20)) {
    std::printf("without any bug a law is broken too: what follows would prove nothing\n");
    return 2;
  }
  int missed = 0;
  for (const std::string& bug : bugs) missed += is_found(bug, seeds) ? 0 : 1;
  std::printf("%d of %zu bugs were not found\n", missed, bugs.size());
  return missed == 0 ? 0 : 1;
}
