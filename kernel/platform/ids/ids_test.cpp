// Ids sort by when they were made, never repeat and have one shape; secrets hold all their randomness.
#include "kernel/platform/ids/ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace florin {
namespace {

using namespace std::chrono_literals;

class Fixed final : public Random {
 public:
  explicit Fixed(char fill) : fill_(fill) {}
  std::string bytes(std::size_t count) override { return std::string(count, fill_); }

 private:
  char fill_;
};

// The tests are hours apart: one process counts ids on within a few milliseconds.
const Instant kStart{1'795'198'102'123'000us};

TEST(Ids, AreUuidsOfVersionSeven) {
  Fixed random('\xff');
  static_cast<void>(new_id("pay", kStart - 1h, random));  // Whatever ran before is far from here.
  EXPECT_EQ(new_id("pay", kStart, random), "pay_01a1fa252a6b7000bfffffffffffffff");
  EXPECT_EQ(new_id("att", kStart + 500us, random), "att_01a1fa252a6b7800bfffffffffffffff");
}

TEST(Ids, SortByTimeAlsoWithinAMicrosecond) {
  Fixed random('\0');
  std::vector<std::string> ids;
  for (int i = 0; i < 10'000; ++i)
    ids.push_back(new_id("evt", kStart + 1h + std::chrono::microseconds(i / 10), random));
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "though the randomness was the same";
}

TEST(Ids, GoBackWithAClockThatGoesBack) {
  Fixed random('\0');
  const std::string later = new_id("evt", kStart + 3h, random);
  EXPECT_LT(new_id("evt", kStart + 2h, random), later);
}

TEST(Ids, NeverRepeatAcrossThreads) {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& mine : made)
    threads.emplace_back([&mine] {
      for (int i = 0; i < 5'000; ++i) mine.push_back(new_id("pay", kStart + 4h, system_random()));
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 20'000U);
}

TEST(Ids, HaveOneShape) {
  const std::string id = new_id("pay", kStart + 5h, system_random());
  EXPECT_TRUE(is_id("pay", id)) << id;
  EXPECT_FALSE(is_id("ref", id));
  EXPECT_FALSE(is_id("pa", id));
  EXPECT_FALSE(is_id("pay", id + "0"));
  EXPECT_FALSE(is_id("pay", ""));
  EXPECT_FALSE(is_id("pay", "pay_01A1FA252A6B7000BFFFFFFFFFFFFFFF"));
  EXPECT_FALSE(is_id("pay", "pay_01a1fa252a6b4000bfffffffffffffff")) << "another version";
  EXPECT_FALSE(is_id("pay", "pay_01a1fa252a6b7000bfffffffffff'or1"));
}

TEST(Secrets, HoldAll256BitsAndNeverRepeat) {
  Fixed zeros('\0'), ones('\xff');
  EXPECT_EQ(new_secret("sk_test_", zeros), "sk_test_" + std::string(43, '0'));
  // 2^256 - 1 in base 62, by an independent calculator.
  EXPECT_EQ(new_secret("", ones), "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1");
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(new_secret("whsec_", system_random()));
  EXPECT_EQ(seen.size(), 10'000U);
}

}  // namespace
}  // namespace florin
