// re2.match(text, pattern): regular expressions in linear time, by RE2. Sizes are bounded because RE2 runs
// outside of Lua's memory and counts no steps.
#include <algorithm>
#include <vector>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"
#include "kernel/platform/lua/re2_cache.hpp"

namespace florin::lua {
namespace {

constexpr std::size_t kTextLargest = 2048, kPatternLargest = 256, kCacheLargest = 32;
constexpr int kGroupsMost = 16;
constexpr std::int64_t kMemory = 256 * 1024;  // A pattern's; (a{1000}){1000} is refused by it.
constexpr int kProgramLargest = 1000;
constexpr std::int64_t kStepsToCompile = 5'000;

// Fills `groups` (the whole match first); false when the text does not match.
bool match(const re2::RE2& pattern, re2::StringPiece text, std::vector<re2::StringPiece>& groups) {
  return pattern.Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                       static_cast<int>(groups.size()));
}

int match_lua(lua_State* L) {
  std::size_t text_size = 0, pattern_size = 0;
  const char* text = luaL_checklstring(L, 1, &text_size);
  const char* source = luaL_checklstring(L, 2, &pattern_size);
  luaL_argcheck(L, text_size <= kTextLargest, 1, "the text is longer than 2048 bytes");
  luaL_argcheck(L, pattern_size <= kPatternLargest, 2, "the pattern is longer than 256 bytes");
  Cage& cage = Cage::of(L);
  if (!cage.re2().holds({source, pattern_size})) cage.meter().charge(L, kStepsToCompile);
  const re2::RE2* pattern = cage.re2().get({source, pattern_size});
  if (!pattern->ok()) return luaL_error(L, "re2: %s", pattern->error().c_str());
  const int groups_count = pattern->NumberOfCapturingGroups();
  luaL_argcheck(L, pattern->ProgramSize() <= kProgramLargest, 2, "the pattern is too complex");
  luaL_argcheck(L, groups_count <= kGroupsMost, 2, "the pattern has more than 16 groups");
  cage.meter().charge(L, static_cast<std::int64_t>(text_size) * pattern->ProgramSize() / 16 + 20);
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(groups_count) + 1);
  if (!match(*pattern, {text, text_size}, groups)) {
    lua_pushnil(L);
    return 1;
  }
  luaL_checkstack(L, groups_count + 1, "too many groups");
  if (groups_count > 0) groups.erase(groups.begin());
  for (const re2::StringPiece& group : groups) {
    // As in Lua's own match, a group that took no part is there, and false.
    if (group.data() == nullptr)
      lua_pushboolean(L, 0);
    else
      lua_pushlstring(L, group.data(), group.size());
  }
  return static_cast<int>(groups.size());
}

}  // namespace

const re2::RE2* Re2Cache::get(std::string_view pattern) {
  const auto found = compiled_.find(pattern);
  if (found != compiled_.end()) return found->second.get();
  if (compiled_.size() >= kCacheLargest) compiled_.clear();
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMemory);
  auto compiled = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  return compiled_.emplace(std::string(pattern), std::move(compiled)).first->second.get();
}

void add_re2_functions(lua_State* L) {
  lua_pushcfunction(L, match_lua);
  lua_setfield(L, -2, "match");
}

}  // namespace florin::lua
