// PostgreSQL's connections. One transaction at a time, its savepoints spelled so that a unit costs one
// round trip beside its own statements; COMMIT is believed only when the server says that word.
#include "kernel/platform/store/postgres.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <fmt/format.h>

#include "kernel/platform/store/postgres_address.hpp"
#include "kernel/platform/store/postgres_batch.hpp"

namespace florin::store {

namespace {

using Kind = EngineFault::Kind;
using PgResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

// Any number, the same in every node: whoever holds it changes the tables.
constexpr const char* kSchemaLock = "SELECT pg_advisory_xact_lock(80247120961)";

Kind kind_of(std::string_view state) {
  if (state == "40001" || state == "40P01" || state == "55P03") return Kind::kConflict;
  if (state == "53100") return Kind::kFull;
  if (state.starts_with("08") || state.starts_with("57P")) return Kind::kLost;
  if (state == "XX001" || state == "XX002") return Kind::kDamaged;  // data_corrupted, index_corrupted
  if (state.starts_with("53") || state.starts_with("58") || state.starts_with("XX")) return Kind::kBroken;
  return Kind::kStatement;
}

std::unique_ptr<soci::session> connect(const std::string& url) {
  try {
    return std::make_unique<soci::session>(soci::postgresql, connection_words(url));
  } catch (const soci::soci_error& error) {
    throw EngineFault(Kind::kLost, shown_address(url) + ": " + error.get_error_message());
  }
}

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(const std::string& url, bool writes)
      : Connection(connect(url)),
        raw_(static_cast<soci::postgresql_session_backend*>(session().get_backend())->conn_),
        batch_(raw_) {
    PQsetNoticeProcessor(
        raw_, [](void*, const char*) {}, nullptr);
    PQsetErrorVerbosity(raw_, PQERRORS_TERSE);  // The detail quotes the rows' values.
    // Whatever the server's own settings: an answered COMMIT is on the disk, and nobody's forgotten lock
    // holds the one writer for ever.
    if (!writes) return;
    exec("SET synchronous_commit = on; SET lock_timeout = '3s'; SET default_transaction_read_only = off");
    prepare_marks();
  }
  ~PostgresConnection() override { forget_statements(); }

  Engine engine() const override { return Engine::kPostgres; }

  void exec(const std::string& sql) override { checked(sql); }
  void begin() override {
    kept_ = hoping_ = false;
    exec("BEGIN ISOLATION LEVEL READ COMMITTED");
  }
  void mark() override {
    exec(kept_ ? "RELEASE SAVEPOINT unit; SAVEPOINT unit" : "SAVEPOINT unit");
    kept_ = false;
  }
  // Said together with the next mark(), or by COMMIT.
  void keep() override { kept_ = true; }
  void begin_read() override { exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
  bool in_transaction() const override {
    const PGTransactionStatusType status = PQtransactionStatus(raw_);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
  }

  void commit() override {
    const PgResult result = checked("COMMIT");
    // In a transaction that an error has ended, COMMIT succeeds and says ROLLBACK.
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT")
      throw EngineFault(Kind::kStatement, "an error had ended the transaction before its COMMIT");
  }

  // The server's number says whether the transaction is over, but not how: a server that crashes before it has
  // written the number down gives it away again, and calls another's transaction by it. What proves a commit is a
  // mark of our own that came with it.
  std::string transaction_name() override {
    const std::string mark = writer_ + ":" + std::to_string(++marks_);
    const PgResult result = checked("INSERT INTO florin_commits (writer, mark) VALUES ('" + writer_ + "', '" + mark +
                                    "') ON CONFLICT (writer) DO UPDATE SET mark = EXCLUDED.mark, at = now() "
                                    "RETURNING pg_current_xact_id()::text");
    return std::string(PQgetvalue(result.get(), 0, 0)) + ":" + mark;
  }
  std::optional<bool> was_committed(const std::string& transaction_name) override {
    const std::size_t colon = transaction_name.find(':');
    const std::string number = transaction_name.substr(0, colon), mark = transaction_name.substr(colon + 1);
    try {
      const auto status = one<std::tuple<std::optional<std::string>>>(
          "SELECT pg_xact_status(CAST(CAST(:name AS TEXT) AS xid8))", number);
      const std::string word = status ? std::get<0>(*status).value_or("") : "";
      if (word == "aborted") return false;
      if (word != "committed") return std::nullopt;
    } catch (const EngineFault& fault) {
      // "transaction ID is in the future": the server crashed before that number reached its disk.
      if (fault.kind == Kind::kStatement) return false;
      throw;
    }
    return one<std::tuple<std::int64_t>>("SELECT CAST(1 AS BIGINT) FROM florin_commits WHERE mark = :mark", mark).has_value();
  }

  bool has_table(const std::string& name) override {
    return one<std::tuple<std::int64_t>>(
               "SELECT CAST(1 AS BIGINT) FROM information_schema.tables "
               "WHERE table_schema = current_schema() AND table_name = :name",
               name)
        .has_value();
  }
  void lock_schema() override { exec(kSchemaLock); }
  void check_alive() override { exec("SELECT 1"); }

  void flush() override {
    if (batch_.empty()) return;
    // What is left of earlier units is not the doing of the one that runs.
    const bool own = batch_.size() > std::exchange(others_, 0);
    const auto trouble = batch_.send();
    if (trouble && trouble->miscounted) throw NotAsHoped();
    note(own, trouble.has_value());
    if (!trouble) return;
    const EngineFault found = fault(trouble->state, trouble->message);
    if (hoping_ && found.kind == Kind::kStatement) throw NotAsHoped();
    throw found;
  }
  void hope(bool may) override { hoping_ = may; }
  Aside aside() const override { return {batch_.size(), Connection::aside().sums}; }
  Aside begin_unit() override {
    others_ = batch_.size();
    return aside();
  }
  void forget_since(const Aside& before) override {
    batch_.shrink(before.statements);
    Connection::forget_since(before);
  }

 protected:
  void run_later(std::string_view sql) override try {
    batch_.add(sql, given());
  } catch (const StoreFault&) {
    note(false, true);
    throw;
  }
  bool run_for_one(std::string_view sql) override {
    if (!hoping_) return run(sql) == 1;
    batch_.add(sql, given(), true);
    return true;
  }
  EngineFault sorted(const soci::soci_error& error) const override {
    const auto* ours = dynamic_cast<const soci::postgresql_soci_error*>(&error);
    return fault(ours != nullptr ? ours->sqlstate() : "", error.get_error_message());
  }

 private:
  // The store's own table, like the list of its migrations: there before these, because they are commits too.
  void prepare_marks() {
    writer_ = PQgetvalue(checked("SELECT gen_random_uuid()::text").get(), 0, 0);
    if (!has_table("florin_commits"))
      exec("BEGIN; " + std::string(kSchemaLock) +
           "; CREATE TABLE IF NOT EXISTS florin_commits (writer TEXT PRIMARY KEY, mark TEXT NOT NULL, "
           "at TIMESTAMPTZ NOT NULL DEFAULT now()); COMMIT");
    exec("DELETE FROM florin_commits WHERE at < now() - interval '1 day'");
  }

  EngineFault fault(const std::string& state, std::string message) const {
    while (!message.empty() && message.back() == '\n') message.pop_back();
    if (PQstatus(raw_) != CONNECTION_OK) return {Kind::kLost, message};
    // "invalid input syntax for ...": what follows is the value.
    if (state.starts_with("22")) return {Kind::kStatement, "a value does not fit its column (" + state + ")"};
    return {kind_of(state), message};
  }

  PgResult checked(const std::string& sql) {
    PgResult result(PQexec(raw_, sql.c_str()), &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    throw fault(state != nullptr ? state : "", PQerrorMessage(raw_));
  }

  PGconn* raw_;
  PostgresBatch batch_;
  bool kept_ = false;  // The last unit's savepoint is still open.
  std::string writer_;  // A name that no other connection ever has; "" in a reader.
  std::int64_t marks_ = 0;
  bool hoping_ = false;
  std::size_t others_ = 0;  // How many of the batch's statements earlier units put aside.
};

class PostgresConnector final : public Connector {
 public:
  explicit PostgresConnector(std::string url) : url_(std::move(url)) {}
  Engine engine() const override { return Engine::kPostgres; }
  std::unique_ptr<Connection> writer() override { return std::make_unique<PostgresConnection>(url_, true); }
  std::unique_ptr<Connection> reader() override { return std::make_unique<PostgresConnection>(url_, false); }
  std::size_t units_max() const override { return 256; }

 private:
  const std::string url_;
};

}  // namespace

std::unique_ptr<Connector> postgres_connector(const std::string& url) {
  return std::make_unique<PostgresConnector>(url);
}

}  // namespace florin::store
