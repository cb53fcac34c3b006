// Remembers across the process's death whose code was running: a file, mapped before any plugin is
// loaded, with a cell a thread. A plugin's number stands in its thread's cell while its code runs, so that
// the next start can say who was in when the process died, and leave out who did it twice.
//
// Being in is no proof: power cuts and kill -9 come at any moment. What counts as the plugin's fault is a
// fatal signal raised in its code, an exit called by it (also on a thread that it started), and a step that never
// ended (the watchdog).
// A mark without such a proof is only a suspicion; several ends in a row with it count like two faults.
//
// The file is of fixed size, in host byte order (it never leaves its machine); a slot a plugin, with a
// checksum, forgotten when that is wrong. A rebuilt plugin (another digest) starts afresh.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/plugin_host/crash_signals.hpp"

namespace florin {

class CrashMarks {
 public:
  static constexpr int kFaultsToQuarantine = 2;
  static constexpr int kSuspicionsToQuarantine = 5;  // In a row.

  struct Options {
    std::string file;  // "": no marks are kept, nothing is ever quarantined.
    std::chrono::milliseconds step_limit{10'000};  // One step of a plugin; then the process is ended.
    // For a tool, while no daemon runs: says what a start would find, and changes nothing.
    bool look_only = false;
  };
  // What the last end of the process says about a plugin.
  struct Finding {
    std::string plugin;  // "provider acme"
    bool fault = false;  // False: it was in, and may be innocent.
    std::string how;     // "crashed (signal 11)", "called exit()", ...
  };

  // Reads what the last process left, counts it and starts afresh. When another process holds the file
  // (a daemon, while a tool looks), it is only read. A file that cannot be opened is an Error.
  static Result<std::shared_ptr<CrashMarks>> open(Options options);
  virtual ~CrashMarks() = default;

  virtual const std::vector<Finding>& findings() const = 0;
  // The plugin's number for Mark; 0 (never marked) when no file is kept or its 64 slots are full.
  // `plugin` is kind and name, at most 47 bytes.
  virtual int number_of(const std::string& plugin, const std::string& digest) = 0;
  virtual bool quarantined(int number) const = 0;
  // For every plugin whose name follows a kind in `plugin`: forgets its faults. kNotFound: it has none.
  virtual Result<Done> forgive(const std::string& name) = 0;

  // This operation of plugin `number` is running on the calling thread, until leave(). Two stores.
  class Mark {
   public:
    Mark(CrashMarks& marks, int number) : marks_(number > 0 ? &marks : nullptr), number_(number) {}
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;
    ~Mark() { leave(); }
    void enter() noexcept;
    // From any thread: an operation may end on another thread than it was resumed on, a moment later.
    void leave() noexcept;

   private:
    CrashMarks* marks_;
    int number_;
    crash::Cell* cell_ = nullptr;
  };

 protected:
  crash::Cell* cells_ = nullptr;  // kThreads of them; null when no marks are kept. Never unmapped.
};

}  // namespace florin
