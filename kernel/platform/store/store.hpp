// The database as the rest of Florin sees it: units of work and reads, over SQLite or PostgreSQL.
//
// A unit of work is a synchronous function `(Session&) -> Result<T>` that runs on the single writer
// thread, in a savepoint of its own inside a transaction that it shares with others (group commit). Its
// Task resumes only when that transaction is durable (law 1). A unit that returns an Error leaves
// nothing behind. It may be run more than once (when the engine ended a batch under its feet), so it has
// no effect but on the database and its own result; it never awaits, never logs.
//
// What goes wrong with the database inside a unit is thrown as StoreFault by the Session and caught by
// the Store, which makes it the unit's Error (kUnavailable): code in a unit is written as if it could
// not fail.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/platform/executor/executor.hpp"

namespace florin {

// Thrown by a Session, never past the Store.
struct StoreFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// All that a column may hold. Amounts and instants (microseconds) are integers, all else is text.
using Value = std::variant<std::monostate, std::int64_t, std::string>;
// The same on its way in: a text is borrowed until the statement has been run or put aside.
using Parameter = std::variant<std::monostate, std::int64_t, std::string_view>;

enum class Engine { kSqlite, kPostgres };

// News that a unit writes beside its rows: the event table is the outbox. Numbered and stored as the
// last thing before COMMIT, see Store::on_closing().
struct StagedEvent {
  std::string merchant;
  std::string id;         // evt_...
  std::string type;       // "payment.succeeded"
  std::string object_id;  // What it is about: pay_..., ref_...
  std::string payment_id;  // The payment it belongs to; may be empty.
  std::string body;        // JSON: {"object": {...}, "previous_attributes": {...}}
  std::int64_t created = 0;  // microseconds
  // Given when the group closes.
  std::int64_t seq = 0;       // Per merchant, gapless from 1.
  std::int64_t position = 0;  // Over all merchants, gapless from 1.
};

// One connection, for the length of one unit or read. SQL is a literal with named parameters in order
// (":merchant, :id"); each literal is prepared once a connection. Parameters are integers, booleans,
// texts and optionals of these (or a std::vector<Parameter>, for as many as there are); columns come back as the tuple's types: std::int64_t, std::string,
// std::optional of these (NULL into a type that is no optional is a fault).
class Session {
 public:
  virtual ~Session() = default;

  // Rows changed.
  template <class... Args>
  std::int64_t execute(std::string_view sql, const Args&... args) {
    give(args...);
    return run(sql);
  }
  // For those who need no count. It may be carried out only with the next statement of another kind, or
  // when the unit is done: PostgreSQL takes all of them in one round trip. What goes wrong with it is the
  // unit's fault all the same; a unit that is refused has not done it.
  template <class... Args>
  void execute_later(std::string_view sql, const Args&... args) {
    give(args...);
    run_later(sql);
  }
  // The first row, or nothing.
  template <class Row, class... Args>
  std::optional<Row> one(std::string_view sql, const Args&... args) {
    std::optional<Row> row;
    give(args...);
    fetch(sql, 1, kinds<Row>(), [&row](const std::vector<Value>& columns) { row.emplace(to_row<Row>(columns)); });
    return row;
  }
  // Every row; bound what you ask for with a LIMIT.
  template <class Row, class... Args>
  std::vector<Row> all(std::string_view sql, const Args&... args) {
    std::vector<Row> rows;
    give(args...);
    fetch(sql, -1, kinds<Row>(), [&rows](const std::vector<Value>& columns) { rows.push_back(to_row<Row>(columns)); });
    return rows;
  }

  // In a unit only: stored and told if, and only if, this unit commits.
  virtual void stage(StagedEvent event) = 0;
  virtual Engine engine() const = 0;

 protected:
  // The parameters of the next statement, empty.
  virtual std::vector<Parameter>& parameters() = 0;
  virtual std::int64_t run(std::string_view sql) = 0;
  virtual void run_later(std::string_view sql) = 0;
  // One letter a column: 'i' integer, 's' text. `limit` < 0: all rows.
  virtual void fetch(std::string_view sql, int limit, std::string_view columns,
                     const std::function<void(const std::vector<Value>&)>& row) = 0;

 private:
  template <class T>
  struct is_optional : std::false_type {};
  template <class T>
  struct is_optional<std::optional<T>> : std::true_type {};

  template <class... Args>
  void give(const Args&... args) {
    std::vector<Parameter>& in = parameters();
    (put(in, args), ...);
  }
  template <class T>
  static void put(std::vector<Parameter>& in, const T& value) {
    if constexpr (std::is_same_v<T, std::vector<Parameter>>)
      in.insert(in.end(), value.begin(), value.end());
    else
      in.push_back(to_parameter(value));
  }
  template <class T>
  static Parameter to_parameter(const T& value) {
    if constexpr (is_optional<T>::value) {
      if (!value) return std::monostate();
      return to_parameter(*value);
    } else if constexpr (std::is_same_v<T, std::monostate>) {
      return value;
    } else if constexpr (std::is_integral_v<T>) {
      static_assert(std::is_signed_v<T> || sizeof(T) < 8, "an unsigned 64-bit number does not fit a column");
      return static_cast<std::int64_t>(value);
    } else {
      return std::string_view(value);
    }
  }
  template <class T>
  static constexpr char kind() {
    if constexpr (is_optional<T>::value)
      return kind<typename T::value_type>();
    else {
      static_assert(std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::string>);
      return std::is_same_v<T, std::int64_t> ? 'i' : 's';
    }
  }
  template <class Row>
  static std::string_view kinds() {
    return []<class... T>(std::tuple<T...>*) {
      static constexpr char letters[] = {kind<T>()..., '\0'};
      return std::string_view(letters, sizeof...(T));
    }(static_cast<Row*>(nullptr));
  }
  template <class T>
  static T to_column(const Value& value) {
    if constexpr (is_optional<T>::value) {
      if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
      return to_column<typename T::value_type>(value);
    } else {
      if (const T* held = std::get_if<T>(&value)) return *held;
      throw StoreFault("a NULL or another type stands where the reader expects neither");
    }
  }
  template <class Row>
  static Row to_row(const std::vector<Value>& columns) {
    return [&columns]<class... T, std::size_t... I>(std::tuple<T...>*, std::index_sequence<I...>) {
      return Row(to_column<T>(columns[I])...);
    }(static_cast<Row*>(nullptr), std::make_index_sequence<std::tuple_size_v<Row>>());
  }
};

// A door of law 10: the simulation has a Store whose commits can be lost.
class Store {
 public:
  virtual ~Store() = default;

  // Runs `unit` in the writer's next group. Resumes when it is durable, or with the Error why not.
  // `unit` is copied into the Task and may be run more than once.
  template <class Unit>
  auto write(Unit unit) -> Task<std::invoke_result_t<Unit&, Session&>> {
    using Outcome = std::invoke_result_t<Unit&, Session&>;
    std::optional<Outcome> outcome;
    std::function<std::optional<Error>(Session&)> body = [&outcome, &unit](Session& session) -> std::optional<Error> {
      outcome.emplace(unit(session));
      if (*outcome) return std::nullopt;
      return outcome->error();
    };
    Task<Result<Done>> committing = commit(body);
    const Result<Done> committed = co_await committing;
    if (!committed) co_return committed.error();
    co_return std::move(*outcome);
  }

  // Runs `query` on a reader connection, in one snapshot. Sees every unit whose Task has resumed.
  template <class Query>
  auto read(Query query) -> Task<std::invoke_result_t<Query&, Session&>> {
    using Outcome = std::invoke_result_t<Query&, Session&>;
    std::optional<Outcome> outcome;
    std::function<void(Session&)> body = [&outcome, &query](Session& session) { outcome.emplace(query(session)); };
    Task<Result<Done>> reading = query_once(body);
    const Result<Done> done = co_await reading;
    if (!done) co_return done.error();
    co_return std::move(*outcome);
  }

  // `closing` runs as the last statements before COMMIT with all events staged in the group, gives them
  // their numbers and stores them. `committed` runs after the COMMIT, on the writer thread, before any
  // unit's Task resumes: it hands them on and returns at once. Set once, before the first write.
  virtual void on_closing(std::function<void(Session&, std::vector<StagedEvent>&)> closing) = 0;
  virtual void on_committed(std::function<void(const std::vector<StagedEvent>&)> committed) = 0;

  virtual Engine engine() const = 0;

 protected:
  // The unit's own Error comes back as it is.
  virtual Task<Result<Done>> commit(std::function<std::optional<Error>(Session&)>& unit) = 0;
  virtual Task<Result<Done>> query_once(std::function<void(Session&)>& query) = 0;
};

}  // namespace florin
