// What one run of a policy may spend, and how it ends when that is spent. Once exhausted a run stays
// exhausted: every further look raises again, so that neither pcall nor a coroutine survives it.
#pragma once

#include <cstdint>
#include <string>

#include <lua.hpp>

#include "kernel/platform/lua/policy.hpp"

namespace florin::lua {

// "routing/x.lua:12: " for the innermost Lua function that runs in `L`, or "" when there is none.
std::string where(lua_State* L);

class Meter {
 public:
  Meter(std::string script, const PolicyBudget& budget);

  // A new run begins, with nothing spent.
  void start();

  // Spends; raises in `L` when the budget is gone. A step is one instruction of Lua's machine or work of
  // our own that costs about as much: one comparison in a pattern, sixteen bytes of text.
  void charge(lua_State* L, std::int64_t steps) {
    add(steps);
    if (steps_ >= look_at_) look(L);
  }
  // For the allocator, which must not raise: false when the run is, or by this becomes, exhausted.
  bool spend_quietly(std::int64_t steps) noexcept;

  // A run that met the end of its memory ends, although Lua would let pcall catch it.
  void exhaust_memory() noexcept { exhaust(Spent::kBytes); }
  bool exhausted() const noexcept { return spent_ != Spent::kNothing; }
  [[noreturn]] void raise(lua_State* L);

  // For operators: "routing/x.lua:12: stopped after 1000000 instructions, its budget". When exhausted.
  std::string sentence() const;
  std::int64_t steps() const noexcept { return steps_; }

  // Makes `L`, and every coroutine that it will create, charge this meter by Lua's count hook.
  static void watch(lua_State* L);
  // How many instructions a coroutine can run before its own hook first sees it: the price of making one.
  static constexpr int kHookPeriod = 100;

 private:
  enum class Spent { kNothing, kInstructions, kTime, kBytes };
  void add(std::int64_t steps) noexcept {
    steps_ += steps < budget_.instructions ? steps : budget_.instructions + 1;
  }
  void look(lua_State* L);
  void judge() noexcept;
  void exhaust(Spent what) noexcept;
  bool out_of_time() noexcept;

  std::string script_;
  PolicyBudget budget_;
  std::int64_t steps_ = 0;
  std::int64_t look_at_ = 0;  // The count of steps at which the clock is asked next; 0 once exhausted.
  std::int64_t thread_from_ns_ = 0, wall_end_ns_ = 0;
  std::int64_t thread_start_ns_ = -1;  // Asked for only by runs long enough to need it.
  Spent spent_ = Spent::kNothing;
  std::string where_;
};

}  // namespace florin::lua
