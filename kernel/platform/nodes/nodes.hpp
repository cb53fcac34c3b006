// Who is alive. Every running process is a node under an id of its own, its incarnation; whatever it
// carries in memory or has leased (attempts, jobs) names it, so that what a dead one left is taken over
// at once, and what a living one carries is left alone.
//
// Why a take-over charges nobody twice (law 3). A node is dead for others only when
//   SQLite:     somebody else has opened the file: the file's lock came free with the process;
//   PostgreSQL: the advisory lock that it keeps on a connection of its own is free, and either its process
//               is gone (same machine: seen at once), or it has been silent for `silence` (lock free and no
//               heartbeat at every look).
// A free lock alone proves nothing: its connection may have died while the process lives on, with requests
// on their way. Therefore a node begins a request that can move money only while its last successful beat
// (lock held, heartbeat written) is younger than `fence`, and fence < silence: by the time others take it
// for dead it has stopped beginning. A node that finds itself taken for dead goes on under a new id; what
// it carried under the old one may still finish, and whoever settles first wins (the attempt's row decides).
// What had begun may still be on its way to the provider when its sender is dead. So whoever takes over may
// believe "found" at once, but "nothing there" only from a look-up that began at least one whole exchange
// time-out after the sending had ended (payments/quiet.hpp); until then it asks again.
//
// Needs sessions of the server's own: a pooler that shares them between transactions keeps no such lock.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct NodeOptions {
  std::string store_url;  // PostgreSQL: where the lock's connection goes.
  std::chrono::milliseconds beat{500};      // Between two beats, and between two looks at the others.
  std::chrono::milliseconds fence{3000};    // Less than `silence` by at least two beats.
  std::chrono::milliseconds silence{4500};
};

class Nodes {
 public:
  // The engine decides: one node a SQLite file, any number on one PostgreSQL. All arguments outlive it.
  static std::unique_ptr<Nodes> make(Store& store, Executor& executor, Clock& clock, Random& random,
                                     NodeOptions options);
  virtual ~Nodes() = default;

  // "node_...": the incarnation that this process is now. From any thread.
  virtual std::string me() const = 0;
  // Whether a request that can move money may begin now for what `node` carries. From any thread.
  virtual bool may_begin(const std::string& node) const = 0;

  // Runs in the unit that removes a dead node: frees or enqueues what it left. Before join().
  using HandOver = std::function<void(Session&, const std::string& node)>;
  virtual void on_death(HandOver hand_over) = 0;

  // Enters the table, then looks at the others once. After it, may_begin(me()) holds.
  virtual Task<Result<Done>> join() = 0;
  // Looks at the others until the clock stops.
  virtual void start() = 0;
  // The end of a clean stop: hands over what is left, as on_death() says, and leaves the table.
  virtual Task<Result<Done>> leave() = 0;
};

// The nodes that live as this session sees it; in one snapshot with what else it reads.
std::set<std::string> living_nodes(Session& session);

}  // namespace florin
