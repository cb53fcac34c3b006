// Stands between one plugin and the kernel: marks when its code runs, counts and translates what it throws,
// and mends answers that make no sense. One Guard a plugin, shared by all that was made from it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include <florin/plugin.hpp>

#include "kernel/platform/plugin_host/crash_marks.hpp"

namespace florin {

class OperationWatch;

class Guard {
 public:
  // `watch`, when there is one, outlives every operation.
  Guard(std::string plugin, std::shared_ptr<CrashMarks> marks, int number, OperationWatch* watch)
      : plugin_(std::move(plugin)), marks_(std::move(marks)), number_(number), watch_(watch) {}

  const std::string& plugin() const { return plugin_; }  // "provider acme"
  std::int64_t exceptions() const { return exceptions_.load(std::memory_order_relaxed); }

  // To be called in a catch block: counts and logs what is being handled and says it in a sentence. Names
  // the exception's type only: its text may quote what was being parsed, card numbers included.
  std::string caught(const char* operation);
  // An answer that no plugin may give: counted and logged the same way.
  std::string nonsense(const char* operation, const std::string& what);
  // An operation that was left behind because it never ended: counted and logged the same way.
  std::string endless(const char* operation);
  OperationWatch* watch() const { return watch_; }

  // For a call that cannot wait: marked for as long as it is alive. A coroutine has it on its frame and
  // leaves and enters around its doors.
  class Mark : public CrashMarks::Mark {
   public:
    explicit Mark(Guard& guard) : CrashMarks::Mark(*guard.marks_, guard.number_) {}
  };

 private:
  std::string plugin_;
  std::shared_ptr<CrashMarks> marks_;
  int number_;
  OperationWatch* const watch_;
  std::atomic<std::int64_t> exceptions_{0};
};

// Holds what the plugin made; its end is the plugin's code too.
template <class Inner>
class Held {
 public:
  Held(std::shared_ptr<Guard> guard, std::unique_ptr<Inner> inner)
      : guard_(std::move(guard)), inner_(std::move(inner)) {}
  ~Held() {
    Guard::Mark mark(*guard_);
    mark.enter();
    inner_.reset();
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  Guard& guard() const { return *guard_; }
  std::shared_ptr<Guard> shared_guard() const { return guard_; }
  Inner& operator*() const { return *inner_; }

 private:
  const std::shared_ptr<Guard> guard_;
  std::unique_ptr<Inner> inner_;
};

// Each owns what it guards and hands every call on.
std::shared_ptr<Provider> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<Provider> inner);
std::shared_ptr<Notifier> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<Notifier> inner);
std::shared_ptr<FraudRule> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<FraudRule> inner);
std::shared_ptr<Sandbox> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<Sandbox> inner);

}  // namespace florin
