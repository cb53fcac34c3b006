// For an executor that must be able to drop every task at once, as a crash does (the simulation's). One that
// is a TaskKeeper too is told of the frame of each task that is spawned on it.
#pragma once

#include <coroutine>

namespace florin {

class TaskKeeper {
 public:
  virtual ~TaskKeeper() = default;
  // Before the task's first step, and just before its frame frees itself. Destroying the frame in between,
  // while nothing of it runs, destroys all that the task owns.
  virtual void task_begins(std::coroutine_handle<> frame) = 0;
  virtual void task_ends(std::coroutine_handle<> frame) = 0;
};

}  // namespace florin
