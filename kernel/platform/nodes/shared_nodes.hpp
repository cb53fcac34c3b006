// One of several nodes on one PostgreSQL: keeps its lock, and looks at the others. Internal to nodes.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "kernel/platform/nodes/kept_lock.hpp"
#include "kernel/platform/nodes/node_table.hpp"
#include "kernel/platform/nodes/nodes.hpp"

namespace florin::nodes {

class SharedNodes final : public Nodes {
 public:
  SharedNodes(Store& store, Executor& executor, Clock& clock, Random& random, NodeOptions options);
  std::string me() const override;
  bool may_begin(const std::string& node) const override;
  void on_death(HandOver hand_over) override { hand_overs_.push_back(std::move(hand_over)); }
  Task<Result<Done>> join() override;
  void start() override { executor_.spawn("nodes watch", watch()); }
  Task<Result<Done>> leave() override;

 private:
  // Since when, on our monotonic clock, another has been without lock and beat.
  struct Silent {
    std::int64_t heartbeat = 0;
    Duration since{0};
  };
  Task<Result<Done>> enter();
  Task<void> watch();
  Task<void> look_around();
  bool is_dead(const Other& other);
  Task<Result<Done>> hand_over(std::string id, std::int64_t heartbeat);

  Store& store_;
  Executor& executor_;
  Clock& clock_;
  Random& random_;
  const NodeOptions options_;
  std::vector<HandOver> hand_overs_;
  std::atomic<bool> left_{false};
  mutable std::mutex mutex_;
  std::string me_;                        // Guarded by mutex_.
  std::map<std::string, Silent> silent_;  // The watching task's.
  KeptLock lock_;
};

}  // namespace florin::nodes
