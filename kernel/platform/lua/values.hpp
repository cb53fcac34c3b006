// JSON into the cage and answers out of it. Integers stay integers; what JSON cannot say (functions,
// cycles, NaN, bytes that are no text) is refused with a sentence that names the place.
#pragma once

#include <vector>

#include <lua.hpp>

#include <florin/json.hpp>

#include "kernel/platform/lua/policy.hpp"

namespace florin::lua {

// Pushes `value`: null as nil (an object's member that is null is absent), arrays from 1. Raises in `L` for
// an integer above 2^63-1 and for more than 32 levels.
void push_json(lua_State* L, const Json& value);

// Pushes what `argument` writes. Raises as push_json does.
void push_written(lua_State* L, const PolicyArgument& argument);

// Reads the value at `index` without asking metamethods. A table with positions 1..n and nothing else is an
// array, one with text keys an object, an empty one an empty array. Raises in `L` for anything else, for
// more than 32 levels, 10,000 values or 256 KiB of text.
Json read_json(lua_State* L, int index);

}  // namespace florin::lua
