// What far sides may rely on: keys that are answered once, names that do not repeat, test cards that every
// sandbox reads alike.
#include <gtest/gtest.h>

#include <florin/sandbox_kit.hpp>

namespace florin::sandbox {
namespace {

constexpr Instant kNow(std::chrono::seconds(1'700'000'000));
constexpr std::chrono::hours kDay(24);

TEST(SandboxKit, TheSameKeyAndRequestGetTheStoredAnswer) {
  Books books;
  remember(books, "acc/key", "POST /charge", json_answer(201, {{"id", "ch_1"}}), kNow);

  const Replay replay = recall(books, "acc/key", "POST /charge", kNow, kDay);

  EXPECT_EQ(replay.is, Replay::Is::kSame);
  EXPECT_EQ(replay.response.status, 201);
  EXPECT_EQ(replay.response.body, R"({"id":"ch_1"})");
}

TEST(SandboxKit, TheSameKeyWithAnotherRequestIsTold) {
  Books books;
  remember(books, "acc/key", "POST /charge 1", json_answer(201, {}), kNow);

  EXPECT_EQ(recall(books, "acc/key", "POST /charge 2", kNow, kDay).is, Replay::Is::kOther);
  EXPECT_EQ(recall(books, "acc/other", "POST /charge 2", kNow, kDay).is, Replay::Is::kNew);
}

TEST(SandboxKit, AKeyIsForgottenAfterItsTime) {
  Books books;
  remember(books, "acc/key", "POST /charge", json_answer(201, {}), kNow);

  EXPECT_EQ(recall(books, "acc/key", "POST /charge", kNow + kDay, kDay).is, Replay::Is::kSame);
  EXPECT_EQ(recall(books, "acc/key", "POST /charge", kNow + kDay + std::chrono::seconds(1), kDay).is,
            Replay::Is::kNew);
}

TEST(SandboxKit, FreshBooksDoNotNameNewThingsAsOldOnes) {
  Books first, restarted;

  EXPECT_NE(new_id(first, "pi_", kNow), new_id(first, "pi_", kNow));
  EXPECT_NE(new_id(first, "pi_", kNow), new_id(restarted, "pi_", kNow + std::chrono::seconds(1)));
}

TEST(SandboxKit, ATargetIsItsDecodedPathAndQuery) {
  const Target target = parse_target("/v1/a%20b/c?limit=3&after=x%2Fy");

  EXPECT_EQ(target.path, (std::vector<std::string>{"v1", "a b", "c"}));
  EXPECT_EQ(target.parameter("after"), "x/y");
  EXPECT_EQ(target.parameter("absent"), "");
}

TEST(SandboxKit, TheApprovalPageEscapesWhatItShows) {
  const std::string page = approval_page("Pay", "12.00 EUR", "<script>alert(1)</script>");

  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_NE(page.find("value=\"approve\""), std::string::npos);
}

TEST(SandboxKit, ACardThatIsNotInTheTableIsApproved) {
  EXPECT_EQ(outcome_of_card("4000000000009995"), "insufficient_funds");
  EXPECT_EQ(outcome_of_card("4929939187355598"), "approve");
}

}  // namespace
}  // namespace florin::sandbox
