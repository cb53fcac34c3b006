// The whitelist itself, and the freezing. What is not named here does not exist for a policy: no load,
// no require, no io, os or debug, no clock, no randomness, nothing that prints.
#include "kernel/platform/lua/library.hpp"

#include <initializer_list>

#include "kernel/platform/lua/cage.hpp"

namespace florin::lua {
namespace {

constexpr std::int64_t kStepsACall = 4;
constexpr std::int64_t kBytesAStep = 16;

char protected_mark;  // Its address is a key that no policy can name.

int refuse_assignment(lua_State* L) {
  const char* key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
  return luaL_error(L, "'%s' cannot be set: globals and libraries are frozen; declare it local", key);
}

// The table on top becomes a proxy of itself: reads pass, writes are refused, pairs() sees nothing.
void freeze(lua_State* L) {
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, refuse_assignment);
  lua_setfield(L, -2, "__newindex");
  protect_metatable(L, -1);
  lua_setmetatable(L, -2);
  lua_remove(L, -2);
}

// Copies members of the table on top to the one below it, functions behind counted(); pops the former.
void adopt(lua_State* L, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    lua_getfield(L, -1, name);
    if (lua_iscfunction(L, -1)) lua_pushcclosure(L, counted, 1);
    lua_setfield(L, -3, name);
  }
  lua_pop(L, 1);
}

void push_original(lua_State* L, lua_CFunction open) {
  lua_pushcfunction(L, open);
  lua_call(L, 0, 1);
}

void push_strings(lua_State* L) {
  lua_newtable(L);
  push_original(L, luaopen_string);
  adopt(L, {"byte", "char", "len", "lower", "reverse", "sub", "upper"});
  add_string_functions(L);
  add_pattern_functions(L);
  // ("x"):upper() reads this metatable. Lua's own also makes "10" + 1 a number; with money that is a trap.
  lua_pushliteral(L, "");
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  protect_metatable(L, -1);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

}  // namespace

std::string_view text_argument(lua_State* L, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(L, index, &size);
  return {text, size};
}

int counted(lua_State* L) {
  std::int64_t steps = kStepsACall;
  for (int i = lua_gettop(L); i > 0; --i)
    if (lua_type(L, i) == LUA_TSTRING) steps += static_cast<std::int64_t>(lua_rawlen(L, i)) / kBytesAStep;
  meter_of(L).charge(L, steps);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void protect_metatable(lua_State* L, int index) {
  index = lua_absindex(L, index);
  lua_pushboolean(L, 1);
  lua_rawsetp(L, index, &protected_mark);
  lua_getfield(L, index, "__metatable");
  const bool shows_something = !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (shows_something) return;
  lua_pushboolean(L, 0);
  lua_setfield(L, index, "__metatable");
}

bool is_protected(lua_State* L, int metatable_index) {
  const bool marked = lua_rawgetp(L, metatable_index, &protected_mark) != LUA_TNIL;
  lua_pop(L, 1);
  return marked;
}

void push_frozen_globals(lua_State* L) {
  lua_newtable(L);
  push_original(L, luaopen_base);
  adopt(L, {"assert", "error", "getmetatable", "ipairs", "next", "rawequal", "rawget", "rawlen", "select",
            "tonumber", "type", "_VERSION"});
  add_basic_functions(L);

  push_strings(L);
  freeze(L);
  lua_setfield(L, -2, "string");

  lua_newtable(L);
  push_original(L, luaopen_math);
  adopt(L, {"abs", "ceil", "cos", "deg", "exp", "floor", "fmod", "log", "max", "min", "modf", "rad", "sin",
            "sqrt", "tan", "tointeger", "type", "ult", "pi", "huge", "maxinteger", "mininteger"});
  freeze(L);
  lua_setfield(L, -2, "math");

  lua_newtable(L);
  push_original(L, luaopen_table);
  adopt(L, {"pack"});
  add_table_functions(L);
  freeze(L);
  lua_setfield(L, -2, "table");

  lua_newtable(L);
  push_original(L, luaopen_coroutine);
  adopt(L, {"isyieldable", "running", "status", "yield"});
  add_coroutine_functions(L);
  freeze(L);
  lua_setfield(L, -2, "coroutine");

  lua_newtable(L);
  add_re2_functions(L);
  freeze(L);
  lua_setfield(L, -2, "re2");

  lua_newtable(L);
  add_money_functions(L);
  freeze(L);
  lua_setfield(L, -2, "money");

  lua_pushvalue(L, -1);
  freeze(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "_G");
  lua_remove(L, -2);

  // luaopen_base filled Lua's own table of globals, with everything: nothing may find it.
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

}  // namespace florin::lua
