// When Florin asks for a payer who has not come back.
#include "kernel/modules/payments/waiting.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

using namespace std::chrono_literals;
constexpr Instant kIssued(1'795'176'000s);
constexpr Instant kEnd = kIssued + 24h;

TEST(WaitingForThePayer, IsAskedAboutAtEverLongerIntervalsAndAtItsEnd) {
  std::vector<Duration> asked;
  for (Instant now = kIssued; now < kEnd; asked.push_back(now - kIssued)) now = next_ask(kIssued, kEnd, now);

  EXPECT_EQ(asked, (std::vector<Duration>{2min, 10min, 30min, 2h, 6h, 12h, 24h}));
}

TEST(WaitingForThePayer, AFarSideThatCannotSayAfterTheEndIsAskedMoreAndMoreSeldom) {
  EXPECT_EQ(next_ask(kIssued, kEnd, kEnd), kEnd + 3h);
  EXPECT_EQ(next_ask(kIssued, kEnd, kIssued + 24h * 8), kIssued + 24h * 9);
}

TEST(WaitingForThePayer, AnEarlierEndIsKeptTo) { EXPECT_EQ(next_ask(kIssued, kIssued + 1h, kIssued + 45min), kIssued + 1h); }

TEST(WaitingForThePayer, AClockPutBackAsksAsIfItWereThatTime) {
  EXPECT_EQ(next_ask(kIssued, kEnd, kIssued - 1h), kIssued + 2min);
}

TEST(WaitingForThePayer, AnActionToldAgainKeepsItsEnd) {
  const Money amount(1200, Currency::of("EUR"));
  Payment payment{"pay_1", "shop", amount, amount, amount, amount};
  EXPECT_EQ(action_end(payment, kIssued), kEnd);
  payment.next_action = Json{{"type", "redirect"}, {"expires_at", 1'795'176'060}};
  EXPECT_EQ(action_end(payment, kIssued + 5h), kIssued + 60s);
}

}  // namespace
}  // namespace florin
