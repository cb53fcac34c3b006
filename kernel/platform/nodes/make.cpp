// Which kind of node this process is.
#include "kernel/platform/nodes/shared_nodes.hpp"
#include "kernel/platform/nodes/sole_node.hpp"

namespace florin {

std::unique_ptr<Nodes> Nodes::make(Store& store, Executor& executor, Clock& clock, Random& random, NodeOptions options) {
  if (store.engine() == Engine::kSqlite) return std::make_unique<nodes::SoleNode>(store, clock, random);
  return std::make_unique<nodes::SharedNodes>(store, executor, clock, random, std::move(options));
}

}  // namespace florin
