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
    if (writes)
      exec("SET synchronous_commit = on; SET lock_timeout = '3s'; SET default_transaction_read_only = off");
  }
  ~PostgresConnection() override { forget_statements(); }

  Engine engine() const override { return Engine::kPostgres; }

  void exec(const std::string& sql) override { checked(sql); }
  void begin() override {
    kept_ = false;
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

  std::string transaction_name() override {
    const PgResult result = checked("SELECT pg_current_xact_id()::text");
    return PQgetvalue(result.get(), 0, 0);
  }
  std::optional<bool> was_committed(const std::string& transaction_name) override {
    try {
      const auto status = one<std::tuple<std::optional<std::string>>>(
          "SELECT pg_xact_status(CAST(CAST(:name AS TEXT) AS xid8))", transaction_name);
      const std::string word = status ? std::get<0>(*status).value_or("") : "";
      if (word == "committed") return true;
      if (word == "aborted") return false;
      return std::nullopt;
    } catch (const EngineFault& fault) {
      // "transaction ID is in the future": the server crashed before that number reached its disk.
      if (fault.kind == Kind::kStatement) return false;
      throw;
    }
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
    const auto trouble = batch_.send();
    note(true, trouble.has_value());
    if (trouble) throw fault(trouble->state, trouble->message);
  }
  void forget_later() override { batch_.forget(); }

 protected:
  void run_later(std::string_view sql) override try {
    batch_.add(sql, given());
  } catch (const StoreFault&) {
    note(false, true);
    throw;
  }
  EngineFault sorted(const soci::soci_error& error) const override {
    const auto* ours = dynamic_cast<const soci::postgresql_soci_error*>(&error);
    return fault(ours != nullptr ? ours->sqlstate() : "", error.get_error_message());
  }

 private:
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
