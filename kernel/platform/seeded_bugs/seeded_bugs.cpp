// Which bug was chosen. Empty in a real build.
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

#ifdef FLORIN_SEEDED_BUGS

#include <algorithm>
#include <cstdlib>

#include <florin/check.hpp>

namespace florin {

namespace {

SeededBug bug_of(const std::string& name) {
  if (name.empty()) return SeededBug::none;
  const std::vector<std::string>& names = seeded_bug_names();
  const auto found = std::find(names.begin(), names.end(), name);
  FLORIN_CHECK(found != names.end(), "a seeded bug is chosen by one of the names in seeded_bugs.hpp");
  return static_cast<SeededBug>(found - names.begin() + 1);
}

SeededBug& chosen() {
  static SeededBug bug = [] {
    const char* const name = std::getenv("FLORIN_SEEDED_BUG");
    return bug_of(name == nullptr ? "" : name);
  }();
  return bug;
}

}  // namespace

const std::vector<std::string>& seeded_bug_names() {
  // As they stand in SeededBug.
  static const std::vector<std::string> names = {"answer_before_commit",
                                                 "attempt_not_durable",
                                                 "failover_on_silence",
                                                 "doubt_taken_for_no",
                                                 "resent_under_new_key",
                                                 "key_without_merchant",
                                                 "event_outside_transaction",
                                                 "refund_without_lock",
                                                 "double_posting_on_recovery",
                                                 "expiry_forgotten",
                                                 "payer_forgotten",
                                                 "cursor_before_deliveries",
                                                 "failed_delivery_taken_for_done"};
  return names;
}

void choose_seeded_bug(const std::string& name) { chosen() = bug_of(name); }

bool is_seeded(SeededBug bug) { return chosen() == bug; }

}  // namespace florin

#endif
