// Tells, while the process dies, that it dies in a plugin's code: each thread has a cell of the marks, and
// a fatal signal or an exit on that thread leaves its trace there. Stores, no more, in a signal handler.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace florin::crash {

struct alignas(64) Cell {
  std::atomic<std::uint64_t> running{0};  // The mark's address << 16 | the plugin's number; 0: none.
  std::atomic<std::uint64_t> entries{0};  // How often something entered here: tells two steps apart.
  std::atomic<std::uint32_t> fault{0};    // How it ended, once it did: a signal's number or one of these.
};
constexpr std::uint32_t kFaultExit = 1000;
constexpr std::uint32_t kFaultEndlessStep = 1001;
std::string describe_fault(std::uint32_t fault);  // "it crashed (signal 11, Segmentation fault)"

constexpr int kThreads = 256;
constexpr int kStrangers = kThreads - 1;  // The cell of all threads that are not ours.
// This thread's number, below kStrangers; -1 when more threads than that are running plugins' code. Kept
// until the thread ends. The first call on a thread also gives it a stack for signals, for a plugin that
// has used up its own.
int thread_number();
// The cell in which this thread marks itself from now on. Cells are never unmapped.
void watch(Cell& cell) noexcept;
// This thread has come back to its own loop: no plugin's code runs on it, whatever was marked. A coroutine
// that a plugin suspends by means of its own leaves no other trace.
void step_ended() noexcept;

// Where a plugin's code lies, known by one address of it. Threads that a plugin starts carry no mark: what
// they do is known by whose code is on their stack.
void remember_code(const void* inside, int number);

// For SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT: leaves the trace, then lets whoever had the signal
// before (a sanitizer, the default action) have it. Signals sent by other processes accuse nobody. Also for
// exit() and its kin (crash_exits.hpp). `cells`: kThreads of them.
void install_handlers(Cell* cells);

// Leaves the trace of this thread's end. True: a plugin is to blame for it.
bool accuse(std::uint32_t fault) noexcept;

}  // namespace florin::crash
