// The budget of a run: steps counted, time looked at every hundred of them. Time is that of the
// thread itself, so that a policy is not stopped because the machine was busy with something else.
#include "kernel/platform/lua/meter.hpp"

#include <time.h>

#include <fmt/format.h>

#include "kernel/platform/lua/cage.hpp"

namespace florin::lua {
namespace {

constexpr std::int64_t kStepsBetweenLooks = 100;
// What a run has used of its thread's time is counted from this part of its budget on: nearly all end before.
constexpr std::int64_t kUnwatchedPart = 16;

std::int64_t nanoseconds(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

void on_count(lua_State* L, lua_Debug*) { meter_of(L).charge(L, Meter::kHookPeriod); }

}  // namespace

std::string where(lua_State* L) {
  lua_Debug frame{};
  for (int level = 0; level < 32 && lua_getstack(L, level, &frame) == 1; ++level) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline > 0) return fmt::format("{}:{}: ", frame.short_src, frame.currentline);
  }
  return "";
}

Meter::Meter(std::string script, const PolicyBudget& budget) : script_(std::move(script)), budget_(budget) {}

void Meter::start() {
  steps_ = 0;
  look_at_ = kStepsBetweenLooks;
  const std::int64_t now = nanoseconds(CLOCK_MONOTONIC);
  const std::int64_t wall = std::chrono::duration_cast<std::chrono::nanoseconds>(budget_.wall).count();
  thread_from_ns_ = now + wall / kUnwatchedPart;
  wall_end_ns_ = now + wall;
  thread_start_ns_ = -1;
  spent_ = Spent::kNothing;
  where_.clear();
}

bool Meter::spend_quietly(std::int64_t steps) noexcept {
  add(steps);
  if (steps_ >= look_at_) judge();
  return !exhausted();
}

void Meter::look(lua_State* L) {
  judge();
  if (exhausted()) raise(L);
}

void Meter::judge() noexcept {
  if (exhausted()) return;
  if (steps_ > budget_.instructions) return exhaust(Spent::kInstructions);
  if (out_of_time()) return exhaust(Spent::kTime);
  look_at_ = std::min(steps_ + kStepsBetweenLooks, budget_.instructions + 1);
}

bool Meter::out_of_time() noexcept {
  // The wall clock costs a tenth of the thread's: that one is asked only by runs that last, and again only when
  // the first has run out.
  const std::int64_t now = nanoseconds(CLOCK_MONOTONIC);
  if (now < thread_from_ns_) return false;
  if (thread_start_ns_ < 0) thread_start_ns_ = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  if (now < wall_end_ns_) return false;
  return nanoseconds(CLOCK_THREAD_CPUTIME_ID) - thread_start_ns_ >=
         std::chrono::duration_cast<std::chrono::nanoseconds>(budget_.wall).count();
}

void Meter::exhaust(Spent what) noexcept {
  if (exhausted()) return;
  spent_ = what;
  look_at_ = 0;
}

void Meter::raise(lua_State* L) {
  if (where_.empty()) where_ = where(L);
  // From now on every instruction of this coroutine raises; a handler gets no hundred of them.
  lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
  // No text: making one could run into the memory limit once more.
  lua_checkstack(L, 1);
  lua_pushlightuserdata(L, this);
  lua_error(L);
  __builtin_unreachable();
}

std::string Meter::sentence() const {
  const std::string at = where_.empty() ? script_ + ": " : where_;
  if (spent_ == Spent::kInstructions)
    return fmt::format("{}stopped after {} instructions, its budget", at, budget_.instructions);
  if (spent_ == Spent::kTime)
    return fmt::format("{}stopped after {} ms, its budget", at,
                       std::chrono::duration<double, std::milli>(budget_.wall).count());
  return fmt::format("{}stopped because it needs more than {} KiB, its budget", at, budget_.bytes / 1024);
}

void Meter::watch(lua_State* L) { lua_sethook(L, on_count, LUA_MASKCOUNT, kHookPeriod); }

}  // namespace florin::lua
