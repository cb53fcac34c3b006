// What an upgrade does to the books that are there already: each posting of several rows becomes one, and shows the
// same lines under the same ids.
#include <gtest/gtest.h>

#include "kernel/modules/ledger/ledger.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

constexpr int kPostings = 350, kPostingsByPayment = 355;

std::vector<Migration> without_postings(Engine engine) {
  std::vector<Migration> migrations = built_in_migrations(engine);
  std::erase_if(migrations, [](const Migration& migration) {
    return migration.number == kPostings || migration.number == kPostingsByPayment;
  });
  return migrations;
}

class LedgerUpgrade : public test::StoreTest {
 protected:
  void SetUp() override {
    test::StoreTest::SetUp();
    use_migrations(without_postings);
  }
  void insert_old(const std::string& posting, int line, const std::string& account, std::int64_t amount,
                  std::int64_t created) {
    ASSERT_TRUE(write([=](Session& session) -> Result<Done> {
      session.execute(
          "insert into ledger_entries (id, transaction_id, merchant, account, currency, amount, kind, payment_id, "
          "refund_id, attempt_id, created) values (:id, :posting, 'shop', :account, 'EUR', :amount, 'capture', 'pay_1', "
          "'', 'att_1', :created)",
          posting + "_" + std::to_string(line), posting, account, amount, created);
      session.execute(
          "insert into ledger_balances (merchant, account, currency, amount) values ('shop', :account, 'EUR', :amount) "
          "on conflict (merchant, account, currency) do update set amount = ledger_balances.amount + excluded.amount",
          account, amount);
      return Done();
    }));
  }
};
FLORIN_BOTH_ENGINES(LedgerUpgrade);

TEST_P(LedgerUpgrade, TheLinesOfBeforeAreShownAsTheyWereAndTheBooksAreRight) {
  insert_old("txn_a", 1, R"(receivable:"acme")", 1250, 5);
  insert_old("txn_a", 2, "sales", -1250, 5);
  insert_old("txn_a", 3, R"(fees:"acme")", 9'007'199'254'740'993, 5);
  insert_old("txn_a", 4, R"(receivable:"acme")", -9'007'199'254'740'993, 5);
  insert_old("txn_b", 1, "refunds", 250, 6);
  insert_old("txn_b", 2, R"(receivable:"acme")", -250, 6);
  close_store();
  use_migrations(built_in_migrations);

  const auto lines = *read([](Session& session) -> Result<std::vector<std::string>> {
    std::vector<std::string> texts;
    for (const LedgerEntry& entry : entries_of_payment(session, "shop", "pay_1"))
      texts.push_back(entry.id + " " + entry.transaction_id + " " + entry.account + " " +
                      std::to_string(entry.amount.minor()) + " " + entry.kind + " " + entry.attempt_id);
    return texts;
  });
  const std::vector<std::string> expected = {
      R"(txn_a_1 txn_a receivable:"acme" 1250 capture att_1)",
      R"(txn_a_2 txn_a sales -1250 capture att_1)",
      R"(txn_a_3 txn_a fees:"acme" 9007199254740993 capture att_1)",
      R"(txn_a_4 txn_a receivable:"acme" -9007199254740993 capture att_1)",
      R"(txn_b_1 txn_b refunds 250 capture att_1)",
      R"(txn_b_2 txn_b receivable:"acme" -250 capture att_1)"};
  EXPECT_EQ(lines, expected);
  EXPECT_TRUE(read([](Session& session) -> Result<std::vector<std::string>> { return verify_books(session); })->empty());
}

}  // namespace
}  // namespace florin
