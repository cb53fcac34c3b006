// The ledger_entries and ledger_balances tables, and the only file that spells their columns.
#include "kernel/modules/ledger/ledger.hpp"

#include <map>

#include <fmt/format.h>

#include <florin/check.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {
void add_fee(std::vector<LedgerLine>& lines, const std::string& provider_account, std::optional<Money> fee) {
  if (!fee || fee->is_zero()) return;
  lines.push_back({"fees:" + provider_account, *fee});
  lines.push_back({"receivable:" + provider_account, -*fee});
}
}  // namespace

std::vector<LedgerLine> capture_lines(const std::string& provider_account, Money amount, std::optional<Money> fee) {
  std::vector<LedgerLine> lines = {{"receivable:" + provider_account, amount}, {"sales", -amount}};
  add_fee(lines, provider_account, fee);
  return lines;
}

std::vector<LedgerLine> refund_lines(const std::string& provider_account, Money amount, std::optional<Money> fee) {
  std::vector<LedgerLine> lines = {{"refunds", amount}, {"receivable:" + provider_account, -amount}};
  add_fee(lines, provider_account, fee);
  return lines;
}

namespace {

// One statement for all lines: they are four for a capture with its fee, in every payment.
void insert_lines(Session& session, const LedgerTransaction& transaction, const std::string& id, std::string_view currency) {
  std::string sql =
      "insert into ledger_entries (transaction_id, merchant, currency, kind, payment_id, refund_id, attempt_id, created, "
      "id, account, amount) values ";
  std::vector<std::string> ids;
  ids.reserve(transaction.lines.size());  // Borrowed below.
  std::vector<Parameter> values = {id, transaction.merchant, currency, transaction.kind, transaction.payment_id,
                                   transaction.refund_id, transaction.attempt_id, micros(transaction.created)};
  for (const LedgerLine& line : transaction.lines) {
    const std::size_t number = ids.size() + 1;
    ids.push_back(fmt::format("{}_{}", id, number));
    sql += fmt::format(
        "{}(:transaction, :merchant, :currency, :kind, :payment, :refund, :attempt, :created, :id{}, :account{}, :amount{})",
        number == 1 ? "" : ", ", number, number, number);
    values.insert(values.end(), {ids.back(), line.account, line.amount.minor()});
  }
  session.execute_later(sql, values);
}

// An account that has several lines moves once, by their sum: PostgreSQL takes no row twice in a statement.
void move_balances(Session& session, const LedgerTransaction& transaction, std::string_view currency) {
  std::map<std::string_view, Money> sums;
  for (const LedgerLine& line : transaction.lines) {
    const auto [sum, fresh] = sums.try_emplace(line.account, line.amount);
    if (!fresh) sum->second = sum->second + line.amount;
  }
  std::string sql = "insert into ledger_balances (merchant, currency, account, amount) values ";
  std::vector<Parameter> values = {transaction.merchant, currency};
  int number = 0;
  for (const auto& [account, sum] : sums) {
    ++number;
    sql += fmt::format("{}(:merchant, :currency, :account{}, :amount{})", number == 1 ? "" : ", ", number, number);
    values.insert(values.end(), {account, sum.minor()});
  }
  sql += " on conflict (merchant, account, currency) do update set amount = ledger_balances.amount + excluded.amount";
  session.execute_later(sql, values);
}

}  // namespace

void post(Session& session, const LedgerTransaction& transaction, Random& random) {
  FLORIN_CHECK(!transaction.lines.empty(), "a posting has lines");
  Money sum = Money::zero(transaction.lines.front().amount.currency());
  for (const LedgerLine& line : transaction.lines) sum = sum + line.amount;
  FLORIN_CHECK(sum.is_zero(), "a posting sums to zero, or money was made or lost");
  const std::string id = new_id("txn", transaction.created, random);
  insert_lines(session, transaction, id, sum.currency().code());
  move_balances(session, transaction, sum.currency().code());
}

namespace {
using EntryRow = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string, std::string,
                            std::int64_t, std::string, std::int64_t>;
std::vector<LedgerEntry> from_rows(const std::vector<EntryRow>& rows) {
  std::vector<LedgerEntry> entries;
  for (const auto& [id, transaction, account, kind, payment, refund, attempt, amount, currency, created] : rows)
    entries.push_back({id, transaction, account, kind, payment, refund, attempt,
                       Money(amount, Currency::of(currency)), from_micros(created)});
  return entries;
}
}  // namespace

std::vector<LedgerEntry> entries_of_payment(Session& session, const std::string& merchant,
                                            const std::string& payment_id) {
  return from_rows(session.all<EntryRow>(
      "select id, transaction_id, account, kind, payment_id, refund_id, attempt_id, amount, currency, created "
      "from ledger_entries where payment_id = :payment and merchant = :merchant order by id limit 1000",
      payment_id, merchant));
}

std::vector<LedgerEntry> entries_of_merchant(Session& session, const std::string& merchant, const std::string& before,
                                             int limit) {
  if (before.empty())
    return from_rows(session.all<EntryRow>(
        "select id, transaction_id, account, kind, payment_id, refund_id, attempt_id, amount, currency, created "
        "from ledger_entries where merchant = :merchant order by id desc limit :limit",
        merchant, limit));
  return from_rows(session.all<EntryRow>(
      "select id, transaction_id, account, kind, payment_id, refund_id, attempt_id, amount, currency, created "
      "from ledger_entries where merchant = :merchant and id < :before order by id desc limit :limit",
      merchant, before, limit));
}

std::vector<LedgerBalance> balances(Session& session, const std::string& merchant) {
  std::vector<LedgerBalance> list;
  for (const auto& [account, currency, amount] : session.all<std::tuple<std::string, std::string, std::int64_t>>(
           "select account, currency, amount from ledger_balances where merchant = :merchant "
           "order by account, currency",
           merchant))
    list.push_back({account, Money(amount, Currency::of(currency))});
  return list;
}

std::vector<std::string> verify_books(Session& session) {
  std::vector<std::string> wrong;
  for (const auto& [merchant, currency, sum] : session.all<std::tuple<std::string, std::string, std::int64_t>>(
           "select merchant, currency, cast(sum(amount) as bigint) from ledger_entries "
           "group by merchant, currency having sum(amount) <> 0"))
    wrong.push_back(fmt::format("trial balance of {} in {} is {} minor units, not zero", merchant, currency, sum));
  for (const auto& [transaction, sum] : session.all<std::tuple<std::string, std::int64_t>>(
           "select transaction_id, cast(sum(amount) as bigint) from ledger_entries "
           "group by transaction_id having sum(amount) <> 0 limit 100"))
    wrong.push_back(fmt::format("transaction {} sums to {} minor units, not zero", transaction, sum));
  for (const auto& [merchant, account, currency, kept, sum] :
       session.all<std::tuple<std::string, std::string, std::string, std::int64_t, std::int64_t>>(
           "select b.merchant, b.account, b.currency, b.amount, cast(coalesce(sum(e.amount), 0) as bigint) "
           "from ledger_balances b left join ledger_entries e on e.merchant = b.merchant and e.account = b.account "
           "and e.currency = b.currency group by b.merchant, b.account, b.currency, b.amount "
           "having b.amount <> coalesce(sum(e.amount), 0) limit 100"))
    wrong.push_back(fmt::format("balance of {} {} in {} is kept as {} but its lines sum to {}", merchant, account,
                                currency, kept, sum));
  for (const auto& [merchant, account, currency] : session.all<std::tuple<std::string, std::string, std::string>>(
           "select distinct e.merchant, e.account, e.currency from ledger_entries e left join ledger_balances b "
           "on e.merchant = b.merchant and e.account = b.account and e.currency = b.currency "
           "where b.merchant is null limit 100"))
    wrong.push_back(fmt::format("account {} {} in {} has lines and no balance", merchant, account, currency));
  return wrong;
}

}  // namespace florin
