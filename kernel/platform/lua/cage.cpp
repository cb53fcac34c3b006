// Opening a cage, running inside it, and turning whatever ended a run into a sentence.
#include "kernel/platform/lua/cage.hpp"

#include <fmt/format.h>

#include "kernel/platform/lua/library.hpp"
#include "kernel/platform/lua/text.hpp"

namespace florin::lua {
namespace {

// Where the registry keeps the frozen globals and the chunk.
enum Slot : char { kGlobals, kChunk };
char slots[2];

constexpr std::size_t kSourceLargest = 256 * 1024;
constexpr std::size_t kMessageLargest = 500;
// A warm state that has grown past this is dropped after its run rather than kept.
constexpr std::size_t kWarmLargest = 1024 * 1024;

// Gives the chunk on top of the stack the frozen globals: its first upvalue is _ENV.
void freeze_globals(lua_State* L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &slots[kGlobals]);
  lua_setupvalue(L, -2, 1);
}

// Runs where an error was raised, so that one that is no text can still say where that was.
int name_the_place(lua_State* L) {
  const bool speaks = lua_type(L, 1) == LUA_TSTRING || lua_islightuserdata(L, 1);
  if (speaks) return 1;
  const std::string sentence = fmt::format("{}raised a {} where error() wants a sentence", where(L),
                                           luaL_typename(L, 1));
  lua_pushlstring(L, sentence.data(), sentence.size());
  return 1;
}

}  // namespace

Cage::Cage(const std::string& script, const PolicyBudget& budget)
    : script_(script), budget_(budget), meter_(script, budget), arena_(budget.bytes, meter_) {}

Result<std::unique_ptr<Cage>> Cage::open(const std::string& script, std::string_view source,
                                         const PolicyBudget& budget) {
  if (source.size() > kSourceLargest)
    return Error{Error::Kind::kInvalid, fmt::format("{}:1: a policy has at most {} KiB of source", script,
                                                    kSourceLargest / 1024)};
  std::unique_ptr<Cage> cage(new Cage(script, budget));
  cage->meter_.start();
  cage->state_ = lua_newstate(Arena::resize, &cage->arena_);
  if (cage->state_ == nullptr)
    return Error{Error::Kind::kInvalid, fmt::format("{}:1: a budget of {} bytes holds no Lua at all", script,
                                                    budget.bytes)};
  *static_cast<Cage**>(lua_getextraspace(cage->state_)) = cage.get();
  const PolicyResult opened = cage->protect([&](lua_State* L) {
    // The library is our own code: it is built before the hook watches.
    push_frozen_globals(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &slots[kGlobals]);
    cage->push_source(L, script, source);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &slots[kChunk]);
    Meter::watch(L);
  });
  if (!opened.ok) return Error{Error::Kind::kInvalid, opened.why};
  // Garbage is small and short-lived: collecting it seldom is cheaper than collecting it early.
  lua_gc(cage->state_, LUA_GCINC, 400, 200, 0);
  return cage;
}

void Cage::push_chunk(lua_State* L) const {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &slots[kChunk]);
  // `_ENV = …` in an earlier run has changed this upvalue: put the frozen globals back.
  freeze_globals(L);
}

void Cage::push_source(lua_State* L, const std::string& script, std::string_view source) const {
  const std::string chunk_name = "@" + script;
  // Text only: crafted bytecode can break the interpreter.
  if (luaL_loadbufferx(L, source.data(), source.size(), chunk_name.c_str(), "t") != LUA_OK) lua_error(L);
  freeze_globals(L);
}

void Cage::push_policy(lua_State* L) const {
  push_chunk(L);
  lua_call(L, 0, 1);
  if (lua_type(L, -1) != LUA_TFUNCTION)
    luaL_error(L, "%s:1: the file must return a function, not a %s", script_.c_str(), luaL_typename(L, -1));
}

bool Cage::reusable() const { return !failed_ && arena_.footprint() <= kWarmLargest; }

PolicyResult Cage::protect_raw(lua_CFunction body, void* argument) {
  const auto began = std::chrono::steady_clock::now();
  PolicyResult result;
  lua_State* L = state_;
  meter_.start();
  lua_settop(L, 0);
  lua_pushcfunction(L, name_the_place);
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, argument);
  const int status = lua_pcall(L, 1, 0, 1);
  // Exhausted and yet ended well: the budget ran out in a last allocation. It is over all the same.
  result.ok = status == LUA_OK && !meter_.exhausted();
  if (!result.ok) {
    failed_ = true;
    result.why = sentence_of_error(L, status);
  }
  result.instructions = meter_.steps();
  result.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began);
  return result;
}

std::string Cage::sentence_of_error(lua_State* L, int status) const {
  if (meter_.exhausted()) return meter_.sentence();
  if (status == LUA_ERRMEM)
    return fmt::format("{}: stopped because it needs more than {} KiB, its budget", script_,
                       budget_.bytes / 1024);
  if (lua_type(L, -1) != LUA_TSTRING) return script_ + ": stopped by an error that has no text";
  std::size_t size = 0;
  const char* text = lua_tolstring(L, -1, &size);
  std::string sentence = printable({text, std::min(size, kMessageLargest)});
  // error("…", 0) carries no place of its own; of a long name Lua shows the end, after three dots.
  const bool placed = sentence.starts_with(script_) || sentence.starts_with("...");
  return placed ? sentence : script_ + ": " + sentence;
}

}  // namespace florin::lua
