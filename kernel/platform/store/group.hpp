// What a unit of work can leave to the group that it is committed with: counting that nobody has to wait for,
// and sums that many units add to. Over any Session; one that has no group does it at once.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernel/platform/store/store.hpp"

namespace florin {

using Parameters = std::vector<Parameter>;

class GroupSession : public Session {
 public:
  bool changes_one(std::string_view sql, const Parameters& values) {
    parameters() = values;
    return run_for_one(sql);
  }
  void add_at_close(std::string_view sql, const Parameters& values) {
    parameters() = values;
    run_at_close(sql);
  }

 protected:
  virtual bool run_for_one(std::string_view sql) = 0;
  virtual void run_at_close(std::string_view sql) = 0;
};

// Whether exactly one row was changed. It nearly always is, so PostgreSQL says yes before it has asked; when
// that proves wrong, the unit is run again from its beginning and hears the truth.
inline bool changes_one(Session& session, std::string_view sql, const Parameters& values) {
  if (auto* const group = dynamic_cast<GroupSession*>(&session)) return group->changes_one(sql, values);
  return session.execute(sql, values) == 1;
}

// The statement is carried out once when the group closes, with all that its units added to the same keys. `sql`
// is a literal; its first value is the amount, the others are the keys, all of them texts. A unit that is
// refused has added nothing, and no unit sees what was added in its own group.
inline void add_at_close(Session& session, std::string_view sql, const Parameters& values) {
  if (auto* const group = dynamic_cast<GroupSession*>(&session)) return group->add_at_close(sql, values);
  session.execute(sql, values);
}

}  // namespace florin
