// Double-entry books, one set a merchant: append-only, and zero per currency at every commit (law 4).
//
// Accounts, each per merchant and currency, `<provider account>` as the merchant's YAML names it:
//   receivable:<provider account>  what the provider holds for us (asset)
//   fees:<provider account>        what the provider kept (expense)
//   sales                          captured payments (income)
//   refunds                        given back (contra income)
// A debit is positive, a credit negative. Fees are lines of their own, never netted (gross convention).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <florin/money.hpp>
#include <florin/result.hpp>
#include <florin/time.hpp>

#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct LedgerLine {
  std::string account;
  Money amount;  // Debit positive, credit negative.
};

// One balanced posting. All lines are of one currency and sum to zero: anything else is our bug.
struct LedgerTransaction {
  std::string merchant;
  std::string kind;  // "capture", "refund", "fee"
  std::string payment_id, refund_id, attempt_id;
  std::vector<LedgerLine> lines;
  Instant created;
};

// The postings of the field's events. `fee` is what the provider kept (negative: gave back).
std::vector<LedgerLine> capture_lines(const std::string& provider_account, Money amount, std::optional<Money> fee);
std::vector<LedgerLine> refund_lines(const std::string& provider_account, Money amount, std::optional<Money> fee);

// In a unit of work: the only way into the books.
void post(Session& session, const LedgerTransaction& transaction, Random& random);

struct LedgerEntry {
  std::string id, transaction_id, account, kind, payment_id, refund_id, attempt_id;
  Money amount;
  Instant created;
};
std::vector<LedgerEntry> entries_of_payment(Session& session, const std::string& merchant, const std::string& payment_id);
// Newest first; `before` is the id of an entry, "" for the newest.
std::vector<LedgerEntry> entries_of_merchant(Session& session, const std::string& merchant, const std::string& before,
                                             int limit);

struct LedgerBalance {
  std::string account;
  Money amount;
};
std::vector<LedgerBalance> balances(Session& session, const std::string& merchant);

// What `florin ledger verify` looks at; empty when the books are right. Sentences for operators.
// Trial balance zero per merchant and currency, each transaction zero, each balance equal to its lines.
std::vector<std::string> verify_books(Session& session);

}  // namespace florin
