// The counting matcher against Lua's own, on many small random patterns: both must answer the same.
#include <random>

#include <gtest/gtest.h>
#include <lua.hpp>

#include "kernel/platform/lua/policy.hpp"

namespace florin {
namespace {

// Everything that find, match, gmatch and gsub say about a text and a pattern, as one text.
constexpr const char* kAll = R"lua(
return function(text, pattern)
  local said = {}
  local function say(...)
    local values = table.pack(...)
    for i = 1, values.n do values[i] = tostring(values[i]) end
    said[#said + 1] = table.concat(values, ",")
  end
  local function try(f, ...)
    local values = table.pack(pcall(f, ...))
    if values[1] then say(table.unpack(values, 1, values.n)) else say("error", (tostring(values[2]):gsub("^.-:%d+: ", ""))) end
  end
  try(string.find, text, pattern)
  try(string.find, text, pattern, 3)
  try(string.find, text, pattern, -2)
  try(string.find, text, pattern, 1, true)
  try(string.match, text, pattern)
  try(string.match, text, pattern, -3)
  try(function()
    local all = {}
    for a, b in string.gmatch(text, pattern) do all[#all + 1] = tostring(a) .. "/" .. tostring(b) end
    return table.concat(all, ";")
  end)
  try(string.gsub, text, pattern, "<%0>")
  try(string.gsub, text, pattern, "%1%%", 2)
  try(string.gsub, text, pattern, function(a) return a == "a" and "A" end)
  try(string.gsub, text, pattern, { a = 1, b = false, ab = "both" })
  return table.concat(said, "\n")
end
)lua";

// The bytes that a class takes, as numbers.
constexpr const char* kBytesOf = R"lua(
return function(class)
  local bytes = {}
  for byte = 0, 255 do
    if string.find(string.char(byte), "[" .. class .. "]") then bytes[#bytes + 1] = byte end
  end
  return table.concat(bytes, " ")
end
)lua";

// What a policy returns, said by a Lua state with the library as it is shipped.
class ShippedLua {
 public:
  explicit ShippedLua(const char* policy) : state_(luaL_newstate()) {
    luaL_openlibs(state_);
    EXPECT_EQ(luaL_loadstring(state_, policy), LUA_OK);
    EXPECT_EQ(lua_pcall(state_, 0, 1, 0), LUA_OK);
  }
  ~ShippedLua() { lua_close(state_); }
  std::string say(const std::string& text, const std::string& pattern) {
    lua_pushvalue(state_, 1);
    lua_pushlstring(state_, text.data(), text.size());
    lua_pushlstring(state_, pattern.data(), pattern.size());
    EXPECT_EQ(lua_pcall(state_, 2, 1, 0), LUA_OK) << lua_tostring(state_, -1);
    std::string said = lua_tostring(state_, -1);
    lua_pop(state_, 1);
    return said;
  }

 private:
  lua_State* state_;
};

std::string pick(std::mt19937& random, const std::vector<std::string>& from, std::size_t most) {
  std::string text;
  for (std::size_t i = random() % (most + 1); i > 0; --i) text += from[random() % from.size()];
  return text;
}

TEST(LuaPattern, FindsWhatLuaFinds) {
  const std::vector<std::string> letters = {"a", "b", "A", "1", " ", "(", ")", ".", "-", "x", "%", "]", "^"};
  const std::vector<std::string> pieces = {
      "a",   "b",  ".",   "%a",    "%d",  "%s",     "%W", "[ab]", "[^a]", "[a-c]", "[%d%s]", "*", "+", "-", "?", "(",
      ")",   "()", "%1",  "%2",    "%b()", "%f[%w]", "^",  "$",    "%%",   "[]]",   "[^]]",   "%.", "1", "[a-]", "%f", "[", "%",
      "(a*)", "(.)", "(b?)"};
  const auto policy = compile_policy("patterns", kAll);
  ASSERT_TRUE(policy) << policy.error().message;
  ShippedLua shipped(kAll);
  std::mt19937 random(20221120);  // NOLINT: a fixed seed, so that a failure can be repeated.
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = pick(random, letters, 12), pattern = pick(random, pieces, 6);
    const PolicyResult said = (*policy)->run_json({text, pattern});
    ASSERT_TRUE(said.ok) << said.why;
    ASSERT_EQ(said.value.get<std::string>(), shipped.say(text, pattern)) << "text: " << text << "\npattern: " << pattern;
  }
}

TEST(LuaPattern, EachLetterNamesTheClassThatItNamesInLua) {
  const auto policy = compile_policy("classes", kBytesOf);
  ASSERT_TRUE(policy) << policy.error().message;
  ShippedLua shipped(kBytesOf);
  for (const char letter : std::string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    const std::string name = std::string("%") + letter;
    const PolicyResult said = (*policy)->run_json({name});
    ASSERT_TRUE(said.ok) << said.why;
    EXPECT_EQ(said.value.get<std::string>(), shipped.say(name, "")) << name;
  }
}

}  // namespace
}  // namespace florin
