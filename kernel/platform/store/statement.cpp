// Prepared statements over SOCI. On SQLite it prepares and no more: values go straight from the caller to the
// engine and back, because SOCI copies each of a payment's hundred columns twice on the way, on the one writer
// thread.
#include "kernel/platform/store/statement.hpp"

#include <algorithm>
#include <cctype>

#include <soci/sqlite3/soci-sqlite3.h>

#include <florin/check.hpp>

#include "kernel/platform/store/fault.hpp"

namespace florin::store {

std::vector<std::string> parameter_names(std::string_view sql) {
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  std::vector<std::string> names;
  char quote = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (quote != 0) {
      if (sql[i] == quote) quote = 0;
    } else if (sql[i] == '\'' || sql[i] == '"') {
      quote = sql[i];
    } else if (sql[i] == ':' && i + 1 < sql.size() && in_name(sql[i + 1])) {
      std::size_t end = i + 1;
      while (end < sql.size() && in_name(sql[end])) ++end;
      std::string name(sql.substr(i + 1, end - i - 1));
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
      i = end - 1;
    }
  }
  return names;
}

// PostgreSQL has no such text, and both SOCI and libpq would cut it there without a word.
void refuse_zero_bytes(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    throw EngineFault(EngineFault::Kind::kStatement, "a text with a zero byte cannot be stored");
}

// Leaves no SELECT open, whatever happens: an open one keeps a savepoint from being released and the
// write-ahead log from being recycled.
struct Statement::Finish {
  Statement& statement;
  ~Finish() {
    if (statement.sqlite_ != nullptr) sqlite3_reset(statement.sqlite_->stmt_);
  }
};

namespace {

using sqlite_api::sqlite3_stmt;

[[noreturn]] void throw_sqlite(sqlite3_stmt* statement, int code) {
  throw soci::sqlite3_soci_error(sqlite3_errmsg(sqlite3_db_handle(statement)), code);
}

// SQLite numbers names as parameter_names() lists them: by first appearance. Texts stay the caller's until
// the statement is reset.
void bind_sqlite(sqlite3_stmt* statement, const std::vector<Parameter>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int place = static_cast<int>(i + 1);
    int code = SQLITE_OK;
    if (const auto* integer = std::get_if<std::int64_t>(&values[i])) {
      code = sqlite3_bind_int64(statement, place, *integer);
    } else if (const auto* text = std::get_if<std::string_view>(&values[i])) {
      refuse_zero_bytes(*text);
      // A null pointer would be NULL.
      code = sqlite3_bind_text(statement, place, text->data() != nullptr ? text->data() : "",
                               static_cast<int>(text->size()), nullptr);
    } else {
      code = sqlite3_bind_null(statement, place);
    }
    if (code != SQLITE_OK) throw_sqlite(statement, code);
  }
}

bool step_sqlite(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) throw_sqlite(statement, code);
  return code == SQLITE_ROW;
}

}  // namespace

Statement::Statement(soci::session& session, std::string_view sql, const std::vector<Parameter>& values,
                     std::string_view columns)
    : parameters_(std::make_unique<Slot[]>(values.size())),
      columns_(std::make_unique<Slot[]>(columns.size())),
      parameter_count_(values.size()),
      column_count_(columns.size()),
      row_(columns.size()),
      statement_(session),
      sqlite_(nullptr) {
  const std::vector<std::string> names = parameter_names(sql);
  FLORIN_CHECK(names.size() == values.size(), "a statement is given as many values as it names parameters");
  for (std::size_t i = 0; i < column_count_; ++i) columns_[i].kind = columns[i];
  statement_.alloc();
  if (session.get_backend_name() == "sqlite3") {
    statement_.prepare(std::string(sql));
    sqlite_ = static_cast<soci::sqlite3_statement_backend*>(statement_.get_backend());
    return;
  }
  for (std::size_t i = 0; i < parameter_count_; ++i) {
    Slot& slot = parameters_[i];
    slot.kind = std::holds_alternative<std::int64_t>(values[i]) ? 'i' : 's';
    if (slot.kind == 'i')
      statement_.exchange(soci::use(slot.integer, slot.state, names[i]));
    else
      statement_.exchange(soci::use(slot.text, slot.state, names[i]));
  }
  for (std::size_t i = 0; i < column_count_; ++i) {
    Slot& slot = columns_[i];
    if (slot.kind == 'i')
      statement_.exchange(soci::into(slot.integer, slot.state));
    else
      statement_.exchange(soci::into(slot.text, slot.state));
  }
  statement_.prepare(std::string(sql));
  statement_.define_and_bind();
}

bool Statement::fits(const std::vector<Parameter>& values, std::string_view columns) const {
  if (columns.size() != column_count_) return false;
  for (std::size_t i = 0; i < column_count_; ++i)
    if (columns_[i].kind != columns[i]) return false;
  if (values.size() != parameter_count_) return false;
  if (sqlite_ != nullptr) return true;  // SQLite's parameters have no types.
  for (std::size_t i = 0; i < parameter_count_; ++i)
    if (values[i].index() != 0 && (values[i].index() == 1) != (parameters_[i].kind == 'i')) return false;
  return true;
}

void Statement::bind(const std::vector<Parameter>& values) {
  for (std::size_t i = 0; i < parameter_count_; ++i) {
    Slot& slot = parameters_[i];
    slot.state = soci::i_ok;
    if (const auto* integer = std::get_if<std::int64_t>(&values[i])) {
      slot.integer = *integer;
    } else if (const auto* text = std::get_if<std::string_view>(&values[i])) {
      refuse_zero_bytes(*text);
      slot.text.assign(*text);
    } else {
      slot.state = soci::i_null;
    }
  }
}

void Statement::read_sqlite_row() {
  sqlite3_stmt* const from = sqlite_->stmt_;
  for (std::size_t i = 0; i < column_count_; ++i) {
    const int place = static_cast<int>(i);
    if (sqlite3_column_type(from, place) == SQLITE_NULL) {
      row_[i].emplace<std::monostate>();
    } else if (columns_[i].kind == 'i') {
      row_[i].emplace<std::int64_t>(sqlite3_column_int64(from, place));
    } else {
      const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(from, place));
      if (text == nullptr) throw_sqlite(from, SQLITE_NOMEM);
      row_[i].emplace<std::string>(text, static_cast<std::size_t>(sqlite3_column_bytes(from, place)));
    }
  }
}

void Statement::read_row() {
  for (std::size_t i = 0; i < column_count_; ++i) {
    const Slot& slot = columns_[i];
    if (slot.state == soci::i_null)
      row_[i].emplace<std::monostate>();
    else if (slot.kind == 'i')
      row_[i].emplace<std::int64_t>(slot.integer);
    else if (auto* text = std::get_if<std::string>(&row_[i]))
      *text = slot.text;
    else
      row_[i].emplace<std::string>(slot.text);
  }
}

bool Statement::execute() {
  executing_ = true;
  const bool found = statement_.execute(true);
  executing_ = false;
  return found;
}

std::int64_t Statement::run(const std::vector<Parameter>& values) {
  const Finish finish{*this};
  if (sqlite_ != nullptr) {
    bind_sqlite(sqlite_->stmt_, values);
    while (step_sqlite(sqlite_->stmt_)) {
    }
    return sqlite3_changes(sqlite3_db_handle(sqlite_->stmt_));
  }
  bind(values);
  execute();
  return statement_.get_affected_rows();
}

void Statement::fetch(const std::vector<Parameter>& values, int limit,
                      const std::function<void(const std::vector<Value>&)>& row) {
  const Finish finish{*this};
  int rows = 0;
  if (sqlite_ != nullptr) {
    bind_sqlite(sqlite_->stmt_, values);
    while (rows != limit && step_sqlite(sqlite_->stmt_)) {
      read_sqlite_row();
      row(row_);
      ++rows;
    }
    return;
  }
  bind(values);
  for (bool more = execute(); more; more = statement_.fetch()) {
    read_row();
    row(row_);
    if (++rows == limit) return;
  }
}

}  // namespace florin::store
