// The two directions of values.hpp.
#include "kernel/platform/lua/values.hpp"

#include <array>
#include <cmath>
#include <string>

#include <florin/check.hpp>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/text.hpp"

namespace florin::lua {
namespace {

constexpr int kDepthMost = 32;
constexpr std::size_t kValuesMost = 10'000, kTextMost = 256 * 1024;

void push(lua_State* L, const Json& value, int depth) {
  if (depth > kDepthMost) luaL_error(L, "an argument is nested deeper than %d levels", kDepthMost);
  luaL_checkstack(L, 4, "an argument is nested too deeply");
  switch (value.type()) {
    case Json::value_t::boolean:
      lua_pushboolean(L, value.get_ref<const Json::boolean_t&>());
      break;
    case Json::value_t::number_integer:
      lua_pushinteger(L, value.get_ref<const Json::number_integer_t&>());
      break;
    case Json::value_t::number_unsigned: {
      const std::uint64_t number = value.get_ref<const Json::number_unsigned_t&>();
      if (number > static_cast<std::uint64_t>(LUA_MAXINTEGER))
        luaL_error(L, "an argument holds an integer above 2^63-1");
      lua_pushinteger(L, static_cast<lua_Integer>(number));
      break;
    }
    case Json::value_t::number_float:
      lua_pushnumber(L, value.get_ref<const Json::number_float_t&>());
      break;
    case Json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      lua_pushlstring(L, text.data(), text.size());
      break;
    }
    case Json::value_t::array: {
      lua_createtable(L, static_cast<int>(value.size()), 0);
      lua_Integer position = 0;
      for (const Json& element : value) {
        push(L, element, depth + 1);
        lua_rawseti(L, -2, ++position);
      }
      break;
    }
    case Json::value_t::object:
      lua_createtable(L, 0, static_cast<int>(value.size()));
      for (const auto& [key, member] : value.get_ref<const Json::object_t&>()) {
        lua_pushlstring(L, key.data(), key.size());
        push(L, member, depth + 1);
        lua_rawset(L, -3);
      }
      break;
    default:
      lua_pushnil(L);
  }
}

// Builds the argument on the stack: the open tables, and in a map the key that waits for its value.
class StackWriter final : public PolicyWriter {
 public:
  explicit StackWriter(lua_State* L) : L_(L) {}

  void map(int size) override { open(false, size); }
  void list(int size) override { open(true, size); }
  void end() override {
    FLORIN_CHECK(depth_ > 0, "end() closes what map() or list() opened");
    --depth_;
    placed();
  }
  void key(const char* name) override { lua_pushstring(L_, name); }
  void text(std::string_view value) override {
    lua_pushlstring(L_, value.data(), value.size());
    placed();
  }
  void integer(std::int64_t value) override {
    lua_pushinteger(L_, value);
    placed();
  }
  void boolean(bool value) override {
    lua_pushboolean(L_, value);
    placed();
  }
  void json(const Json& value) override {
    push(L_, value, depth_);
    placed();
  }
  using PolicyWriter::boolean, PolicyWriter::integer, PolicyWriter::json, PolicyWriter::list, PolicyWriter::map,
      PolicyWriter::text;

 private:
  struct Table {
    bool is_list;
    lua_Integer position;
  };
  static constexpr int kOpenMost = 8;  // What the kernel itself builds; JSON inside it has its own bound.

  void open(bool is_list, int size) {
    FLORIN_CHECK(depth_ < kOpenMost, "the kernel's own arguments are not that deep");
    luaL_checkstack(L_, 6, "an argument is nested too deeply");
    lua_createtable(L_, is_list ? size : 0, is_list ? 0 : size);
    open_[depth_++] = {is_list, 0};
  }
  // The value on top goes to where it belongs; the outermost stays.
  void placed() {
    if (depth_ == 0) return;
    Table& table = open_[depth_ - 1];
    if (table.is_list)
      lua_rawseti(L_, -2, ++table.position);
    else
      lua_rawset(L_, -3);
  }

  lua_State* L_;
  int depth_ = 0;
  std::array<Table, kOpenMost> open_{};
};

// Reads one answer, counting what it holds.
class Reader {
 public:
  explicit Reader(lua_State* L) : L_(L), meter_(Cage::of(L).meter()) { steps_.reserve(4); }

  Json read(int index) {
    meter_.charge(L_, 4);
    if (++values_ > kValuesMost) refuse("more than 10000 values");
    switch (lua_type(L_, index)) {
      case LUA_TNIL:
      case LUA_TNONE: return nullptr;
      case LUA_TBOOLEAN: return lua_toboolean(L_, index) != 0;
      case LUA_TNUMBER: return number(index);
      case LUA_TSTRING: return text(index);
      case LUA_TTABLE: return table(lua_absindex(L_, index));
      default: refuse(std::string("a ") + luaL_typename(L_, index));
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& what) {
    luaL_error(L_, "the answer%s holds %s, which it must not", path().c_str(), what.c_str());
    __builtin_unreachable();
  }

  // "" or " at routes.2": where in the answer the reader is.
  std::string path() const {
    std::string text;
    for (const Step& step : steps_) text += (text.empty() ? " at " : ".") + step.name;
    return printable(std::string_view(text).substr(0, 100));
  }

  Json number(int index) {
    if (lua_isinteger(L_, index)) return static_cast<std::int64_t>(lua_tointeger(L_, index));
    const lua_Number value = lua_tonumber(L_, index);
    if (!std::isfinite(value)) refuse("a number that is not finite");
    return value;
  }

  std::string text(int index) {
    std::size_t size = 0;
    const char* bytes = lua_tolstring(L_, index, &size);
    meter_.charge(L_, static_cast<std::int64_t>(size / 16));
    text_ += size;
    if (text_ > kTextMost) refuse("more than 256 KiB of text");
    if (!is_utf8({bytes, size})) refuse("text that is not UTF-8");
    return {bytes, size};
  }

  Json table(int index) {
    const void* self = lua_topointer(L_, index);
    for (const Step& step : steps_)
      if (step.table == self) refuse("a table that contains itself");
    if (steps_.size() >= kDepthMost) refuse("more than 32 levels");
    luaL_checkstack(L_, 4, "answer nested too deeply");
    steps_.push_back({self, ""});
    const auto length = static_cast<lua_Integer>(lua_rawlen(L_, index));
    Json read = length > 0 ? array(index, length) : object(index);
    steps_.pop_back();
    return read;
  }

  Json array(int index, lua_Integer length) {
    if (static_cast<std::size_t>(length) > kValuesMost) refuse("more than 10000 values");
    Json::array_t elements;
    elements.reserve(static_cast<std::size_t>(length));
    for (lua_Integer i = 1; i <= length; ++i) {
      steps_.back().name = std::to_string(i);
      if (lua_rawgeti(L_, index, i) == LUA_TNIL) refuse("a hole in a list");
      elements.push_back(this->read(-1));
      lua_pop(L_, 1);
    }
    // Whatever else there is makes it neither a list nor an object.
    lua_Integer members = 0;
    for (lua_pushnil(L_); lua_next(L_, index) != 0; lua_pop(L_, 1)) {
      meter_.charge(L_, 1);
      if (++members <= length) continue;
      refuse("a list that also has named members");
    }
    return elements;
  }

  Json object(int index) {
    Json::object_t members;
    for (lua_pushnil(L_); lua_next(L_, index) != 0; lua_pop(L_, 1)) {
      if (lua_type(L_, -2) != LUA_TSTRING) refuse(std::string("a key that is a ") + luaL_typename(L_, -2));
      std::string key = text(-2);
      steps_.back().name = key;
      members.emplace(std::move(key), this->read(-1));
    }
    if (members.empty()) return Json::array();
    return members;
  }

  struct Step {
    const void* table;
    std::string name;
  };
  lua_State* L_;
  Meter& meter_;
  std::vector<Step> steps_;
  std::size_t values_ = 0, text_ = 0;
};

}  // namespace

void push_json(lua_State* L, const Json& value) { push(L, value, 0); }

void push_written(lua_State* L, const PolicyArgument& argument) {
  const int before = lua_gettop(L);
  StackWriter writer(L);
  argument(writer);
  FLORIN_CHECK(lua_gettop(L) == before + 1, "an argument writes exactly one value");
}

Json read_json(lua_State* L, int index) { return Reader(L).read(index); }

}  // namespace florin::lua
