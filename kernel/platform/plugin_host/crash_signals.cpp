// Signal handlers and per-thread numbers of the crash marks.
#include "kernel/platform/plugin_host/crash_signals.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

namespace florin::crash {
namespace {

constinit thread_local Cell* watched = nullptr;
constinit thread_local int number_here = -2;  // -2: not asked yet.

std::mutex numbers_mutex;
std::array<bool, kThreads> numbers_taken{};

int take_number() {
  const std::lock_guard lock(numbers_mutex);
  for (int number = 0; number < kThreads; ++number)
    if (!std::exchange(numbers_taken[static_cast<std::size_t>(number)], true)) return number;
  return -1;
}

// Lives as long as the thread.
class Membership {
 public:
  Membership() {
    number_here = take_number();
    stack_t current{};
    if (::sigaltstack(nullptr, &current) == 0 && (current.ss_flags & SS_DISABLE) != 0) {
      stack_ = std::make_unique<char[]>(kStackBytes);
      stack_t ours{};
      ours.ss_sp = stack_.get();
      ours.ss_size = kStackBytes;
      ::sigaltstack(&ours, nullptr);
    }
  }
  ~Membership() {
    // exit() runs this first on its caller's thread: whoever is in has called it.
    if (watched && watched->running.load() != 0) watched->fault.store(kFaultExit);
    watched = nullptr;
    if (stack_) {
      stack_t none{};
      none.ss_flags = SS_DISABLE;
      ::sigaltstack(&none, nullptr);
    }
    const std::lock_guard lock(numbers_mutex);
    if (number_here >= 0) numbers_taken[static_cast<std::size_t>(number_here)] = false;
    number_here = -1;
  }

 private:
  static constexpr std::size_t kStackBytes = 64 << 10;
  std::unique_ptr<char[]> stack_;
};

constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, kSignals.size()> previous;

void on_fatal_signal(int signal, siginfo_t* info, void*) {
  const bool from_outside = info->si_code <= 0 && info->si_pid != ::getpid();
  if (watched && !from_outside && watched->running.load() != 0)
    watched->fault.store(static_cast<std::uint32_t>(signal));
  for (std::size_t each = 0; each < kSignals.size(); ++each)
    if (kSignals[each] == signal) ::sigaction(signal, &previous[each], nullptr);
  // A real fault happens again when this returns; one that was sent must be sent again.
  if (info->si_code <= 0) ::raise(signal);
}

}  // namespace

std::string describe_fault(std::uint32_t fault) {
  if (fault == kFaultExit) return "it called exit()";
  if (fault == kFaultEndlessStep) return "a step of it never ended";
  return fmt::format("it crashed (signal {}, {})", fault, ::strsignal(static_cast<int>(fault)));
}

int thread_number() {
  if (number_here == -2) {
    thread_local const Membership member;
  }
  return number_here;
}

void watch(Cell& cell) noexcept { watched = &cell; }

void install_handlers() {
  static const bool once = [] {
    for (std::size_t each = 0; each < kSignals.size(); ++each) {
      struct sigaction action {};
      action.sa_sigaction = on_fatal_signal;
      action.sa_flags = SA_SIGINFO | SA_ONSTACK;
      ::sigemptyset(&action.sa_mask);
      ::sigaction(kSignals[each], &action, &previous[each]);
    }
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace florin::crash
