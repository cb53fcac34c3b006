// Signal handlers and per-thread numbers of the crash marks.
#include "kernel/platform/plugin_host/crash_signals.hpp"

#include <execinfo.h>
#include <fmt/format.h>
#include <link.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

#include "kernel/platform/plugin_host/crash_exits.hpp"

namespace florin::crash {
namespace {

constinit thread_local Cell* watched = nullptr;
constinit thread_local int number_here = -2;  // -2: not asked yet.

std::mutex numbers_mutex;
std::array<bool, kThreads> numbers_taken{};

int take_number() {
  const std::lock_guard lock(numbers_mutex);
  for (int number = 0; number < kStrangers; ++number)
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
    end_if_a_plugin_exits();
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

// A fork's child shares the marks with us and must leave them alone.
std::atomic<pid_t> owner{0};
std::atomic<Cell*> strangers{nullptr};

struct Code {
  std::uintptr_t from = 0, to = 0;
  int number = 0;
};
std::array<Code, 64> codes;
std::atomic<std::size_t> codes_known{0};

// The plugin that is nearest to this thread's end; 0: none is on the stack.
int number_on_stack() noexcept {
  std::array<void*, 64> frames;
  const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  const std::size_t known = codes_known.load(std::memory_order_acquire);
  for (int frame = 0; frame < depth; ++frame) {
    const auto at = reinterpret_cast<std::uintptr_t>(frames[static_cast<std::size_t>(frame)]);
    for (std::size_t each = 0; each < known; ++each)
      if (codes[each].from <= at && at < codes[each].to) return codes[each].number;
  }
  return 0;
}

constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, kSignals.size()> previous;

void on_fatal_signal(int signal, siginfo_t* info, void*) {
  const bool from_outside = info->si_code <= 0 && info->si_pid != ::getpid();
  if (!from_outside) accuse(static_cast<std::uint32_t>(signal));
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

void step_ended() noexcept {
  if (watched) watched->running.store(0, std::memory_order_release);
}

void remember_code(const void* inside, int number) {
  struct Search {
    std::uintptr_t address;
    Code found;
  } search{reinterpret_cast<std::uintptr_t>(inside), {}};
  const auto look = [](dl_phdr_info* object, std::size_t, void* context) {
    auto& asked = *static_cast<Search*>(context);
    for (int each = 0; each < object->dlpi_phnum; ++each) {
      const auto& part = object->dlpi_phdr[each];
      const std::uintptr_t from = object->dlpi_addr + part.p_vaddr;
      if (part.p_type != PT_LOAD || asked.address < from || asked.address >= from + part.p_memsz) continue;
      asked.found = {from, from + part.p_memsz, 0};
      return 1;
    }
    return 0;
  };
  if (number <= 0 || ::dl_iterate_phdr(look, &search) == 0) return;
  search.found.number = number;
  const std::lock_guard lock(numbers_mutex);
  const std::size_t known = codes_known.load();
  if (known == codes.size()) return;
  codes[known] = search.found;
  codes_known.store(known + 1, std::memory_order_release);
}

bool accuse(std::uint32_t fault) noexcept {
  if (::getpid() != owner.load()) return false;
  Cell* cell = watched && watched->running.load() != 0 ? watched : nullptr;
  // On a thread of ours, the kernel's code may well stand on top of a plugin's that has ended.
  if (!cell && number_here == -2) {
    const int number = number_on_stack();
    if (number == 0) return false;
    cell = strangers.load();
    cell->running.store(static_cast<std::uint64_t>(number));
  }
  if (!cell) return false;
  std::uint32_t none = 0;
  cell->fault.compare_exchange_strong(none, fault);  // What came first is the cause.
  return true;
}

void install_handlers(Cell* cells) {
  owner.store(::getpid());
  strangers.store(&cells[kStrangers]);
  static const bool once = [] {
    std::array<void*, 1> here;
    ::backtrace(here.data(), 1);  // The first one allocates.
    watch_exits();
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
