// The statement cache, and the place where SOCI's exceptions stop.
#include "kernel/platform/store/connection.hpp"

#include <map>
#include <utility>

#include <spdlog/spdlog.h>

#include <florin/check.hpp>

namespace florin::store {

namespace {
// SQL that is put together at run time (filters of a list) must not grow the cache without end.
constexpr std::size_t kStatementsMax = 512;
}  // namespace

void Connection::stage(StagedEvent event) {
  FLORIN_CHECK(staged_ != nullptr,
               "an event is staged in a unit of work, not in a read or while the group closes");
  staged_->push_back(std::move(event));
}

void Connection::run_at_close(std::string_view sql) {
  FLORIN_CHECK(staged_ != nullptr, "a sum is added to in a unit of work, not in a read or while the group closes");
  Sum sum{sql, {}, std::get<std::int64_t>(values_.front())};
  for (std::size_t i = 1; i < values_.size(); ++i) {
    const auto* const key = std::get_if<std::string_view>(&values_[i]);
    FLORIN_CHECK(key != nullptr, "the keys of a sum are texts");
    sum.keys.emplace_back(*key);
  }
  sums_.push_back(std::move(sum));
}

void Connection::carry_out_sums() {
  std::map<std::pair<std::string_view, std::vector<std::string>>, std::int64_t> totals;
  for (Sum& sum : sums_) {
    std::int64_t& total = totals[{sum.sql, std::move(sum.keys)}];
    if (__builtin_add_overflow(total, sum.amount, &total))
      throw EngineFault(EngineFault::Kind::kStatement, "a sum is too large for its column");
  }
  sums_.clear();
  for (const auto& [what, total] : totals) {
    std::vector<Parameter> values = {total};
    values.insert(values.end(), what.second.begin(), what.second.end());
    execute_later(what.first, values);
  }
}

void Connection::rollback() noexcept {
  forget_since({});
  try {
    if (in_transaction()) exec("ROLLBACK");
  } catch (const std::exception&) {
    // Either the connection is gone, and the transaction with it, or begin() will say what is wrong.
  }
}

std::optional<bool> Connection::was_committed(const std::string&) {
  FLORIN_CHECK(false, "only an engine that names its transactions is asked about one");
  return std::nullopt;
}

template <class Work>
auto Connection::guarded(Work work) {
  try {
    return work();
  } catch (const soci::soci_error& error) {
    failed_ = true;
    throw sorted(error);
  } catch (const StoreFault&) {
    failed_ = true;
    throw;
  }
}

Statement& Connection::prepared(std::string_view sql, std::string_view columns) {
  // Text that is put together anew may stand where another stood: its bytes are compared all the same.
  auto here = by_address_.find(sql.data());
  if (here == by_address_.end() || here->second.sql != sql) {
    if (statements_.size() >= kStatementsMax || by_address_.size() >= 2 * kStatementsMax) forget_statements();
    auto known = statements_.find(sql);
    if (known == statements_.end()) known = statements_.try_emplace(std::string(sql)).first;
    here = by_address_.insert_or_assign(sql.data(), Known{known->first, &known->second}).first;
  }
  std::vector<std::unique_ptr<Statement>>& statements = *here->second.statements;
  std::erase_if(statements, [](const auto& statement) { return statement->has_failed(); });
  for (const auto& statement : statements)
    if (statement->fits(values_, columns)) return *statement;
  statements.push_back(std::make_unique<Statement>(*session_, sql, values_, columns));
  return *statements.back();
}

std::int64_t Connection::run(std::string_view sql) {
  flush();
  const std::int64_t changed = guarded([&] { return prepared(sql, "").run(values_); });
  touched_ = touched_ || changed != 0;
  return changed;
}

void Connection::fetch(std::string_view sql, int limit, std::string_view columns,
                       const std::function<void(const std::vector<Value>&)>& row) {
  flush();
  // What is fetched may come from an "insert ... returning".
  touched_ = touched_ || !(sql.starts_with("select") || sql.starts_with("SELECT"));
  guarded([&] { prepared(sql, columns).fetch(values_, limit, row); });
}

void Connector::note(const EngineFault& fault) {
  if (fault.kind != EngineFault::Kind::kDamaged) return;
  const std::lock_guard lock(mutex_);
  if (damage_) return;
  spdlog::critical("{}", to_error(fault).message);
  damage_ = fault;
  damaged_ = true;
}

std::optional<EngineFault> Connector::damage() const {
  if (!damaged_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return damage_;
}

}  // namespace florin::store
