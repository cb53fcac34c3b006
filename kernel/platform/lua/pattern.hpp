// Lua's patterns (reference manual, section 6.4.1), every comparison charged to the meter: a pattern
// such as ('a-'):rep(5) .. 'b' on 120 letters keeps Lua's own matcher busy for half a minute, unseen.
// After lstrlib.c of Lua 5.4 (© 1994–2022 Lua.org, PUC-Rio, MIT licence), and with its messages.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <lua.hpp>

#include "kernel/platform/lua/meter.hpp"

namespace florin::lua {

class PatternMatcher {
 public:
  // A leading '^' holds the match to its start, except in gmatch, where it is a character.
  enum class Caret { kAnchors, kIsText };
  // Raises in `L` for a malformed pattern when it is met. Both texts must end in a NUL, as Lua's do.
  PatternMatcher(lua_State* L, Meter& meter, std::string_view text, std::string_view pattern,
                 Caret caret = Caret::kAnchors);

  // Matches from exactly `start`; the end of the match, or null.
  const char* match_at(const char* start);

  const char* begin() const { return text_; }
  const char* end() const { return text_end_; }
  bool anchored() const { return anchored_; }

  // Pushes the captures of the last match: all of them, or the whole match when the pattern has none and
  // `start` is given. How many.
  int push_captures(const char* start, const char* end);
  // Pushes one, counted from 0; 0 without captures is the whole match.
  void push_capture(int index, const char* start, const char* end);
  int captures() const { return level_; }

 private:
  static constexpr int kCapturesMost = 32, kDepthMost = 200;
  static constexpr std::size_t kPatternLargest = 2000;
  static constexpr std::ptrdiff_t kUnfinished = -1, kPosition = -2;
  struct Capture {
    const char* start;
    std::ptrdiff_t length;
  };

  const char* match(const char* s, const char* p);
  const char* match_default(const char* s, const char*& p, bool& done);
  const char* start_capture(const char* s, const char* p, std::ptrdiff_t what);
  const char* end_capture(const char* s, const char* p);
  const char* match_capture(const char* s, int name);
  const char* match_balance(const char* s, const char* p);
  const char* expand_most(const char* s, const char* p, const char* after);
  const char* expand_least(const char* s, const char* p, const char* after);
  bool at_frontier(const char* s, const char* p, const char* after);
  bool matches_one(const char* s, const char* p, const char* after);
  const char* class_end(const char* p);
  int closed_capture(int name);
  void step(std::int64_t steps = 1) { meter_.charge(L_, steps); }

  lua_State* L_;
  Meter& meter_;
  const char* text_;
  const char* text_end_;
  const char* pattern_;
  const char* pattern_end_;
  bool anchored_;
  int depth_ = 0;
  int level_ = 0;  // How many captures there are, finished or not.
  std::array<Capture, kCapturesMost> capture_{};
};

}  // namespace florin::lua
