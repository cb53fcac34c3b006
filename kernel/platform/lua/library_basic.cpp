// Basic functions that must differ from Lua's: pcall and xpcall that do not survive the budget, pairs in
// an order that is the same everywhere, metatables without finalizers and closers.
#include <algorithm>
#include <initializer_list>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"

namespace florin::lua {
namespace {

// ---- Protected calls -------------------------------------------------------------------------------

int finish_pcall(lua_State* L, int status, lua_KContext extra) {
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - static_cast<int>(extra);
  Meter& meter = meter_of(L);
  // Below zero: not Lua's error but a C++ exception, which can only be memory.
  if (status == LUA_ERRMEM || status < 0) meter.exhaust_memory();
  if (meter.exhausted()) meter.raise(L);
  lua_pushboolean(L, 0);
  lua_pushvalue(L, -2);
  return 2;
}

int caged_pcall(lua_State* L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  return finish_pcall(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall), 0);
}

// Lua runs a message handler before it unwinds: once the budget is gone, the policy's own is not asked.
int caged_handler(lua_State* L) {
  if (meter_of(L).exhausted()) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

int caged_xpcall(lua_State* L) {
  const int given = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, caged_handler, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  return finish_pcall(L, lua_pcallk(L, given - 2, LUA_MULTRET, 2, 2, finish_pcall), 2);
}

// ---- Metatables ------------------------------------------------------------------------------------

void raw_field(lua_State* L, int table, const char* name) {
  lua_pushstring(L, name);
  lua_rawget(L, table);
}

bool has_protected_metatable(lua_State* L, int index) {
  if (lua_getmetatable(L, index) == 0) return false;
  const bool marked = is_protected(L, lua_gettop(L));
  lua_pop(L, 1);
  return marked;
}

// What the table gets is a copy that the policy cannot reach. A finalizer or closer, which Lua runs with
// its hooks off or while an error unwinds, can therefore not be slipped in later either.
int caged_setmetatable(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
  lua_settop(L, 2);
  if (has_protected_metatable(L, 1)) return luaL_error(L, "this metatable is protected");
  if (lua_istable(L, 2)) {
    for (const char* refused : {"__gc", "__close", "__mode"}) {
      raw_field(L, 2, refused);
      if (!lua_isnil(L, -1)) return luaL_error(L, "a policy's metatable has no %s", refused);
      lua_pop(L, 1);
    }
    lua_createtable(L, 0, 4);
    for (const char* known :
         {"__index", "__newindex", "__call", "__tostring", "__len", "__eq", "__lt", "__le", "__concat",
          "__unm", "__add", "__sub", "__mul", "__div", "__mod", "__idiv", "__pow", "__band", "__bor",
          "__bxor", "__bnot", "__shl", "__shr", "__metatable"}) {
      raw_field(L, 2, known);
      if (lua_isnil(L, -1))
        lua_pop(L, 1);
      else
        lua_setfield(L, 3, known);
    }
    raw_field(L, 2, "__metatable");
    const bool hides = !lua_isnil(L, -1);
    lua_pop(L, 1);
    if (hides) {
      protect_metatable(L, 3);
    } else {
      lua_pushvalue(L, 2);  // getmetatable() shows the policy's own table.
      lua_setfield(L, 3, "__metatable");
    }
  }
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}

int caged_rawset(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  if (has_protected_metatable(L, 1)) return luaL_error(L, "this table is frozen");
  lua_rawset(L, 1);
  return 1;
}

// An address would differ from run to run, and a decision must not.
int caged_tostring(lua_State* L) {
  luaL_checkany(L, 1);
  const int type = lua_type(L, 1);
  const bool has_address = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TTHREAD ||
                           type == LUA_TUSERDATA || type == LUA_TLIGHTUSERDATA;
  if (has_address && luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL)
    lua_pushstring(L, lua_typename(L, type));
  else
    luaL_tolstring(L, 1, nullptr);
  return 1;
}

}  // namespace

void add_basic_functions(lua_State* L) {
  const luaL_Reg functions[] = {{"pcall", caged_pcall},   {"xpcall", caged_xpcall},
                                {"rawset", caged_rawset}, {"setmetatable", caged_setmetatable},
                                {nullptr, nullptr}};
  luaL_setfuncs(L, functions, 0);
  lua_pushcfunction(L, caged_tostring);
  lua_pushcclosure(L, counted, 1);
  lua_setfield(L, -2, "tostring");
  add_pairs(L);
}

}  // namespace florin::lua
