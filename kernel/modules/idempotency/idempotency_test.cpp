// What a caller's Idempotency-Key promises, on both engines.
#include "kernel/modules/idempotency/idempotency.hpp"

#include <gtest/gtest.h>

#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

class IdempotencyKeys : public test::StoreTest {
 protected:
  KeyClaim claim(const std::string& merchant, const Idempotency& idempotency, Instant now = Instant{}) {
    return *write([=](Session& session) -> Result<KeyClaim> { return claim_key(session, merchant, idempotency, "pay_1", now); });
  }
  void finish(const std::string& merchant, const Idempotency& idempotency, const std::string& body) {
    ASSERT_TRUE(write([=](Session& session) -> Result<Done> {
      ApiAnswer answer;
      answer.status = 201;
      answer.body = body;
      finish_key(session, merchant, idempotency, answer);
      return Done();
    }));
  }
  std::int64_t purge(std::chrono::hours age, bool ended = true) {
    return *write([age, ended](Session& session) -> Result<std::int64_t> {
      const auto is_answered = [ended](Session&, const std::string& merchant, const std::string& object) {
        EXPECT_EQ(merchant + " " + object, "a pay_1");
        return ended;
      };
      return purge_keys(session, Instant{} + age, 100, is_answered);
    });
  }
  const Idempotency key_{"createPayment", "k1", "digest-a"};
};
FLORIN_BOTH_ENGINES(IdempotencyKeys);
using What = KeyClaim::What;

TEST_P(IdempotencyKeys, ARepeatGetsTheStoredBytes) {
  EXPECT_EQ(claim("a", key_).what, What::kFresh);
  finish("a", key_, R"({"id":"pay_1"})");

  const KeyClaim again = claim("a", key_);

  EXPECT_EQ(again.what, What::kReplay);
  EXPECT_EQ(again.answer.status, 201);
  EXPECT_EQ(again.answer.body, R"({"id":"pay_1"})");
  EXPECT_TRUE(again.answer.replayed);
  EXPECT_EQ(again.object_id, "pay_1");
}

TEST_P(IdempotencyKeys, ATwinOfARunningRequestIsToldSo) {
  claim("a", key_);
  EXPECT_EQ(claim("a", key_).what, What::kRunning);
}

TEST_P(IdempotencyKeys, AnotherBodyUnderTheSameKeyIsRefused) {
  claim("a", key_);
  finish("a", key_, "{}");
  EXPECT_EQ(claim("a", Idempotency{"createPayment", "k1", "digest-b"}).what, What::kReused);
}

TEST_P(IdempotencyKeys, MerchantsAndOperationsDoNotShareKeys) {
  claim("a", key_);
  EXPECT_EQ(claim("b", key_).what, What::kFresh);
  EXPECT_EQ(claim("a", Idempotency{"capturePayment:pay_1", "k1", "digest-a"}).what, What::kFresh);
}

TEST_P(IdempotencyKeys, TheFirstStoredAnswerStays) {
  claim("a", key_);
  finish("a", key_, "first");
  finish("a", key_, "second");
  EXPECT_EQ(claim("a", key_).answer.body, "first");
}

TEST_P(IdempotencyKeys, AreForgottenAfterThirtyDaysAndNotBefore) {
  claim("a", key_);
  finish("a", key_, "{}");
  EXPECT_EQ(purge(std::chrono::hours(24 * 30)), 0);
  EXPECT_EQ(purge(std::chrono::hours(24 * 30 + 1)), 1);
}

TEST_P(IdempotencyKeys, WithoutAStoredAnswerAreKeptUntilTheirObjectsWorkHasEnded) {
  claim("a", key_);
  const std::chrono::hours old(24 * 31);
  EXPECT_EQ(purge(old, false), 0);
  EXPECT_EQ(purge(old, true), 1);
}

}  // namespace
}  // namespace florin
