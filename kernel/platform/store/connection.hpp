// One database connection: a Session with its cache of prepared statements, and the words of
// transactions, which each engine spells in its own file. Used by one thread at a time. Internal to the
// store. Everything that fails throws EngineFault.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <soci/soci.h>

#include "kernel/platform/store/fault.hpp"
#include "kernel/platform/store/group.hpp"
#include "kernel/platform/store/statement.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin::store {

class Connection : public GroupSession {
 public:
  // Where stage() puts events; null (as at first): here nothing may be staged.
  void collect_events(std::vector<StagedEvent>* into) { staged_ = into; }
  void stage(StagedEvent event) final;

  // SQL without parameters, as it stands; several statements at once are fine.
  virtual void exec(const std::string& sql) = 0;

  virtual void begin() = 0;       // To write.
  virtual void begin_read() = 0;  // One snapshot.
  virtual void mark() { exec("SAVEPOINT unit"); }
  virtual void keep() { exec("RELEASE SAVEPOINT unit"); }
  virtual void undo() { exec("ROLLBACK TO SAVEPOINT unit; RELEASE SAVEPOINT unit"); }
  // Carries out what execute_later() put aside.
  virtual void flush() {}
  // Whether run_for_one() may say yes first and find out at the next flush(), which then throws NotAsHoped.
  virtual void hope(bool /*may*/) {}
  // What the group has put aside; the same when its next unit begins, and back to there, because that was refused.
  struct Aside {
    std::size_t statements = 0, sums = 0;
    bool operator==(const Aside&) const = default;
  };
  virtual Aside aside() const { return {0, sums_.size()}; }
  virtual Aside begin_unit() { return aside(); }
  virtual void forget_since(const Aside& before) { sums_.resize(std::min(sums_.size(), before.sums)); }
  // The sums of the group, each once, in an order that is the same in every node.
  void carry_out_sums();
  // Returns: it is durable. Throws kLost: unknown, ask was_committed(); throws anything else: it is not.
  virtual void commit() = 0;
  void rollback() noexcept;
  // False too when the engine ended the transaction by itself.
  virtual bool in_transaction() const = 0;

  // Names the open transaction, so that another connection can ask what became of it; "" when a lost
  // connection cannot leave that open.
  virtual std::string transaction_name() { return ""; }
  // Nothing: it is still running there.
  virtual std::optional<bool> was_committed(const std::string& transaction_name);

  // For migrations: whether the table exists, and a lock that holds off other nodes until COMMIT.
  virtual bool has_table(const std::string& name) = 0;
  virtual void lock_schema() {}

  // After a commit has been told: the engine's own housekeeping.
  virtual void tidy() {}
  // Before use after a long pause.
  virtual void check_alive() {}

  // Whether a statement has failed since the last call: a unit that swallows a StoreFault fails all the same.
  bool take_failed() { return std::exchange(failed_, false); }
  // Whether anything may have been changed since the last call: rows, not events that were staged.
  bool take_touched() { return std::exchange(touched_, false); }

 protected:
  explicit Connection(std::unique_ptr<soci::session> session) : session_(std::move(session)) {}
  // A backend's exception, sorted. Without the parameters that SOCI puts into what().
  virtual EngineFault sorted(const soci::soci_error& error) const = 0;
  void forget_statements() {
    by_address_.clear();
    statements_.clear();
  }
  soci::session& session() { return *session_; }
  const soci::session& session() const { return *session_; }

  std::vector<Parameter>& parameters() final {
    values_.clear();
    return values_;
  }
  const std::vector<Parameter>& given() const { return values_; }
  // Notes what a statement did that was not carried out by run().
  void note(bool touched, bool failed) {
    touched_ = touched_ || touched;
    failed_ = failed_ || failed;
  }
  std::int64_t run(std::string_view sql) final;
  void run_later(std::string_view sql) override { run(sql); }
  bool run_for_one(std::string_view sql) override { return run(sql) == 1; }
  void run_at_close(std::string_view sql) final;
  void fetch(std::string_view sql, int limit, std::string_view columns,
             const std::function<void(const std::vector<Value>&)>& row) final;

 private:
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Sum {
    std::string_view sql;
    std::vector<std::string> keys;
    std::int64_t amount = 0;
  };
  Statement& prepared(std::string_view sql, std::string_view columns);
  template <class Work>
  auto guarded(Work work);

  // Declared in this order: statements go before the session that they belong to.
  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, std::vector<std::unique_ptr<Statement>>, TextHash, std::equal_to<>>
      statements_;
  // The same by the address of their SQL, which is a literal: found without reading it all for its hash.
  struct Known {
    std::string_view sql;
    std::vector<std::unique_ptr<Statement>>* statements;
  };
  std::unordered_map<const char*, Known> by_address_;
  std::vector<Parameter> values_;
  std::vector<StagedEvent>* staged_ = nullptr;
  std::vector<Sum> sums_;  // As they were added.
  bool failed_ = false, touched_ = false;
};

// A statement that was said to change one row has not, or has failed; the transaction is to be rolled back and
// its units run again without hope.
struct NotAsHoped {};

// Makes a connection of either kind; throws EngineFault.
class Connector {
 public:
  virtual ~Connector() = default;
  virtual Engine engine() const = 0;
  virtual std::unique_ptr<Connection> writer() = 0;
  virtual std::unique_ptr<Connection> reader() = 0;
  // How many units share a transaction at the most.
  virtual std::size_t units_max() const = 0;

  // The first kDamaged that any of its connections met: from then on none is used any more. Thread-safe.
  void note(const EngineFault& fault);
  std::optional<EngineFault> damage() const;

 private:
  mutable std::mutex mutex_;
  std::atomic<bool> damaged_{false};
  std::optional<EngineFault> damage_;
};

}  // namespace florin::store
