// The one node of a SQLite file: who has the file open holds its lock, so every other node is dead.
// Internal to nodes.
#pragma once

#include <vector>

#include "kernel/platform/nodes/nodes.hpp"

namespace florin::nodes {

class SoleNode final : public Nodes {
 public:
  SoleNode(Store& store, Clock& clock, Random& random);
  std::string me() const override { return id_; }
  // The file's lock lasts as long as the process.
  bool may_begin(const std::string& node) const override { return node == id_; }
  void on_death(HandOver hand_over) override { hand_overs_.push_back(std::move(hand_over)); }
  Task<Result<Done>> join() override;
  void start() override {}
  Task<Result<Done>> leave() override;

 private:
  Store& store_;
  Clock& clock_;
  const std::string id_;
  std::vector<HandOver> hand_overs_;
};

}  // namespace florin::nodes
