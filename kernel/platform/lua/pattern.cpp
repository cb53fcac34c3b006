// The matcher: backtracking over the pattern as Lua does it, with a bound on depth and a price on steps.
#include "kernel/platform/lua/pattern.hpp"

#include <cctype>
#include <cstring>

namespace florin::lua {
namespace {

int byte(const char* at) { return static_cast<unsigned char>(*at); }

// Whether character `c` is in the class that a letter after '%' names; capitals name the complement.
bool in_class(int c, int name) {
  bool in = false;
  switch (std::tolower(name)) {
    case 'a': in = std::isalpha(c) != 0; break;
    case 'c': in = std::iscntrl(c) != 0; break;
    case 'd': in = std::isdigit(c) != 0; break;
    case 'g': in = std::isgraph(c) != 0; break;
    case 'l': in = std::islower(c) != 0; break;
    case 'p': in = std::ispunct(c) != 0; break;
    case 's': in = std::isspace(c) != 0; break;
    case 'u': in = std::isupper(c) != 0; break;
    case 'w': in = std::isalnum(c) != 0; break;
    case 'x': in = std::isxdigit(c) != 0; break;
    case 'z': in = c == 0; break;  // In Lua's code and no longer in its manual.
    default: return name == c;
  }
  return std::isupper(name) != 0 ? !in : in;
}

// Whether `c` is in the set that begins at '[' and whose ']' is at `last`.
bool in_set(int c, const char* p, const char* last) {
  bool positive = true;
  if (p[1] == '^') {
    positive = false;
    ++p;
  }
  while (++p < last) {
    if (*p == '%') {
      ++p;
      if (in_class(c, byte(p))) return positive;
    } else if (p[1] == '-' && p + 2 < last) {
      p += 2;
      if (byte(p - 2) <= c && c <= byte(p)) return positive;
    } else if (byte(p) == c) {
      return positive;
    }
  }
  return !positive;
}

}  // namespace

PatternMatcher::PatternMatcher(lua_State* L, Meter& meter, std::string_view text, std::string_view pattern,
                               Caret caret)
    : L_(L),
      meter_(meter),
      text_(text.data()),
      text_end_(text.data() + text.size()),
      pattern_(pattern.data()),
      pattern_end_(pattern.data() + pattern.size()),
      anchored_(caret == Caret::kAnchors && !pattern.empty() && pattern.front() == '^') {
  if (pattern.size() > kPatternLargest) luaL_error(L, "pattern longer than %d bytes", int{kPatternLargest});
  if (anchored_) ++pattern_;
}

const char* PatternMatcher::match_at(const char* start) {
  level_ = 0;
  depth_ = 0;
  return match(start, pattern_);
}

const char* PatternMatcher::match(const char* s, const char* p) {
  if (++depth_ > kDepthMost) luaL_error(L_, "pattern too complex");
  bool done = false;
  while (!done && s != nullptr && p != pattern_end_) {
    step();
    done = true;
    if (*p == '(') {
      s = p[1] == ')' ? start_capture(s, p + 2, kPosition) : start_capture(s, p + 1, kUnfinished);
    } else if (*p == ')') {
      s = end_capture(s, p + 1);
    } else if (*p == '$' && p + 1 == pattern_end_) {
      s = s == text_end_ ? s : nullptr;
    } else if (*p == '%' && p[1] == 'b') {
      s = match_balance(s, p + 2);
      p += 4;
      done = false;
    } else if (*p == '%' && p[1] == 'f') {
      p += 2;
      if (*p != '[') luaL_error(L_, "missing '[' after '%%f' in pattern");
      const char* after = class_end(p);
      s = at_frontier(s, p, after) ? s : nullptr;
      p = after;
      done = false;
    } else if (*p == '%' && std::isdigit(byte(p + 1)) != 0) {
      s = match_capture(s, byte(p + 1));
      p += 2;
      done = false;
    } else {
      s = match_default(s, p, done);
    }
  }
  --depth_;
  return s;
}

// One character class and what may follow it: '*', '+', '-', '?' or nothing. Not `done`: goes on at `p`.
const char* PatternMatcher::match_default(const char* s, const char*& p, bool& done) {
  const char* after = class_end(p);
  const char suffix = after == pattern_end_ ? '\0' : *after;
  const bool matches = matches_one(s, p, after);
  if (!matches && (suffix == '*' || suffix == '-')) {  // Nothing of it: no need to go deeper.
    p = after + 1;
    done = false;
    return s;
  }
  if (suffix == '*') return expand_most(s, p, after);
  if (suffix == '+') return matches ? expand_most(s + 1, p, after) : nullptr;
  if (suffix == '-') return expand_least(s, p, after);
  if (suffix == '?') {
    if (matches) {
      if (const char* rest = match(s + 1, after + 1)) return rest;
    }
    p = after + 1;
    done = false;
    return s;
  }
  if (!matches) return nullptr;
  p = after;
  done = false;
  return s + 1;
}

const char* PatternMatcher::class_end(const char* p) {
  if (p == pattern_end_) luaL_error(L_, "malformed pattern (ends with '%%')");
  if (*p == '%') {
    if (p + 1 == pattern_end_) luaL_error(L_, "malformed pattern (ends with '%%')");
    return p + 2;
  }
  if (*p != '[') return p + 1;
  ++p;
  if (*p == '^') ++p;
  do {  // The first character of a set is itself, even when it is a ']'.
    if (p == pattern_end_) luaL_error(L_, "malformed pattern (missing ']')");
    if (*p++ == '%') {
      if (p == pattern_end_) luaL_error(L_, "malformed pattern (missing ']')");
      ++p;
    }
  } while (p == pattern_end_ || *p != ']');
  return p + 1;
}

bool PatternMatcher::matches_one(const char* s, const char* p, const char* after) {
  if (s >= text_end_) return false;
  switch (*p) {
    case '.': return true;
    case '%': return in_class(byte(s), byte(p + 1));
    case '[': step((after - p) / 8); return in_set(byte(s), p, after - 1);
    default: return byte(p) == byte(s);
  }
}

bool PatternMatcher::at_frontier(const char* s, const char* p, const char* after) {
  const int previous = s == text_ ? 0 : byte(s - 1);
  const int next = s == text_end_ ? 0 : byte(s);
  step((after - p) / 8);
  return !in_set(previous, p, after - 1) && in_set(next, p, after - 1);
}

const char* PatternMatcher::match_balance(const char* s, const char* p) {
  if (p + 1 >= pattern_end_) luaL_error(L_, "malformed pattern (missing arguments to '%%b')");
  if (s >= text_end_ || *s != *p) return nullptr;
  const char open = p[0], close = p[1];
  int nested = 1;
  while (++s < text_end_) {
    step();
    if (*s == close) {
      if (--nested == 0) return s + 1;
    } else if (*s == open) {
      ++nested;
    }
  }
  return nullptr;
}

const char* PatternMatcher::expand_most(const char* s, const char* p, const char* after) {
  std::ptrdiff_t count = 0;
  while (matches_one(s + count, p, after)) {
    step();
    ++count;
  }
  for (; count >= 0; --count) {
    step();
    if (const char* rest = match(s + count, after + 1)) return rest;
  }
  return nullptr;
}

const char* PatternMatcher::expand_least(const char* s, const char* p, const char* after) {
  for (;; ++s) {
    step();
    if (const char* rest = match(s, after + 1)) return rest;
    if (!matches_one(s, p, after)) return nullptr;
  }
}

const char* PatternMatcher::start_capture(const char* s, const char* p, std::ptrdiff_t what) {
  if (level_ >= kCapturesMost) luaL_error(L_, "too many captures");
  capture_[static_cast<std::size_t>(level_)] = {s, what};
  ++level_;
  const char* rest = match(s, p);
  if (rest == nullptr) --level_;
  return rest;
}

const char* PatternMatcher::end_capture(const char* s, const char* p) {
  int open = level_ - 1;
  while (open >= 0 && capture_[static_cast<std::size_t>(open)].length != kUnfinished) --open;
  if (open < 0) luaL_error(L_, "invalid pattern capture");
  Capture& capture = capture_[static_cast<std::size_t>(open)];
  capture.length = s - capture.start;
  const char* rest = match(s, p);
  if (rest == nullptr) capture.length = kUnfinished;
  return rest;
}

int PatternMatcher::closed_capture(int name) {
  const int index = name - '1';
  if (index < 0 || index >= level_ || capture_[static_cast<std::size_t>(index)].length == kUnfinished)
    luaL_error(L_, "invalid capture index %%%d", index + 1);
  return index;
}

const char* PatternMatcher::match_capture(const char* s, int name) {
  const Capture& capture = capture_[static_cast<std::size_t>(closed_capture(name))];
  // A position capture has no text; Lua reads its length as one that nothing is as long as.
  if (capture.length < 0 || text_end_ - s < capture.length) return nullptr;
  const auto size = static_cast<std::size_t>(capture.length);
  step(capture.length / 16);
  return std::memcmp(capture.start, s, size) == 0 ? s + size : nullptr;
}

void PatternMatcher::push_capture(int index, const char* start, const char* end) {
  if (index >= level_) {
    if (index != 0) luaL_error(L_, "invalid capture index %%%d", index + 1);
    lua_pushlstring(L_, start, static_cast<std::size_t>(end - start));
    return;
  }
  const Capture& capture = capture_[static_cast<std::size_t>(index)];
  if (capture.length == kUnfinished) luaL_error(L_, "unfinished capture");
  if (capture.length == kPosition)
    lua_pushinteger(L_, capture.start - text_ + 1);
  else
    lua_pushlstring(L_, capture.start, static_cast<std::size_t>(capture.length));
}

int PatternMatcher::push_captures(const char* start, const char* end) {
  const int count = level_ == 0 && start != nullptr ? 1 : level_;
  luaL_checkstack(L_, count, "too many captures");
  for (int i = 0; i < count; ++i) push_capture(i, start, end);
  return count;
}

}  // namespace florin::lua
