// string.find, match, gmatch and gsub over the counting matcher; plain searches are linear and counted too.
#include <cstring>
#include <optional>
#include <string_view>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"
#include "kernel/platform/lua/pattern.hpp"

namespace florin::lua {
namespace {

// Lua's optional start: from 1, negative from the end; nothing when it is past the end.
std::optional<std::size_t> start_argument(lua_State* L, int index, std::size_t size) {
  const lua_Integer given = luaL_optinteger(L, index, 1);
  const auto length = static_cast<lua_Integer>(size);
  if (given > length + 1) return std::nullopt;
  if (given > 0) return static_cast<std::size_t>(given - 1);
  if (given == 0 || given < -length) return 0;
  return static_cast<std::size_t>(length + given);
}

int find_plainly(lua_State* L, std::string_view text, std::string_view wanted, std::size_t start) {
  meter_of(L).charge(L, static_cast<std::int64_t>((text.size() - start + wanted.size()) / 8) + 4);
  // glibc's memmem is linear, which std::string_view::find is not.
  const void* found = memmem(text.data() + start, text.size() - start, wanted.data(), wanted.size());
  if (found == nullptr) {
    lua_pushnil(L);
    return 1;
  }
  const std::ptrdiff_t at = static_cast<const char*>(found) - text.data();
  lua_pushinteger(L, at + 1);
  lua_pushinteger(L, at + static_cast<std::ptrdiff_t>(wanted.size()));
  return 2;
}

int find_or_match(lua_State* L, bool find) {
  const std::string_view text = text_argument(L, 1), pattern = text_argument(L, 2);
  const auto start = start_argument(L, 3, text.size());
  if (!start) {
    lua_pushnil(L);
    return 1;
  }
  const bool plain = lua_toboolean(L, 4) != 0 || pattern.find_first_of("^$*+?.([%-") == std::string_view::npos;
  if (find && plain) return find_plainly(L, text, pattern, *start);
  PatternMatcher matcher(L, meter_of(L), text, pattern);
  for (const char* s = text.data() + *start; s <= matcher.end(); ++s) {
    meter_of(L).charge(L, 1);
    if (const char* end = matcher.match_at(s)) {
      if (!find) return matcher.push_captures(s, end);
      lua_pushinteger(L, s - text.data() + 1);
      lua_pushinteger(L, end - text.data());
      return matcher.push_captures(nullptr, nullptr) + 2;
    }
    if (matcher.anchored()) break;
  }
  lua_pushnil(L);
  return 1;
}

int find(lua_State* L) { return find_or_match(L, true); }
int match(lua_State* L) { return find_or_match(L, false); }

// Upvalues: text, pattern, where to go on, where the last match ended (both from 0; -1: none yet).
int gmatch_next(lua_State* L) {
  const std::string_view text = text_argument(L, lua_upvalueindex(1));
  PatternMatcher matcher(L, meter_of(L), text, text_argument(L, lua_upvalueindex(2)),
                         PatternMatcher::Caret::kIsText);
  const lua_Integer last_end = lua_tointeger(L, lua_upvalueindex(4));
  for (const char* s = text.data() + lua_tointeger(L, lua_upvalueindex(3)); s <= matcher.end(); ++s) {
    meter_of(L).charge(L, 1);
    const char* end = matcher.match_at(s);
    // An empty match right behind the last one is that one's end seen again.
    if (end == nullptr || end - text.data() == last_end) continue;
    for (int upvalue : {3, 4}) {
      lua_pushinteger(L, end - text.data());
      lua_replace(L, lua_upvalueindex(upvalue));
    }
    return matcher.push_captures(s, end);
  }
  return 0;
}

int gmatch(lua_State* L) {
  const std::string_view text = text_argument(L, 1);
  text_argument(L, 2);
  const std::size_t start = start_argument(L, 3, text.size()).value_or(text.size() + 1);
  lua_settop(L, 2);
  lua_pushinteger(L, static_cast<lua_Integer>(start));
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, gmatch_next, 4);
  return 1;
}

void add_replacement_text(lua_State* L, luaL_Buffer& buffer, PatternMatcher& matcher, const char* start,
                          const char* end) {
  const std::string_view news = text_argument(L, 3);
  meter_of(L).charge(L, static_cast<std::int64_t>(news.size()) / 16);
  for (std::size_t i = 0; i < news.size(); ++i) {
    if (news[i] != '%') {
      luaL_addchar(&buffer, news[i]);
      continue;
    }
    const char code = ++i < news.size() ? news[i] : '\0';
    if (code == '%') {
      luaL_addchar(&buffer, '%');
    } else if (code == '0') {
      luaL_addlstring(&buffer, start, static_cast<std::size_t>(end - start));
    } else if (code >= '1' && code <= '9') {
      matcher.push_capture(code - '1', start, end);
      luaL_tolstring(L, -1, nullptr);  // A position capture is a number.
      lua_remove(L, -2);
      luaL_addvalue(&buffer);
    } else {
      luaL_error(L, "invalid use of '%%' in replacement string");
    }
  }
}

// Adds what stands for one match; the original text when the replacement is false or nil.
void add_replacement(lua_State* L, luaL_Buffer& buffer, PatternMatcher& matcher, const char* start,
                     const char* end) {
  switch (lua_type(L, 3)) {
    case LUA_TFUNCTION: {
      lua_pushvalue(L, 3);
      const int captures = matcher.push_captures(start, end);
      lua_call(L, captures, 1);
      break;
    }
    case LUA_TTABLE:
      matcher.push_capture(0, start, end);
      lua_gettable(L, 3);
      break;
    default:
      return add_replacement_text(L, buffer, matcher, start, end);
  }
  if (lua_toboolean(L, -1) == 0) {
    lua_pop(L, 1);
    luaL_addlstring(&buffer, start, static_cast<std::size_t>(end - start));
  } else if (lua_isstring(L, -1) == 0) {
    luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  } else {
    luaL_addvalue(&buffer);
  }
}

int gsub(lua_State* L) {
  const std::string_view text = text_argument(L, 1), pattern = text_argument(L, 2);
  const int kind = lua_type(L, 3);
  luaL_argexpected(
      L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
      "string/function/table");
  const lua_Integer most = luaL_optinteger(L, 4, static_cast<lua_Integer>(text.size()) + 1);
  lua_settop(L, 3);
  PatternMatcher matcher(L, meter_of(L), text, pattern);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  const char* s = matcher.begin();
  const char* last_end = nullptr;
  lua_Integer replaced = 0;
  while (replaced < most) {
    meter_of(L).charge(L, 1);
    const char* end = matcher.match_at(s);
    if (end != nullptr && end != last_end) {
      ++replaced;
      add_replacement(L, buffer, matcher, s, end);
      s = last_end = end;
    } else if (s < matcher.end()) {
      luaL_addchar(&buffer, *s++);
    } else {
      break;
    }
    if (matcher.anchored()) break;
  }
  luaL_addlstring(&buffer, s, static_cast<std::size_t>(matcher.end() - s));
  luaL_pushresult(&buffer);
  lua_pushinteger(L, replaced);
  return 2;
}

}  // namespace

void add_pattern_functions(lua_State* L) {
  const luaL_Reg functions[] = {
      {"find", find}, {"match", match}, {"gmatch", gmatch}, {"gsub", gsub}, {nullptr, nullptr}};
  luaL_setfuncs(L, functions, 0);
}

}  // namespace florin::lua
