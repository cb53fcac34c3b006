// Runs scripts/**/*_test.lua. A test is Lua in a cage too, with a larger budget; the policies that it
// calls run in their own cages under the real one, and what goes in and out passes through JSON as it does
// for the kernel. The helpers in `t` are Lua as well: scripts/testing.lua.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/policy.hpp"
#include "kernel/platform/lua/values.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
using lua::Cage;

constexpr PolicyBudget kTestBudget{20'000'000, 64 * 1024 * 1024, std::chrono::seconds(2)};
constexpr const char* kHelpers = "testing.lua";

std::optional<std::string> read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) return std::nullopt;
  return text.str();
}

// The policies that tests have asked for; they live as long as the tests run.
struct Shelf {
  std::string scripts_dir;
  std::map<std::string, std::shared_ptr<const Policy>> policies;
};

// A policy as a test sees it: a function of its arguments. Upvalue: the Policy.
int call_policy(lua_State* L) {
  const auto* policy = static_cast<const Policy*>(lua_touserdata(L, lua_upvalueindex(1)));
  std::vector<Json> arguments;
  for (int i = 1; i <= lua_gettop(L); ++i) arguments.push_back(lua::read_json(L, i));
  const PolicyResult result = policy->run_json(arguments);
  if (!result.ok) return luaL_error(L, "%s", result.why.c_str());
  lua::push_json(L, result.value);
  return 1;
}

// t.policy("routing/static_order"). Upvalue: the Shelf.
int find_policy(lua_State* L) {
  auto* shelf = static_cast<Shelf*>(lua_touserdata(L, lua_upvalueindex(1)));
  const std::string name = luaL_checkstring(L, 1);
  auto& policy = shelf->policies[name];
  if (!policy) {
    auto loaded = load_policy(shelf->scripts_dir, name);
    if (!loaded) return luaL_error(L, "%s", loaded.error().message.c_str());
    policy = std::move(*loaded);
  }
  lua_pushlightuserdata(L, const_cast<Policy*>(policy.get()));
  lua_pushcclosure(L, call_policy, 1);
  return 1;
}

// One test file.
class TestFile {
 public:
  TestFile(std::string file, std::string source, const std::string& helpers, Shelf& shelf)
      : file_(std::move(file)), source_(std::move(source)), helpers_(helpers), shelf_(shelf) {}

  std::vector<PolicyTestResult> run() {
    auto cage = Cage::open(file_, source_, kTestBudget);
    if (!cage) return {failure(cage.error().message)};
    std::vector<std::string> names;
    const PolicyResult listed = (*cage)->protect([&](lua_State* L) { names = list(L, **cage); });
    if (!listed.ok) return {failure(listed.why)};
    if (names.empty()) return {failure(file_ + ": the file returns no test")};
    std::sort(names.begin(), names.end());
    std::vector<PolicyTestResult> results;
    for (const std::string& name : names) results.push_back(run_one(name));
    return results;
  }

 private:
  PolicyTestResult failure(std::string why) const { return {file_, "loads", false, std::move(why), Duration{0}}; }

  static void push_tests(lua_State* L, const Cage& cage) {
    cage.push_chunk(L);
    lua_call(L, 0, 1);
    if (!lua_istable(L, -1)) luaL_error(L, "a test file returns a table of functions by name");
  }

  static std::vector<std::string> list(lua_State* L, const Cage& cage) {
    std::vector<std::string> names;
    push_tests(L, cage);
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
      if (lua_type(L, -2) != LUA_TSTRING || !lua_isfunction(L, -1))
        luaL_error(L, "a test file returns a table of functions by name");
      names.emplace_back(lua_tostring(L, -2));
    }
    return names;
  }

  // In a cage of its own, so that no test sees what another one did.
  PolicyTestResult run_one(const std::string& name) {
    auto cage = Cage::open(file_, source_, kTestBudget);
    if (!cage) return failure(cage.error().message);
    const PolicyResult ran = (*cage)->protect([&](lua_State* L) {
      push_tests(L, **cage);
      lua_getfield(L, -1, name.c_str());
      (*cage)->push_source(L, kHelpers, helpers_);
      lua_call(L, 0, 1);
      lua_pushlightuserdata(L, &shelf_);
      lua_pushcclosure(L, find_policy, 1);
      lua_call(L, 1, 1);  // testing.lua's function makes `t` of t.policy.
      lua_call(L, 1, 0);
    });
    return {file_, name, ran.ok, ran.why, ran.took};
  }

  std::string file_, source_;
  const std::string& helpers_;
  Shelf& shelf_;
};

std::vector<fs::path> test_files(const std::string& scripts_dir) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(scripts_dir, failed), end; !failed && at != end; at.increment(failed))
    if (at->is_regular_file() && at->path().filename().string().ends_with("_test.lua")) files.push_back(at->path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<PolicyTestResult> run_policy_tests(const std::string& scripts_dir) {
  const auto helpers = read(fs::path(scripts_dir) / kHelpers);
  if (!helpers)
    return {{kHelpers, "loads", false, fmt::format("{}/{} cannot be read: it has what tests are given", scripts_dir, kHelpers), {}}};
  Shelf shelf{scripts_dir, {}};
  std::vector<PolicyTestResult> results;
  for (const fs::path& path : test_files(scripts_dir)) {
    const std::string file = fs::relative(path, scripts_dir).string();
    const auto source = read(path);
    if (!source) {
      results.push_back({file, "loads", false, file + " cannot be read", {}});
      continue;
    }
    for (PolicyTestResult& result : TestFile(file, *source, *helpers, shelf).run()) results.push_back(std::move(result));
  }
  return results;
}

}  // namespace florin
