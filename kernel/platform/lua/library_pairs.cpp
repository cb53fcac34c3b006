// pairs() in a fixed order: numbers ascending, then text by its bytes, then the rest. Lua's own order
// changes from process to process, and the same payment must always be routed the same way (law 10).
#include <string_view>
#include <vector>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"
#include "kernel/platform/lua/sort.hpp"

namespace florin::lua {
namespace {

// A key by which to sort; what `text` shows is kept alive by the table that it is a key of.
struct Key {
  enum class Kind { kNumber, kText, kFalse, kTrue, kOther } kind = Kind::kOther;
  lua_Integer integer = 0;
  lua_Number number = 0;
  bool is_integer = false;
  std::string_view text;
};

Key read_key(lua_State* L, int index) {
  Key key;
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
      key.kind = Key::Kind::kNumber;
      key.is_integer = lua_isinteger(L, index);
      key.integer = key.is_integer ? lua_tointeger(L, index) : 0;
      key.number = lua_tonumber(L, index);
      break;
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, index, &size);
      key.kind = Key::Kind::kText;
      key.text = {text, size};
      break;
    }
    case LUA_TBOOLEAN:
      key.kind = lua_toboolean(L, index) ? Key::Kind::kTrue : Key::Kind::kFalse;
      break;
    default:
      break;
  }
  return key;
}

bool before(const Key& a, const Key& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.kind == Key::Kind::kText) return a.text < b.text;
  if (a.kind != Key::Kind::kNumber) return false;
  return a.is_integer && b.is_integer ? a.integer < b.integer : a.number < b.number;
}

// Upvalues: the table, its keys in order, how many of them have been given out.
int next_pair(lua_State* L) {
  lua_Integer given = lua_tointeger(L, lua_upvalueindex(3));
  for (;;) {
    if (lua_rawgeti(L, lua_upvalueindex(2), ++given) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    // A key that the loop's body has removed meanwhile is passed over.
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break;
    lua_pop(L, 2);
    meter_of(L).charge(L, 1);
  }
  lua_pushinteger(L, given);
  lua_replace(L, lua_upvalueindex(3));
  return 2;
}

int caged_pairs(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  Meter& meter = meter_of(L);
  lua_newtable(L);  // 2: the keys as they come.
  std::vector<Key> keys;
  bool in_order = true;
  for (lua_pushnil(L); lua_next(L, 1) != 0;) {
    lua_pop(L, 1);
    keys.push_back(read_key(L, -1));
    if (keys.size() > 1 && before(keys.back(), keys[keys.size() - 2])) in_order = false;
    lua_pushvalue(L, -1);
    lua_rawseti(L, 2, static_cast<lua_Integer>(keys.size()));
    meter.charge(L, 4);
  }
  if (!in_order) {
    const auto order = sorted_order(keys.size(), [&](std::uint32_t a, std::uint32_t b) {
      meter.charge(L, 1 + static_cast<std::int64_t>(std::min(keys[a].text.size(), keys[b].text.size()) / 16));
      return before(keys[a], keys[b]);
    });
    lua_createtable(L, static_cast<int>(order.size()), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
      lua_rawgeti(L, 2, order[i] + 1);
      lua_rawseti(L, 3, static_cast<lua_Integer>(i + 1));
    }
    lua_replace(L, 2);
  }
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_pair, 3);
  return 1;
}

}  // namespace

void add_pairs(lua_State* L) {
  lua_pushcfunction(L, caged_pairs);
  lua_setfield(L, -2, "pairs");
}

}  // namespace florin::lua
