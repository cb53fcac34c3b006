// The four ways of the C library to end a process, and what they become when a plugin takes one.
#include "kernel/platform/plugin_host/crash_exits.hpp"

#include <dlfcn.h>
#include <spdlog/spdlog.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#include "kernel/platform/plugin_host/crash_signals.hpp"

namespace florin::crash {
namespace {

using Exit = void (*)(int);
Exit next_exit = nullptr;  // The C library's _exit(), or a sanitizer's.

}  // namespace

void end_if_a_plugin_exits() noexcept {
  if (!accuse(kFaultExit)) return;
  spdlog::critical("a plugin has called exit(); ending the process as the crash that it is, so that it is started again");
  spdlog::default_logger()->flush();
  std::abort();
}

void watch_exits() {
  spdlog::default_logger();  // Made before, so that it is there when the handlers run.
  next_exit = reinterpret_cast<Exit>(::dlsym(RTLD_NEXT, "_exit"));
  std::atexit([] { end_if_a_plugin_exits(); });
  ::at_quick_exit([] { end_if_a_plugin_exits(); });
}

}  // namespace florin::crash

// Exported by every program that hosts plugins (florin_platform's link options), so that a plugin's call comes
// here. The C library's own calls do not.
extern "C" {
__attribute__((noreturn, visibility("default"))) void _exit(int status) {
  florin::crash::end_if_a_plugin_exits();
  if (florin::crash::next_exit) florin::crash::next_exit(status);
  ::syscall(SYS_exit_group, status);
  __builtin_unreachable();
}
__attribute__((noreturn, visibility("default"))) void _Exit(int status) noexcept { ::_exit(status); }
}
