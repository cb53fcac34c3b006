// One prepared statement and the places that SOCI reads its parameters from and writes its columns to.
// With PostgreSQL SOCI binds by address, so these are bound once, when the statement is prepared, and reassigned before
// each execution. Never soci::row: it truncates 64-bit integers (DEPENDENCIES 2b). Internal to the store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

#include "kernel/platform/store/store.hpp"

namespace soci {
struct sqlite3_statement_backend;
}

namespace florin::store {

// The names of the parameters (":merchant") in the order of their first appearance; a name used twice
// takes one value. Quoted text is skipped.
std::vector<std::string> parameter_names(std::string_view sql);

// Throws EngineFault: neither engine keeps such a text whole.
void refuse_zero_bytes(std::string_view text);

class Statement {
 public:
  // Prepares for parameters of the types that `values` have, and for columns as in Session::fetch.
  Statement(soci::session& session, std::string_view sql, const std::vector<Parameter>& values,
            std::string_view columns);

  // Whether it was prepared for such values and columns. NULL fits any parameter.
  bool fits(const std::vector<Parameter>& values, std::string_view columns) const;
  // Its last execution threw: it must not be executed again.
  bool has_failed() const { return executing_; }

  // SOCI's exceptions pass through.
  std::int64_t run(const std::vector<Parameter>& values);
  void fetch(const std::vector<Parameter>& values, int limit,
             const std::function<void(const std::vector<Value>&)>& row);

 private:
  struct Slot {
    char kind = 's';  // 'i' or 's'.
    long long integer = 0;
    std::string text;
    soci::indicator state = soci::i_ok;
  };
  struct Finish;
  void bind(const std::vector<Parameter>& values);
  bool execute();
  void read_row();
  void read_sqlite_row();

  std::unique_ptr<Slot[]> parameters_, columns_;  // Bound by address: made once, never moved.
  std::size_t parameter_count_, column_count_;
  std::vector<Value> row_;
  soci::statement statement_;
  soci::sqlite3_statement_backend* sqlite_;  // Null with PostgreSQL.
  // Stays true when it throws: SOCI 4.0.3 then still holds the parameters' texts for PostgreSQL, which only
  // its destructor frees and the next execution would forget.
  bool executing_ = false;
};

}  // namespace florin::store
