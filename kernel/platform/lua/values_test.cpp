// What passes the cage's wall unchanged, and the sentence for what does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/lua/policy.hpp"
#include "kernel/platform/lua/text.hpp"

namespace florin {
namespace {

using testing::HasSubstr;

PolicyResult echoed(const Json& value) {
  return (*compile_policy("echo", "return function(value) return { value } end"))->run_json({value});
}

TEST(LuaValues, JsonComesBackAsItWentIn) {
  const Json value = {{"text", "päyment \u20ac"}, {"flag", true},     {"list", {1, 2, {3}}},
                      {"half", 0.5},             {"whole", {{"a", 1}}}, {"empty", Json::array()}};
  const PolicyResult result = echoed(value);
  ASSERT_TRUE(result.ok) << result.why;
  EXPECT_EQ(result.value[0], value);
}

TEST(LuaValues, IntegersStayIntegersToTheLastOne) {
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN, (std::int64_t{1} << 53) + 1}) {
    const PolicyResult result = echoed(number);
    ASSERT_TRUE(result.ok) << result.why;
    ASSERT_TRUE(result.value[0].is_number_integer());
    EXPECT_EQ(result.value[0].get<std::int64_t>(), number);
  }
  EXPECT_TRUE(echoed(Json(12.0)).value[0].is_number_float());
}

TEST(LuaValues, AnIntegerAboveLuasIsRefusedAndNotMadeAFraction) {
  EXPECT_THAT(echoed(Json(std::uint64_t{1} << 63)).why, HasSubstr("integer above 2^63-1"));
}

TEST(LuaValues, NullIsAbsent) {
  const auto policy = *compile_policy("n", "return function(p) return { p.card == nil, p.name } end");
  EXPECT_EQ(policy->run_json({Json{{"card", nullptr}, {"name", "x"}}}).value, (Json{true, "x"}));
  EXPECT_EQ((*compile_policy("n", "return function() end"))->run_json({}).value, Json());
}

TEST(LuaValues, TheSentenceNamesThePlaceInTheAnswer) {
  const auto policy = *compile_policy("p", "return function() return { routes = { 'a', print or pcall } } end");
  EXPECT_EQ(policy->run_json({}).why, "p.lua: the answer at routes.2 holds a function, which it must not");
}

TEST(LuaValues, AnArgumentNestedTooDeeplyIsRefused) {
  Json deep = 1;
  for (int i = 0; i < 40; ++i) deep = Json{{"inner", std::move(deep)}};
  EXPECT_THAT(echoed(deep).why, HasSubstr("deeper than 32 levels"));
}

TEST(LuaText, Utf8IsWhatRfc3629Allows) {
  for (const char* good : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x92\xB6", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(lua::is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82"})
    EXPECT_FALSE(lua::is_utf8(bad));
  EXPECT_EQ(lua::printable("a\nb\x7F" "c"), "a?b?c");
  EXPECT_EQ(lua::printable("\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(lua::printable("\xC3"), "?");
}

}  // namespace
}  // namespace florin
