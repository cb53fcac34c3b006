// Policies' patterns: our counting matcher does what Lua's own does (find, match, gmatch, gsub, captures and
// messages alike) whenever it ends within its budget, and it always ends. Input: a pattern, a line end, a text.
#include <memory>
#include <string>

#include "kernel/platform/lua/cage.hpp"
#include "tests/fuzz/support/fuzz.hpp"

namespace florin {
namespace {

// The same chunk runs in both machines. Everything that patterns do becomes one text.
constexpr std::string_view kProbe = R"(
local function told(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  return table.concat(parts, ",") .. ";"
end
local function each(text, pattern)
  local parts, count = {}, 0
  for a, b, c in string.gmatch(text, pattern) do
    count = count + 1
    parts[count] = told(a, b, c)
    if count == 50 then break end
  end
  return table.concat(parts)
end
return function(text, pattern)
  return told(pcall(string.find, text, pattern)) .. told(pcall(string.find, text, pattern, -3)) ..
         told(pcall(string.match, text, pattern, 2)) .. told(pcall(each, text, pattern)) ..
         told(pcall(string.gsub, text, pattern, "<%0>")) .. told(pcall(string.gsub, text, pattern, "%1", 3))
end
)";

struct Told {
  bool ok = false;
  std::string text;
};

void push_arguments(lua_State* L, std::string_view text, std::string_view pattern) {
  lua_pushlstring(L, text.data(), text.size());
  lua_pushlstring(L, pattern.data(), pattern.size());
}

Told in_the_cage(std::string_view text, std::string_view pattern) {
  PolicyBudget budget;
  budget.instructions = 200'000;
  budget.wall = std::chrono::seconds(10);  // Steps decide alone: the same input always does the same.
  auto cage = lua::Cage::open("probe.lua", kProbe, budget);
  FLORIN_CHECK(cage, "the probe compiles");
  Told told;
  const PolicyResult result = (*cage)->protect([&](lua_State* L) {
    (*cage)->push_policy(L);
    push_arguments(L, text, pattern);
    lua_call(L, 2, 1);
    std::size_t size = 0;
    const char* bytes = lua_tolstring(L, -1, &size);
    told.text.assign(bytes, size);
  });
  told.ok = result.ok;
  FLORIN_CHECK(result.instructions <= 2 * budget.instructions, "a run ends within twice its budget");
  FLORIN_CHECK(result.ok || (*cage)->meter().exhausted(), "nothing but its budget ends a probe");
  return told;
}

std::string in_plain_lua(std::string_view text, std::string_view pattern) {
  const std::unique_ptr<lua_State, void (*)(lua_State*)> state(luaL_newstate(), lua_close);
  lua_State* L = state.get();
  luaL_openlibs(L);
  FLORIN_CHECK(luaL_loadbufferx(L, kProbe.data(), kProbe.size(), "=probe.lua", "t") == LUA_OK, "the probe compiles");
  lua_call(L, 0, 1);
  push_arguments(L, text, pattern);
  lua_call(L, 2, 1);
  std::size_t size = 0;
  const char* bytes = lua_tolstring(L, -1, &size);
  return std::string(bytes, size);
}

}  // namespace

void fuzz_one(std::string_view input) {
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view pattern = input.substr(0, line), text = input.substr(std::min(line + 1, input.size()));
  const Told ours = in_the_cage(text, pattern);
  // What the budget stopped might keep plain Lua busy for minutes: that is why there is a matcher of ours.
  if (ours.ok) FLORIN_CHECK(ours.text == in_plain_lua(text, pattern), "a pattern does what Lua's does");
}

}  // namespace florin
