// Bugs on purpose, so that the simulation and the drills prove that they see what they are there to see. They
// exist only in programs that are built with FLORIN_SEEDED_BUGS (cmake -DFLORIN_SEEDED_BUGS=ON makes such
// programs beside the real ones), where one is chosen when the program runs, by name. Everywhere else
// FLORIN_SEEDED_BUG(name) is the constant false and nothing of a bug is compiled.
#pragma once

#ifdef FLORIN_SEEDED_BUGS

#include <string>
#include <vector>

namespace florin {

enum class SeededBug {
  none,
  answer_before_commit,            // A payment's success is answered before it is durable (law 1).
  attempt_not_durable,             // The attempt of a failover is sent without having been stored (law 2).
  failover_on_silence,             // No answer is taken for a "no": the next provider is charged too (law 3).
  doubt_taken_for_no,              // A look-up that does not know is taken for "nothing there" (law 3).
  resent_under_new_key,            // A capture or refund in doubt is sent again as if it were another (law 3).
  key_without_merchant,            // Two merchants' idempotency keys of the same text are one (law 6).
  event_outside_transaction,       // A transition's event is written with the next one (law 5).
  refund_without_lock,             // A refund under way is not reserved: two may give back too much.
  double_posting_on_recovery,      // What recovery settles is booked twice (law 4).
  expiry_forgotten,                // Nobody gives an authorization back that was never captured.
  payer_forgotten,                 // Nobody asks for a payer who does not come back.
  cursor_before_deliveries,        // The outbox's cursor moves in a transaction of its own, before the work.
  failed_delivery_taken_for_done,  // A webhook that the receiver refused counts as delivered.
};

// All of them but `none`, by name.
const std::vector<std::string>& seeded_bug_names();
// "" : none. Unknown names are our bug. At start it is what the environment variable FLORIN_SEEDED_BUG says.
void choose_seeded_bug(const std::string& name);
bool is_seeded(SeededBug bug);

}  // namespace florin

#define FLORIN_SEEDED_BUG(name) ::florin::is_seeded(::florin::SeededBug::name)

#else

#define FLORIN_SEEDED_BUG(name) false

#endif
