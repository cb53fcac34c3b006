// What a caged policy can call: a whitelist, frozen. Each family has a file of its own; none of them can
// loop or grow without the meter seeing it, because Lua's own count hook does not see C functions.
#pragma once

#include <string_view>

#include <lua.hpp>

namespace florin::lua {

// Pushes the globals of every policy: a table that looks like Lua's own and refuses every assignment.
void push_frozen_globals(lua_State* L);

// Each fills the table on top of the stack with the cage's own versions.
void add_basic_functions(lua_State* L);      // pcall, xpcall, tostring, setmetatable, rawset
void add_pairs(lua_State* L);
void add_table_functions(lua_State* L);      // raw, counted: concat, insert, move, remove, sort, unpack
void add_string_functions(lua_State* L);     // rep, format
void add_pattern_functions(lua_State* L);    // find, match, gmatch, gsub
void add_coroutine_functions(lua_State* L);  // create and wrap at a price; resume and close re-raise
void add_re2_functions(lua_State* L);        // re2.match
void add_money_functions(lua_State* L);      // money.minor, money.text, money.share

// An argument that must be text, or a number as text. It lives as long as it is on the stack.
std::string_view text_argument(lua_State* L, int index);

// A C function that charges for its call and its texts, then runs the one in its first upvalue.
int counted(lua_State* L);

// The table at `index` becomes one that the policy cannot change, see through or unwrap.
void protect_metatable(lua_State* L, int index);
bool is_protected(lua_State* L, int metatable_index);

}  // namespace florin::lua
