// What a policy finds in its cage, where that differs from Lua's own library, and that nothing is kept
// between calls or policies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/lua/policy.hpp"

namespace florin {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Policy> policy(const std::string& source, PolicyBudget budget = {}) {
  auto compiled = compile_policy("test", source, budget);
  EXPECT_TRUE(compiled) << compiled.error().message;
  return compiled ? *compiled : nullptr;
}

// What `return <expression>` answers.
Json value_of(const std::string& expression) {
  const PolicyResult result = policy("return function() return " + expression + " end")->run_json({});
  EXPECT_TRUE(result.ok) << expression << ": " << result.why;
  return result.value;
}

std::string failure_of(const std::string& body) {
  const PolicyResult result = policy("return function() " + body + " end")->run_json({});
  EXPECT_FALSE(result.ok) << body;
  return result.why;
}

TEST(LuaLibrary, PairsGoesThroughNumbersThenTextInOrder) {
  EXPECT_EQ(value_of(R"((function()
    local keys = {}
    for key in pairs({ zeta = 1, alpha = 1, [3] = 1, [1] = 1, [2.5] = 1, [-7] = 1, [true] = 1 }) do
      keys[#keys + 1] = tostring(key)
    end
    return table.concat(keys, " ")
  end)())"),
            "-7 1 2.5 3 alpha zeta true");
}

TEST(LuaLibrary, PairsPassesOverWhatTheLoopRemoves) {
  EXPECT_EQ(value_of(R"((function()
    local t, seen = { a = 1, b = 2, c = 3 }, ""
    for key in pairs(t) do seen = seen .. key; t.b = nil end
    return seen
  end)())"),
            "ac");
}

TEST(LuaLibrary, SortIsStableAndSurvivesAComparatorThatContradictsItself) {
  EXPECT_EQ(value_of(R"((function()
    local t = { "b2", "a1", "b1", "a2" }
    table.sort(t, function(x, y) return x:sub(1, 1) < y:sub(1, 1) end)
    return table.concat(t, " ")
  end)())"),
            "a1 a2 b2 b1");
  EXPECT_EQ(value_of(R"((function()
    local t = {}
    for i = 1, 100 do t[i] = i end
    table.sort(t, function() return true end)
    local sum = 0
    for _, v in ipairs(t) do sum = sum + v end
    return sum
  end)())"),
            5050);
}

TEST(LuaLibrary, TableFunctionsDoWhatLuasDo) {
  EXPECT_EQ(value_of("(function() local t = {1,2,3}; table.insert(t, 2, 9); return t end)()"), (Json{1, 9, 2, 3}));
  EXPECT_EQ(value_of("(function() local t = {1,2,3}; return {table.remove(t, 1), table.remove(t), #t} end)()"),
            (Json{1, 3, 1}));
  EXPECT_EQ(value_of("table.move({1,2,3}, 1, 3, 2)"), (Json{1, 1, 2, 3}));
  EXPECT_EQ(value_of("table.move({1,2,3}, 2, 3, 1)"), (Json{2, 3, 3}));
  EXPECT_EQ(value_of("table.concat({1,'b',2.5}, '-', 2)"), "b-2.5");
  EXPECT_EQ(value_of("{table.unpack({1,2,3}, 2)}"), (Json{2, 3}));
  EXPECT_EQ(value_of("table.pack(1,nil,3).n"), 3);
}

TEST(LuaLibrary, MoneyIsExactAndRefusesWhatDoesNotFit) {
  EXPECT_EQ(value_of("money.minor('500.00', 'EUR')"), 50000);
  EXPECT_EQ(value_of("money.minor('500', 'JPY')"), 500);
  EXPECT_EQ(value_of("money.text(-5, 'EUR')"), "-0.05");
  EXPECT_EQ(value_of("money.share(1250, 140, 10000)"), 18);
  EXPECT_THAT(failure_of("return money.minor('500.0', 'EUR')"), HasSubstr("test.lua:1:"));
  EXPECT_THAT(failure_of("return money.minor('5', 'XXQ')"), HasSubstr("test.lua:1:"));
}

TEST(LuaLibrary, TextIsNeverANumberByItself) {
  EXPECT_THAT(failure_of("return '10' + 1"), HasSubstr("arithmetic on a string value"));
  EXPECT_EQ(value_of("tonumber('10') + 1"), 11);
}

TEST(LuaLibrary, NothingShowsAnAddress) {
  EXPECT_EQ(value_of("tostring({}) .. ' ' .. string.format('%s %s', print, function() end)"), "table nil function");
  EXPECT_THAT(failure_of("return string.format('%p', {})"), HasSubstr("addresses"));
  EXPECT_EQ(value_of("string.format('%5.2f|%-3d|%%|%s', 1.5, 7, 'x')"), " 1.50|7  |%|x");
}

TEST(LuaLibrary, MetatablesWorkAsCopiesMadeWhenTheyAreSet) {
  EXPECT_EQ(value_of(R"((function()
    local Account = {}
    Account.__index = Account
    local a = setmetatable({ balance = 5 }, Account)
    function Account.twice(self) return self.balance * 2 end
    Account.__len = function() return 99 end
    return { a:twice(), #a, getmetatable(a) == Account }
  end)())"),
            (Json{10, 0, true}));
}

TEST(LuaLibrary, PcallCatchesAPolicysOwnErrorsAndCoroutinesYieldThroughIt) {
  EXPECT_EQ(value_of("{ pcall(error, { code = 7 }) }"), (Json{false, {{"code", 7}}}));
  EXPECT_EQ(value_of("{ xpcall(error, function(m) return m .. '!' end, 'no') }"), (Json{false, "no!"}));
  EXPECT_EQ(value_of(R"((function()
    local co = coroutine.wrap(function()
      local ok, sum = pcall(function() return coroutine.yield(1) + 1 end)
      return { ok, sum }
    end)
    co()
    return co(41)
  end)())"),
            (Json{true, 42}));
}

TEST(LuaLibrary, Re2MatchesLikeStringMatch) {
  EXPECT_EQ(value_of("{ re2.match('card 4242 of PT', '([0-9]+) of ([A-Z]{2})') }"), (Json{"4242", "PT"}));
  EXPECT_EQ(value_of("re2.match('abc', 'b+')"), "b");
  EXPECT_EQ(value_of("re2.match('abc', 'x') == nil"), true);
  EXPECT_EQ(value_of("{ re2.match('b', '(a)?(b)') }"), (Json{false, "b"}));
}

TEST(LuaLibrary, WhatAPolicyCannotReachIsNotThere) {
  for (const char* name : {"load", "loadstring", "loadfile", "dofile", "require", "package", "io", "os", "debug",
                           "collectgarbage", "print", "warn", "utf8", "string.dump", "string.pack", "string.unpack",
                           "math.random", "math.randomseed"})
    EXPECT_EQ(value_of(std::string(name) + " == nil"), true) << name;
}

TEST(LuaLibrary, NothingIsKeptBetweenCalls) {
  const auto counting = policy(R"(
    local count = 0
    local shared = {}
    return function() count = count + 1; shared[#shared + 1] = 1; return { count, #shared } end)");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(counting->run_json({}).value, (Json{1, 1}));
  const auto environment = policy(R"(
    local seen = stash
    return function() _ENV = { stash = "kept" }; return { seen or "nothing" } end)");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(environment->run_json({}).value, Json{"nothing"});
}

TEST(LuaLibrary, WhatOnePolicyPoisonsNoOtherSees) {
  const auto poison = policy(R"(return function()
    pcall(function() string.upper = function() return "stolen" end end)
    pcall(function() rawset(string, "upper", function() return "stolen" end) end)
    pcall(function() getmetatable("").__index = function() return "stolen" end end)
    pcall(function() setmetatable(_G, { __index = function() return "stolen" end }) end)
    pcall(function() _G.tostring = nil end)
    pcall(function() math.pi = 3 end)
    return ("x"):upper() .. tostring(math.floor(math.pi * 100)) .. tostring(next(string)) .. tostring(stolen)
  end)");
  EXPECT_EQ(poison->run_json({}).value, "X314nilnil");
  EXPECT_EQ(poison->run_json({}).value, "X314nilnil");
  EXPECT_EQ(value_of("('x'):upper() .. tostring(math.floor(math.pi * 100))"), "X314");
}

}  // namespace
}  // namespace florin
