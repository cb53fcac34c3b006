// Joining is all there is to it: what is in the table was left by processes that are gone.
#include "kernel/platform/nodes/sole_node.hpp"

#include "kernel/platform/ids/ids.hpp"
#include "kernel/platform/nodes/node_table.hpp"
#include "kernel/platform/nodes/process_proof.hpp"

namespace florin::nodes {

SoleNode::SoleNode(Store& store, Clock& clock, Random& random)
    : store_(store), clock_(clock), id_(new_id("node", clock.now(), random)) {}

Task<Result<Done>> SoleNode::join() {
  const std::int64_t now = micros(clock_.now());
  auto unit = [this, now](Session& session) -> Result<Done> {
    insert(session, Row{id_, this_process(), 0, now, now});
    for (const Other& dead : others(session, id_)) {
      remove(session, dead.id);
      for (const HandOver& hand_over : hand_overs_) hand_over(session, dead.id);
    }
    return Done();
  };
  Task<Result<Done>> writing = store_.write(unit);
  co_return co_await writing;
}

Task<Result<Done>> SoleNode::leave() {
  auto unit = [this](Session& session) -> Result<Done> {
    if (!remove(session, id_)) return Done();
    for (const HandOver& hand_over : hand_overs_) hand_over(session, id_);
    return Done();
  };
  Task<Result<Done>> writing = store_.write(unit);
  co_return co_await writing;
}

}  // namespace florin::nodes
