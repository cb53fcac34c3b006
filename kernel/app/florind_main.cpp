// florind: the daemon. Runs in the foreground, logs to standard error, says "florin ready <url>" on
// standard output when it takes payments, ends cleanly on SIGTERM and SIGINT from outside, reloads on SIGHUP.
#include <csignal>
#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kernel/app/appliance.hpp"
#include "kernel/app/version.hpp"

namespace {

// Every connection is a descriptor: the soft limit is there for programs that use select().
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// A core file would hold card numbers (law 7).
void forbid_core_files() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

void reload(florin::Appliance& appliance) {
  const auto faults = appliance.reload();
  for (const auto& fault : faults) spdlog::error("not reloaded: {}", fault.text());
  if (faults.empty()) spdlog::info("reloaded");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Florin, a payment gateway in a box: the daemon", "florind");
  florin::ApplianceOptions options;
  options.directory = "config";
  program.add_option("--config", options.directory, "The configuration's directory")->capture_default_str();
  program.add_option("--set", options.overrides, "key=value, over what florin.yaml says; may be repeated");
  program.set_version_flag("--version", std::string(florin::kFlorinVersion));
  CLI11_PARSE(program, argc, argv);

  raise_descriptor_limit();
  forbid_core_files();
  std::signal(SIGPIPE, SIG_IGN);
  // Blocked before the first thread is made, so that all inherit it and sigwait() below gets them.
  const sigset_t signals = handled_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto appliance = florin::Appliance::start(std::move(options));
  if (!appliance) {
    std::cerr << appliance.error().message << std::endl;
    return 1;
  }
  std::cout << "florin ready " << (*appliance)->url() << std::endl;
  for (;;) {
    siginfo_t info{};
    const int signal = sigwaitinfo(&signals, &info);
    if (signal < 0) continue;
    // A plugin that raises SIGTERM would end us with status 0, and no supervisor would start us again.
    if (info.si_code <= 0 && info.si_pid == ::getpid()) {
      spdlog::critical("signal {} was sent by this process itself, so by a plugin and no operator; it is ignored", signal);
      continue;
    }
    if (signal != SIGHUP) break;
    reload(**appliance);
  }
  spdlog::info("stopping");
  (*appliance)->stop();
  return 0;
}
