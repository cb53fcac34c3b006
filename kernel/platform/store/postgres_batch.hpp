// Statements that nobody waits for one by one, sent to PostgreSQL together: libpq's pipeline mode
// (PostgreSQL 14 manual, section 34.5), one round trip for all of them. Internal to the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <libpq-fe.h>

#include "kernel/platform/store/store.hpp"

namespace florin::store {

class PostgresBatch {
 public:
  // `connection` outlives this.
  explicit PostgresBatch(PGconn* connection) : connection_(connection) {}

  // Keeps a copy of all texts. Throws EngineFault for a text that cannot be stored. `for_one`: it is trouble
  // when the statement changes no row, or several.
  void add(std::string_view sql, const std::vector<Parameter>& values, bool for_one = false);
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  // Forgets what was added after the first `count`.
  void shrink(std::size_t count) {
    if (count < waiting_.size()) waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(count), waiting_.end());
  }

  struct Trouble {
    std::string state, message;  // SQLSTATE, "" when the connection itself is gone.
    bool miscounted = false;     // Nothing failed, but a statement for one row changed none, or several.
  };
  // Sends everything and waits for every answer. Nothing: all of it is done. After trouble the transaction,
  // if one is open, has failed; nothing is kept.
  std::optional<Trouble> send();

 private:
  // SQL with $1 for ":name", prepared on the server under a name of ours once it has been sent.
  struct Prepared {
    std::string name, sql;
    std::size_t parameters = 0;
    bool known = false;
  };
  struct Waiting {
    Prepared* statement;
    std::vector<std::optional<std::string>> values;
    bool for_one = false;
  };
  bool queue(Waiting& one, bool prepare);
  // `asked`: for each answer that comes, whether it must tell of one row.
  std::optional<Trouble> take_answers(const std::vector<bool>& asked);
  std::string new_name() { return "florin_" + std::to_string(++named_); }

  PGconn* connection_;
  std::unordered_map<std::string, Prepared> statements_;
  std::vector<Waiting> waiting_;
  std::int64_t named_ = 0;
};

}  // namespace florin::store
