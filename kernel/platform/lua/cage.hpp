// One Lua state with one compiled chunk in it, its memory and its meter: the cage of law 9. Used by one
// thread at a time. Everything that touches Lua happens inside protect(), where errors are caught.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include <lua.hpp>

#include <florin/result.hpp>

#include "kernel/platform/lua/arena.hpp"
#include "kernel/platform/lua/meter.hpp"
#include "kernel/platform/lua/re2_cache.hpp"
#include "kernel/platform/lua/policy.hpp"

namespace florin::lua {

class Cage {
 public:
  // Compiles `source` as text; `script` ("routing/x.lua") is its name in messages. Errors: kInvalid with
  // "file:line: what".
  static Result<std::unique_ptr<Cage>> open(const std::string& script, std::string_view source,
                                            const PolicyBudget& budget);
  // The cage that `L`, or the state that `L` is a coroutine of, lives in.
  static Cage& of(lua_State* L) { return **static_cast<Cage**>(lua_getextraspace(L)); }

  Cage(const Cage&) = delete;
  Cage& operator=(const Cage&) = delete;

  // Runs `body(L)` under the budget with an empty stack. `body` may let Lua errors pass; what it keeps in
  // C++ objects is destroyed then. The result has no value, only ok, why, instructions and took.
  template <class Body>
  PolicyResult protect(Body&& body) {
    return protect_raw(
        [](lua_State* L) {
          (*static_cast<std::remove_reference_t<Body>*>(lua_touserdata(L, 1)))(L);
          return 0;
        },
        &body);
  }

  // For use inside protect():
  // Pushes the chunk, ready to be called with no argument, its globals frozen anew.
  void push_chunk(lua_State* L) const;
  // Runs the chunk afresh and pushes the function that it returns.
  void push_policy(lua_State* L) const;
  // Compiles another text and pushes its chunk, with the same frozen globals.
  void push_source(lua_State* L, const std::string& script, std::string_view source) const;

  Meter& meter() { return meter_; }
  Arena& arena() { return arena_; }
  Re2Cache& re2() { return re2_; }
  // Whether the next run may use this cage: not after a failure, nor when its memory has grown.
  bool reusable() const;

 private:
  Cage(const std::string& script, const PolicyBudget& budget);
  PolicyResult protect_raw(lua_CFunction body, void* argument);
  std::string sentence_of_error(lua_State* L, int status) const;

  std::string script_;
  PolicyBudget budget_;
  Meter meter_;
  Arena arena_;
  Re2Cache re2_;
  bool failed_ = false;
  // Never closed: its memory goes with the arena, and nothing in it owns anything else.
  lua_State* state_ = nullptr;
};

inline Meter& meter_of(lua_State* L) { return Cage::of(L).meter(); }

}  // namespace florin::lua
