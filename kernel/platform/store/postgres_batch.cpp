// Queueing, sending, and reading the answers back in order.
#include "kernel/platform/store/postgres_batch.hpp"

#include <algorithm>
#include <cctype>
#include <memory>

#include <florin/check.hpp>

#include "kernel/platform/store/statement.hpp"

namespace florin::store {

namespace {

using PgResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

// Every ":name" becomes its number. Names are looked for as parameter_names() does, longest first, so that
// ":state" is not found in ":state_before".
std::string numbered(std::string_view sql, const std::vector<std::string>& names) {
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (quote == 0 && sql[i] == ':' && i + 1 < sql.size() && in_name(sql[i + 1])) {
      std::size_t end = i + 1;
      while (end < sql.size() && in_name(sql[end])) ++end;
      const auto place = std::find(names.begin(), names.end(), sql.substr(i + 1, end - i - 1));
      out += '$' + std::to_string(place - names.begin() + 1);
      i = end - 1;
      continue;
    }
    if (quote != 0 && sql[i] == quote)
      quote = 0;
    else if (quote == 0 && (sql[i] == '\'' || sql[i] == '"'))
      quote = sql[i];
    out += sql[i];
  }
  return out;
}

}  // namespace

void PostgresBatch::add(std::string_view sql, const std::vector<Parameter>& values, bool for_one) {
  const auto [known, fresh] = statements_.try_emplace(std::string(sql));
  Prepared& statement = known->second;
  if (fresh) {
    const std::vector<std::string> names = parameter_names(sql);
    statement = {new_name(), numbered(sql, names), names.size(), false};
  }
  FLORIN_CHECK(statement.parameters == values.size(), "a statement is given as many values as it names parameters");
  Waiting one{&statement, {}, for_one};
  for (const Parameter& value : values) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      one.values.emplace_back(std::to_string(*integer));
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      refuse_zero_bytes(*text);
      one.values.emplace_back(*text);
    } else {
      one.values.emplace_back(std::nullopt);
    }
  }
  waiting_.push_back(std::move(one));
}

bool PostgresBatch::queue(Waiting& one, bool prepare) {
  if (prepare && PQsendPrepare(connection_, one.statement->name.c_str(), one.statement->sql.c_str(), 0, nullptr) != 1)
    return false;
  std::vector<const char*> texts;
  for (const auto& value : one.values) texts.push_back(value ? value->c_str() : nullptr);
  return PQsendQueryPrepared(connection_, one.statement->name.c_str(), static_cast<int>(texts.size()), texts.data(),
                             nullptr, nullptr, 0) == 1;
}

std::optional<PostgresBatch::Trouble> PostgresBatch::send() {
  std::vector<Waiting> batch = std::move(waiting_);
  waiting_.clear();
  if (batch.empty()) return std::nullopt;
  const auto lost = [this] { return Trouble{"", PQerrorMessage(connection_)}; };
  if (PQenterPipelineMode(connection_) != 1) return lost();
  std::vector<Prepared*> prepared;
  std::vector<bool> asked;
  for (Waiting& one : batch) {
    const bool prepare =
        !one.statement->known && std::find(prepared.begin(), prepared.end(), one.statement) == prepared.end();
    if (!queue(one, prepare)) return lost();
    if (prepare) {
      prepared.push_back(one.statement);
      asked.push_back(false);
    }
    asked.push_back(one.for_one);
  }
  if (PQpipelineSync(connection_) != 1) return lost();
  std::optional<Trouble> trouble = take_answers(asked);
  // Which of them the server has prepared before the error is not said: they are asked for by another name.
  for (Prepared* statement : prepared)
    if (trouble)
      statement->name = new_name();
    else
      statement->known = true;
  if (PQexitPipelineMode(connection_) != 1 && !trouble) trouble = lost();
  return trouble;
}

// Up to the answer to the sync: each statement's results end with a null, and after an error the rest comes
// back as aborted.
std::optional<PostgresBatch::Trouble> PostgresBatch::take_answers(const std::vector<bool>& asked) {
  std::optional<Trouble> trouble;
  std::size_t answers = 0;
  for (int nothing = 0; nothing < 2;) {
    const PgResult result(PQgetResult(connection_), &PQclear);
    if (!result) {
      // Two in a row never come before the sync: the connection is gone.
      ++nothing;
      continue;
    }
    nothing = 0;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) return trouble;
    const bool for_one = answers < asked.size() && asked[answers];
    ++answers;
    const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (done && for_one && !trouble && std::string_view(PQcmdTuples(result.get())) != "1")
      trouble = Trouble{"", "a statement for one row changed " + std::string(PQcmdTuples(result.get())), true};
    if (done || status == PGRES_PIPELINE_ABORTED || (trouble && !trouble->miscounted)) continue;
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    trouble = Trouble{state != nullptr ? state : "", PQresultErrorMessage(result.get())};
  }
  return trouble.value_or(Trouble{"", PQerrorMessage(connection_)});
}

}  // namespace florin::store
