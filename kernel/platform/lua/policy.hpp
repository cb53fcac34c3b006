// Policies: Lua in a cage (law 9). A policy is a chunk that returns a function of its arguments; it has
// no I/O, no clock, a bounded number of instructions and bytes, and keeps nothing between calls.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <florin/json.hpp>
#include <florin/result.hpp>
#include <florin/time.hpp>

namespace florin {

struct PolicyBudget {
  std::int64_t instructions = 1'000'000;
  std::size_t bytes = 8 * 1024 * 1024;
  // Of the thread that runs it: a policy is not stopped because the machine was busy with something else.
  Duration wall = std::chrono::milliseconds(10);
};

struct PolicyResult {
  bool ok = false;
  Json value;       // What the policy returned, when ok. Numbers that are integers stay integers.
  std::string why;  // When not ok: a sentence with file and line, for operators.
  std::int64_t instructions = 0;  // Spent, counted in hundreds; work of the library's counts as well.
  Duration took{0};
};

// Writes one argument of a policy, without a tree of JSON in between. A value is a text, an integer, a
// boolean, JSON, or what stands between map() or list() and end(); in a map each is preceded by its key().
class PolicyWriter {
 public:
  virtual ~PolicyWriter() = default;
  // `size`: about how many values will follow; more or fewer are fine.
  virtual void map(int size) = 0;
  virtual void list(int size) = 0;
  virtual void end() = 0;
  // `name` ends in NUL. A literal costs least: it is known again by where it stands.
  virtual void key(const char* name) = 0;
  virtual void text(std::string_view value) = 0;
  virtual void integer(std::int64_t value) = 0;
  virtual void boolean(bool value) = 0;
  virtual void json(const Json& value) = 0;  // null: nil; as a map's value it is absent.

  // A member of a map.
  void text(const char* name, std::string_view value) {
    key(name);
    text(value);
  }
  void integer(const char* name, std::int64_t value) {
    key(name);
    integer(value);
  }
  void boolean(const char* name, bool value) {
    key(name);
    boolean(value);
  }
  void json(const char* name, const Json& value) {
    key(name);
    json(value);
  }
  void map(const char* name, int size) {
    key(name);
    map(size);
  }
  void list(const char* name, int size) {
    key(name);
    list(size);
  }
};

// Writes exactly one value. What it refers to outlives the run.
using PolicyArgument = std::function<void(PolicyWriter&)>;

// A compiled policy, immutable, shared by all workers.
class Policy {
 public:
  virtual ~Policy() = default;
  virtual const std::string& name() const = 0;     // "routing/prefer_local_acquirer"
  virtual const std::string& version() const = 0;  // SHA-256 of its source, first 12 hex digits.
  // Runs it on this thread, in a warm state that no other thread uses meanwhile. Never throws, never
  // exceeds twice its budget. `null` arrives as nil; an empty table comes back as an empty array.
  virtual PolicyResult run(const std::vector<PolicyArgument>& arguments) const = 0;
  // The same with arguments that are JSON already.
  PolicyResult run_json(const std::vector<Json>& arguments) const;
};

// Compiles text (never bytecode) and runs the chunk once, to see that it returns a function. Errors:
// kInvalid with "file:line: what".
Result<std::shared_ptr<const Policy>> compile_policy(std::string name, std::string_view source,
                                                     PolicyBudget budget = {});
// scripts_dir/<name>.lua; a name with ".." or a leading "/" is refused.
Result<std::shared_ptr<const Policy>> load_policy(const std::string& scripts_dir, const std::string& name,
                                                  PolicyBudget budget = {});

// ---- Policy tests: scripts/**/*_test.lua ---------------------------------------------------------

struct PolicyTestResult {
  std::string file, name;
  bool passed = false;
  std::string why;
  Duration took{0};
};
// Runs every test below `scripts_dir`. How a test file looks is in scripts/README.md.
std::vector<PolicyTestResult> run_policy_tests(const std::string& scripts_dir);

}  // namespace florin
