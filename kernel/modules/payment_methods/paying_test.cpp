// What payments are promised of saved methods, on both engines: a card comes back as it was put aside, only in
// its own row, only once its payment is approved, and without a trace when it is not.
#include <gtest/gtest.h>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/payment_methods/service.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

const Secret kNumber("4242424242424242");

class SavedMethods : public test::StoreTest {
 protected:
  SavedMethods() : clock_(executor()), vault_(*Vault::make("k1", {{"k1", Secret(std::string(32, 'k'))}}, system_random())) {}

  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped()) return;
    store().on_closing(store_events);
    tokens_ = std::make_unique<CardTokens>(*vault_, clock_, system_random());
    methods_ = std::make_unique<PaymentMethods>(store(), clock_, system_random(), *vault_, *tokens_);
  }

  CardFace face() const {
    CardFace face;
    face.brand = "visa";
    face.last4 = "4242";
    face.holder = "Ana";
    face.exp_month = 12;
    face.exp_year = 2034;
    return face;
  }
  SavedMethod put_aside(const std::string& merchant, const std::string& payment) {
    const SavedMethod method = methods_->seal_for(payment, merchant, kNumber, face(), false);
    EXPECT_TRUE(write([&](Session& session) -> Result<Done> {
      methods_->put_aside(session, method);
      return Done();
    }));
    return method;
  }
  Result<std::string> keep(const std::string& merchant, const std::string& payment) {
    return write([&](Session& session) { return methods_->keep(session, merchant, payment, "cus_a", clock_.now()); });
  }
  Result<SavedMethod> find(const std::string& merchant, const std::string& id) {
    return read([&](Session& session) {
      return methods_->find_to_pay(session, merchant, id, {"cus_a", false, "", false, clock_.now()});
    });
  }

  SystemClock clock_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<CardTokens> tokens_;
  std::unique_ptr<PaymentMethods> methods_;
};
FLORIN_BOTH_ENGINES(SavedMethods);

TEST_P(SavedMethods, ACardIsThereOnceItsPaymentIsApprovedAndNotBefore) {
  const std::string id = put_aside("a", "pay_1").id;
  EXPECT_EQ(find("a", id).error().kind, Error::Kind::kNotFound);

  EXPECT_EQ(*keep("a", "pay_1"), id);

  const Result<SavedMethod> method = find("a", id);
  ASSERT_TRUE(method);
  EXPECT_EQ(method->customer_id, "cus_a");
  const Result<Card> card = methods_->open(*method);
  ASSERT_TRUE(card);
  EXPECT_EQ(card->number.expose(), kNumber.expose());
  EXPECT_EQ(card->exp_year, 2034);
  EXPECT_EQ(card->holder, "Ana");
  EXPECT_TRUE(card->cvc.empty());
}

TEST_P(SavedMethods, ItsSavingIsToldOnceAndWithoutTheNumber) {
  put_aside("a", "pay_1");
  ASSERT_TRUE(keep("a", "pay_1"));
  EXPECT_EQ(*keep("a", "pay_1"), "") << "kept already";
  const auto events = read([](Session& session) -> Result<std::vector<StagedEvent>> { return events_after(session, "a", {}); });
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->front().type, "payment_method.created");
  EXPECT_EQ(events->front().body.find("sealed"), std::string::npos);
  EXPECT_EQ(events->front().body.find(kNumber.expose()), std::string::npos);
}

TEST_P(SavedMethods, ARefusedPaymentLeavesNothing) {
  put_aside("a", "pay_1");
  ASSERT_TRUE(write([&](Session& session) -> Result<Done> {
    methods_->forget(session, "a", "pay_1");
    return Done();
  }));
  EXPECT_EQ(*keep("a", "pay_1"), "");
}

TEST_P(SavedMethods, AnotherMerchantNeitherFindsNorKeepsNorForgetsIt) {
  const std::string id = put_aside("a", "pay_1").id;
  EXPECT_EQ(*keep("b", "pay_1"), "");
  ASSERT_TRUE(write([&](Session& session) -> Result<Done> {
    methods_->forget(session, "b", "pay_1");
    return Done();
  }));
  EXPECT_EQ(*keep("a", "pay_1"), id);
  EXPECT_EQ(find("b", id).error().kind, Error::Kind::kNotFound);
}

TEST_P(SavedMethods, ANumberCopiedToAnotherRowDoesNotOpen) {
  const SavedMethod mine = put_aside("a", "pay_1");
  for (const auto& [merchant, id] : {std::pair(mine.merchant, std::string("pm_other")), {"b", mine.id}}) {
    SavedMethod moved = mine;
    moved.merchant = merchant;
    moved.id = id;
    EXPECT_EQ(methods_->open(moved).error().kind, Error::Kind::kDenied);
  }
}

TEST_P(SavedMethods, OfTwoWhoMoveItTheSecondIsToldAndNothingIsTold) {
  const SavedMethod mine = put_aside("a", "pay_1");
  ASSERT_TRUE(keep("a", "pay_1"));
  const auto twice = write([&](Session& session) -> Result<Done> {
    SavedMethod after = mine;
    return advance_method(session, mine, after, MethodStatus::kActive, system_random());
  });
  EXPECT_EQ(twice.error().kind, Error::Kind::kConflict);
  const auto events = read([](Session& session) -> Result<std::vector<StagedEvent>> { return events_after(session, "a", {}); });
  EXPECT_EQ(events->size(), 1U);
}

}  // namespace
}  // namespace florin
