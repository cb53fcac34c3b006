// string.rep and string.format: Lua's own rep repeats an empty text 2^60 times without a single
// instruction, and its format shows addresses.
#include <cstring>
#include <string_view>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"

namespace florin::lua {
namespace {

int rep(lua_State* L) {
  std::size_t size = 0, separator_size = 0;
  const char* text = luaL_checklstring(L, 1, &size);
  const lua_Integer times = luaL_checkinteger(L, 2);
  const char* separator = luaL_optlstring(L, 3, "", &separator_size);
  Cage& cage = Cage::of(L);
  if (times <= 0 || size + separator_size == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  const std::size_t most = cage.arena().largest_block();
  const std::size_t one = size + separator_size;
  if (one > most || static_cast<lua_Unsigned>(times) > most / one)
    return luaL_error(L, "resulting string too large");
  const std::size_t total = one * static_cast<std::size_t>(times) - separator_size;
  cage.meter().charge(L, 4 + static_cast<std::int64_t>(total / 16));
  luaL_Buffer buffer;
  char* out = luaL_buffinitsize(L, &buffer, total);
  for (lua_Integer i = 1; i <= times; ++i) {
    std::memcpy(out, text, size);
    out += size;
    if (i == times || separator_size == 0) continue;
    std::memcpy(out, separator, separator_size);
    out += separator_size;
  }
  luaL_pushresultsize(&buffer, total);
  return 1;
}

// Upvalue: Lua's own format.
int format(lua_State* L) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(L, 1, &size);
  const std::string_view pattern(text, size);
  for (std::size_t at = pattern.find('%'); at < size; at = pattern.find('%', at + 1)) {
    at = pattern.find_first_not_of("-+ #0123456789.", at + 1);
    if (at == std::string_view::npos) break;
    if (pattern[at] == 'p') return luaL_error(L, "a policy cannot format addresses ('%%p')");
  }
  for (int i = 2; i <= lua_gettop(L); ++i) {
    const int type = lua_type(L, i);
    if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING) continue;
    if (luaL_getmetafield(L, i, "__tostring") == LUA_TNIL) {
      lua_pushstring(L, lua_typename(L, type));
      lua_replace(L, i);
    } else {
      lua_pop(L, 1);
    }
  }
  return counted(L);
}

}  // namespace

void add_string_functions(lua_State* L) {
  lua_pushcfunction(L, rep);
  lua_setfield(L, -2, "rep");
  lua_pushcfunction(L, luaopen_string);
  lua_call(L, 0, 1);
  lua_getfield(L, -1, "format");
  lua_remove(L, -2);
  lua_pushcclosure(L, format, 1);
  lua_setfield(L, -2, "format");
}

}  // namespace florin::lua
