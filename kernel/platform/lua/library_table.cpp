// table.*: on the raw table, each moved element counted. Lua's own go through metamethods, and then
// `table.move({}, 1, 2^60, 1)` or a `__len` that lies keeps a C function busy for ever, unseen by the hook.
#include <vector>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"
#include "kernel/platform/lua/sort.hpp"

namespace florin::lua {
namespace {

// The argument as a plain table: these functions do not look at metatables, so one with is refused.
lua_Integer plain_length(lua_State* L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  if (lua_getmetatable(L, index) != 0) luaL_argerror(L, index, "a table without a metatable is needed");
  return static_cast<lua_Integer>(lua_rawlen(L, index));
}

// Moves [from, to] by `by`, in the order that does not overwrite what is still to be moved.
void shift(lua_State* L, lua_Integer from, lua_Integer to, lua_Integer by) {
  if (from > to) return;
  meter_of(L).charge(L, to - from + 1);
  const lua_Integer count = to - from + 1;
  for (lua_Integer i = 0; i < count; ++i) {
    const lua_Integer at = by > 0 ? to - i : from + i;
    lua_rawgeti(L, 1, at);
    lua_rawseti(L, 1, at + by);
  }
}

int insert(lua_State* L) {
  const lua_Integer length = plain_length(L, 1);
  const int given = lua_gettop(L);
  if (given != 2 && given != 3) return luaL_error(L, "wrong number of arguments to 'insert'");
  const lua_Integer position = given == 2 ? length + 1 : luaL_checkinteger(L, 2);
  luaL_argcheck(L, position >= 1 && position <= length + 1, 2, "position out of bounds");
  shift(L, position, length, 1);
  lua_settop(L, given);
  lua_rawseti(L, 1, position);
  return 0;
}

int remove(lua_State* L) {
  const lua_Integer length = plain_length(L, 1);
  const lua_Integer position = luaL_optinteger(L, 2, length);
  const bool from_empty = length == 0 && (position == 0 || position == 1);
  luaL_argcheck(L, from_empty || (position >= 1 && position <= length + 1), 2, "position out of bounds");
  lua_rawgeti(L, 1, position);
  if (position > length) return 1;
  shift(L, position + 1, length, -1);
  lua_pushnil(L);
  lua_rawseti(L, 1, length);
  return 1;
}

int move(lua_State* L) {
  plain_length(L, 1);
  const lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3);
  const lua_Integer target = luaL_checkinteger(L, 4);
  const int into = lua_isnoneornil(L, 5) ? 1 : 5;
  plain_length(L, into);
  if (to >= from) {
    luaL_argcheck(L, from > 0 || to < LUA_MAXINTEGER + from, 3, "too many elements to move");
    const lua_Integer count = to - from + 1;
    luaL_argcheck(L, target <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    meter_of(L).charge(L, count);
    const bool backwards = into == 1 && target > from && target <= to;
    for (lua_Integer i = 0; i < count; ++i) {
      const lua_Integer at = backwards ? count - 1 - i : i;
      lua_rawgeti(L, 1, from + at);
      lua_rawseti(L, into, target + at);
    }
  }
  lua_pushvalue(L, into);
  return 1;
}

int unpack(lua_State* L) {
  const lua_Integer length = plain_length(L, 1);
  const lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, length);
  if (from > to) return 0;
  const auto count = static_cast<lua_Unsigned>(to) - static_cast<lua_Unsigned>(from) + 1;
  if (count == 0 || count > 10'000 || lua_checkstack(L, static_cast<int>(count)) == 0)
    return luaL_error(L, "too many results to unpack");
  meter_of(L).charge(L, static_cast<lua_Integer>(count));
  for (lua_Unsigned i = 0; i < count; ++i) lua_rawgeti(L, 1, from + static_cast<lua_Integer>(i));
  return static_cast<int>(count);
}

int concat(lua_State* L) {
  const lua_Integer length = plain_length(L, 1);
  std::size_t separator_size = 0;
  const char* separator = luaL_optlstring(L, 2, "", &separator_size);
  const lua_Integer from = luaL_optinteger(L, 3, 1), to = luaL_optinteger(L, 4, length);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (lua_Integer i = from; i <= to; ++i) {
    meter_of(L).charge(L, 1);
    lua_rawgeti(L, 1, i);
    if (lua_isstring(L, -1) == 0)
      return luaL_error(L, "invalid value (a %s, at index %I) in table for 'concat'", luaL_typename(L, -1),
                        static_cast<LUAI_UACINT>(i));
    luaL_addvalue(&buffer);
    if (i == to) break;
    luaL_addlstring(&buffer, separator, separator_size);
  }
  luaL_pushresult(&buffer);
  return 1;
}

// Whether element a goes before b; the elements are in the table at 3, the comparator, if any, at 2.
bool goes_before(lua_State* L, std::uint32_t a, std::uint32_t b) {
  Meter& meter = meter_of(L);
  const bool own_order = lua_isnil(L, 2);
  if (!own_order) lua_pushvalue(L, 2);
  const int left = lua_rawgeti(L, 3, a + 1), right = lua_rawgeti(L, 3, b + 1);
  const bool texts = left == LUA_TSTRING && right == LUA_TSTRING;
  meter.charge(L, 2 + (texts ? static_cast<std::int64_t>(lua_rawlen(L, -1) / 16) : 0));
  bool answer = false;
  if (own_order) {
    answer = lua_compare(L, -2, -1, LUA_OPLT) != 0;
    lua_pop(L, 2);
  } else {
    lua_call(L, 2, 1);
    answer = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
  }
  return answer;
}

// Unlike Lua's it is stable, and a comparator that contradicts itself gives some order, not an error.
int sort(lua_State* L) {
  const lua_Integer length = plain_length(L, 1);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  meter_of(L).charge(L, length);
  lua_createtable(L, static_cast<int>(length), 0);  // 3
  for (lua_Integer i = 1; i <= length; ++i) {
    lua_rawgeti(L, 1, i);
    lua_rawseti(L, 3, i);
  }
  const auto order = sorted_order(static_cast<std::size_t>(length), [L](std::uint32_t a, std::uint32_t b) {
    return goes_before(L, a, b);
  });
  for (std::size_t i = 0; i < order.size(); ++i) {
    lua_rawgeti(L, 3, order[i] + 1);
    lua_rawseti(L, 1, static_cast<lua_Integer>(i + 1));
  }
  return 0;
}

}  // namespace

void add_table_functions(lua_State* L) {
  const luaL_Reg functions[] = {{"concat", concat}, {"insert", insert}, {"move", move},     {"remove", remove},
                                {"sort", sort},     {"unpack", unpack}, {nullptr, nullptr}};
  luaL_setfuncs(L, functions, 0);
}

}  // namespace florin::lua
