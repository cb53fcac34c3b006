// PRAGMA integrity_check, as a query.
#include "kernel/platform/store/integrity.hpp"

#include <tuple>

namespace florin {

std::vector<std::string> integrity_faults(Session& session) {
  std::vector<std::string> faults;
  if (session.engine() != Engine::kSqlite) return faults;
  // Its indices and constraints as well, not quick_check: a flipped byte in a row shows there first.
  for (auto& [said] : session.all<std::tuple<std::string>>("select integrity_check from pragma_integrity_check(100)"))
    if (said != "ok") faults.push_back("the database is damaged: " + said);
  return faults;
}

}  // namespace florin
