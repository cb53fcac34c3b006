// coroutine.*: a new coroutine starts a hook count of its own, so making one costs what it can run before
// its hook first looks; resuming and closing do not swallow the end of the budget.
#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"

namespace florin::lua {
namespace {

int made_at_a_price(lua_State* L) {
  meter_of(L).charge(L, 2 * Meter::kHookPeriod);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

int reraising(lua_State* L) {
  Cage& cage = Cage::of(L);
  cage.meter().charge(L, 4);
  const int answers = lua_tocfunction(L, lua_upvalueindex(1))(L);
  if (cage.arena().refused()) cage.meter().exhaust_memory();
  if (cage.meter().exhausted()) cage.meter().raise(L);
  return answers;
}

}  // namespace

void add_coroutine_functions(lua_State* L) {
  lua_pushcfunction(L, luaopen_coroutine);
  lua_call(L, 0, 1);
  const auto wrap = [L](const char* name, lua_CFunction around) {
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, around, 1);
    lua_setfield(L, -3, name);
  };
  wrap("create", made_at_a_price);
  wrap("wrap", made_at_a_price);
  wrap("resume", reraising);
  wrap("close", reraising);
  lua_pop(L, 1);
}

}  // namespace florin::lua
