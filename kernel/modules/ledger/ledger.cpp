// The ledger_postings and ledger_balances tables and the view ledger_entries (a row a line), and the only file
// that spells their columns.
#include "kernel/modules/ledger/ledger.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <florin/check.hpp>
#include <florin/json.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/ids/ids.hpp"
#include "kernel/platform/store/group.hpp"

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

// Whether a text is the same in JSON, but for its quotes.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 127 && c != '"' && c != '\\'; });
}

// Account names are the merchant's own: text like any other, and nearly always plain. Every payment has lines.
std::string lines_text(const std::vector<LedgerLine>& lines) {
  std::string text;
  for (const LedgerLine& line : lines) {
    text += text.empty() ? "[[" : ",[";
    if (is_plain(line.account))
      text.append("\"").append(line.account).append("\"");
    else
      text += to_text(Json(line.account));
    text.append(",").append(std::to_string(line.amount.minor())).append("]");
  }
  return text + "]";
}

}  // namespace

void post(Session& session, const LedgerTransaction& transaction, Random& random) {
  FLORIN_CHECK(!transaction.lines.empty(), "a posting has lines");
  Money sum = Money::zero(transaction.lines.front().amount.currency());
  for (const LedgerLine& line : transaction.lines) sum = sum + line.amount;
  FLORIN_CHECK(sum.is_zero(), "a posting sums to zero, or money was made or lost");
  const std::string_view currency = sum.currency().code();
  session.execute_later(
      "insert into ledger_postings (id, merchant, currency, kind, payment_id, refund_id, attempt_id, lines, created) "
      "values (:id, :merchant, :currency, :kind, :payment, :refund, :attempt, :lines, :created)",
      new_id("txn", transaction.created, random), transaction.merchant, currency, transaction.kind,
      transaction.payment_id, transaction.refund_id, transaction.attempt_id, lines_text(transaction.lines),
      micros(transaction.created));
  for (const LedgerLine& line : transaction.lines)
    add_at_close(
        session,
        "insert into ledger_balances (amount, merchant, account, currency) "
        "values (:amount, :merchant, :account, :currency) on conflict (merchant, account, currency) "
        "do update set amount = ledger_balances.amount + excluded.amount",
        {line.amount.minor(), transaction.merchant, line.account, currency});
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
        "from ledger_entries where merchant = :merchant order by transaction_id desc, id desc limit :limit",
        merchant, limit));
  // "txn_..._2": the posting that it is of is bounded too, by which the index goes.
  return from_rows(session.all<EntryRow>(
      "select id, transaction_id, account, kind, payment_id, refund_id, attempt_id, amount, currency, created "
      "from ledger_entries where merchant = :merchant and transaction_id <= :posting and id < :before "
      "order by transaction_id desc, id desc limit :limit",
      merchant, before.substr(0, before.rfind('_')), before, limit));
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
           "select b.merchant, b.account, b.currency, b.amount, cast(coalesce(e.amount, 0) as bigint) "
           "from ledger_balances b left join (select merchant, account, currency, sum(amount) as amount "
           "from ledger_entries group by merchant, account, currency) e on e.merchant = b.merchant "
           "and e.account = b.account and e.currency = b.currency where b.amount <> coalesce(e.amount, 0) limit 100"))
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
