// What the books promise, on both engines.
#include "kernel/modules/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

const Currency kEuro = Currency::of("EUR");
Money euro(std::int64_t minor) { return {minor, kEuro}; }

class Books : public test::StoreTest {
 protected:
  Result<Done> book(std::vector<LedgerLine> lines, const std::string& payment = "pay_1") {
    return write([lines, payment](Session& session) -> Result<Done> {
      post(session, LedgerTransaction{"lisbon-books", "capture", payment, "", "att_1", lines, Instant{}}, system_random());
      return Done();
    });
  }
  std::map<std::string, std::int64_t> balance() {
    std::map<std::string, std::int64_t> amounts;
    const auto found = read([](Session& session) -> Result<std::vector<LedgerBalance>> { return balances(session, "lisbon-books"); });
    for (const LedgerBalance& one : *found) amounts[one.account] = one.amount.minor();
    return amounts;
  }
  std::vector<std::string> faults() {
    return *read([](Session& session) -> Result<std::vector<std::string>> { return verify_books(session); });
  }
};
FLORIN_BOTH_ENGINES(Books);

TEST_P(Books, ACaptureWithAFeeLeavesSalesGrossAndTheFeeOnALineOfItsOwn) {
  ASSERT_TRUE(book(capture_lines("stripe-eu", euro(1250), euro(37))));

  const std::map<std::string, std::int64_t> expected = {
      {"receivable:stripe-eu", 1213}, {"fees:stripe-eu", 37}, {"sales", -1250}};
  EXPECT_EQ(balance(), expected);
}

TEST_P(Books, ARefundTakesFromTheReceivableAndNeverFromSales) {
  ASSERT_TRUE(book(capture_lines("stripe-eu", euro(1250), std::nullopt)));
  ASSERT_TRUE(book(refund_lines("stripe-eu", euro(250), std::nullopt)));

  const std::map<std::string, std::int64_t> expected = {{"receivable:stripe-eu", 1000}, {"refunds", 250}, {"sales", -1250}};
  EXPECT_EQ(balance(), expected);
}

TEST_P(Books, AllBalancesOfACurrencySumToZero) {
  ASSERT_TRUE(book(capture_lines("stripe-eu", euro(999), euro(59))));
  ASSERT_TRUE(book(capture_lines("till", euro(1), std::nullopt)));

  std::int64_t sum = 0;
  for (const auto& [account, amount] : balance()) sum += amount;
  EXPECT_EQ(sum, 0);
  EXPECT_TRUE(faults().empty());
}

TEST_P(Books, AnAccountIsShownByItsOwnNameWhateverItHolds) {
  for (const std::string name : {"caf\u00e9", "the \"till\"", "back\\slash", "two\nlines", "plain"}) {
    ASSERT_TRUE(book(capture_lines(name, euro(5), std::nullopt), "pay_" + name));

    const auto lines = read([&name](Session& session) -> Result<std::vector<LedgerEntry>> {
      return entries_of_payment(session, "lisbon-books", "pay_" + name);
    });
    ASSERT_EQ(lines->size(), 2u) << name;
    EXPECT_EQ(lines->front().account, "receivable:" + name);
  }
  EXPECT_TRUE(faults().empty());
}

TEST_P(Books, ALineChangedBehindOurBackIsNamedByVerify) {
  ASSERT_TRUE(book(capture_lines("stripe-eu", euro(1250), std::nullopt)));
  ASSERT_TRUE(write([](Session& session) -> Result<Done> {
    session.execute("update ledger_postings set lines = replace(lines, '-1250', '-1249')");
    return Done();
  }));

  EXPECT_EQ(faults().size(), 3u) << "the trial balance, the transaction, and the balance kept";
}

TEST_P(Books, LinesOfAPaymentAreTheMerchantsAlone) {
  ASSERT_TRUE(book(capture_lines("stripe-eu", euro(1250), std::nullopt)));

  const auto own = read([](Session& s) -> Result<std::vector<LedgerEntry>> { return entries_of_payment(s, "lisbon-books", "pay_1"); });
  const auto other = read([](Session& s) -> Result<std::vector<LedgerEntry>> { return entries_of_payment(s, "tokyo-teas", "pay_1"); });
  EXPECT_EQ(own->size(), 2u);
  EXPECT_TRUE(other->empty());
}

TEST(BooksDeathTest, APostingThatDoesNotSumToZeroStopsTheProcess) {
  class NoSession final : public Session {
    void stage(StagedEvent) override {}
    Engine engine() const override { return Engine::kSqlite; }
    std::vector<Parameter>& parameters() override { return values_; }
    std::int64_t run(std::string_view) override { return 0; }
    void run_later(std::string_view) override {}
    void fetch(std::string_view, int, std::string_view, const std::function<void(const std::vector<Value>&)>&) override {}
    std::vector<Parameter> values_;
  } session;
  const LedgerTransaction wrong{"m", "capture", "", "", "", {{"sales", euro(-10)}, {"receivable:a", euro(9)}}, Instant{}};
  EXPECT_DEATH(post(session, wrong, system_random()), "sums to zero");
}

}  // namespace
}  // namespace florin
