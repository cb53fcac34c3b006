// Policies as the kernel holds them: source and version, and the warm cages that wait for the next run.
// A run takes a cage out of the shelf, so that a worker needs one of its own only while others are busy.
#include "kernel/platform/lua/policy.hpp"

#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include <fmt/format.h>

#include <florin/crypto.hpp>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/values.hpp"

namespace florin {
namespace {

using lua::Cage;

class CompiledPolicy final : public Policy {
 public:
  CompiledPolicy(std::string name, std::string source, PolicyBudget budget)
      : name_(std::move(name)),
        source_(std::move(source)),
        version_(to_hex(sha256(source_)).substr(0, 12)),
        budget_(budget) {}

  const std::string& name() const override { return name_; }
  const std::string& version() const override { return version_; }

  Result<Done> check() const {
    auto cage = Cage::open(name_ + ".lua", source_, budget_);
    if (!cage) return cage.error();
    const PolicyResult ran = (*cage)->protect([&](lua_State* L) { (*cage)->push_policy(L); });
    if (!ran.ok) return Error{Error::Kind::kInvalid, ran.why};
    put_back(std::move(*cage));
    return Done{};
  }

  PolicyResult run(const std::vector<PolicyArgument>& arguments) const override try {
    auto cage = take();
    if (!cage) return PolicyResult{.why = cage.error().message};
    Json answer;
    PolicyResult result = (*cage)->protect([&](lua_State* L) {
      (*cage)->push_policy(L);
      luaL_checkstack(L, static_cast<int>(arguments.size()), "too many arguments");
      for (const PolicyArgument& argument : arguments) lua::push_written(L, argument);
      lua_call(L, static_cast<int>(arguments.size()), 1);
      answer = lua::read_json(L, -1);
    });
    if (result.ok) result.value = std::move(answer);
    if ((*cage)->reusable()) put_back(std::move(*cage));
    return result;
  } catch (const std::exception& e) {
    return PolicyResult{.why = fmt::format("{}.lua: could not be run: {}", name_, e.what())};
  }

 private:
  Result<std::unique_ptr<Cage>> take() const {
    {
      const std::lock_guard lock(mutex_);
      if (!warm_.empty()) {
        std::unique_ptr<Cage> cage = std::move(warm_.back());
        warm_.pop_back();
        return cage;
      }
    }
    return Cage::open(name_ + ".lua", source_, budget_);
  }
  void put_back(std::unique_ptr<Cage> cage) const {
    const std::lock_guard lock(mutex_);
    warm_.push_back(std::move(cage));
  }

  const std::string name_, source_, version_;
  const PolicyBudget budget_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Cage>> warm_;  // At most as many as ever ran at the same time.
};

bool is_inside(const std::string& name) {
  const std::filesystem::path path(name);
  if (name.empty() || path.is_absolute() || name.find('\0') != std::string::npos) return false;
  for (const auto& part : path)
    if (part == "..") return false;
  return true;
}

}  // namespace

PolicyResult Policy::run_json(const std::vector<Json>& arguments) const {
  std::vector<PolicyArgument> written;
  for (const Json& argument : arguments)
    written.push_back([&argument](PolicyWriter& writer) { writer.json(argument); });
  return run(written);
}

Result<std::shared_ptr<const Policy>> compile_policy(std::string name, std::string_view source,
                                                     PolicyBudget budget) {
  auto policy = std::make_shared<CompiledPolicy>(std::move(name), std::string(source), budget);
  const auto checked = policy->check();
  if (!checked) return checked.error();
  return std::shared_ptr<const Policy>(std::move(policy));
}

Result<std::shared_ptr<const Policy>> load_policy(const std::string& scripts_dir, const std::string& name,
                                                  PolicyBudget budget) {
  if (!is_inside(name))
    return Error{Error::Kind::kInvalid,
                 fmt::format("policy '{}' is not a name below the scripts folder, such as routing/static_order", name)};
  const std::string path = scripts_dir + "/" + name + ".lua";
  std::ifstream file(path, std::ios::binary);
  std::ostringstream source;
  if (!file || !(source << file.rdbuf()))
    return Error{Error::Kind::kInvalid, fmt::format("policy '{}' cannot be read from {}", name, path)};
  return compile_policy(name, source.str(), budget);
}

}  // namespace florin
