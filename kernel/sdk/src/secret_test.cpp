// What a Secret does not do: print, format, become JSON, outlive itself in memory (law 7).
#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <ostream>

#include <fmt/format.h>

#include <florin/json.hpp>
#include <florin/secret.hpp>

namespace florin {
namespace {

template <class T>
concept Streams = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept BecomesText = std::is_convertible_v<T, std::string> || std::is_convertible_v<T, std::string_view>;

static_assert(Streams<std::string> && !Streams<Secret>);
static_assert(std::is_constructible_v<Json, std::string> && !std::is_constructible_v<Json, Secret>);
static_assert(fmt::is_formattable<std::string>::value && !fmt::is_formattable<Secret>::value);
static_assert(!BecomesText<Secret> && !std::is_convertible_v<std::string, Secret>);

TEST(Secret, ComparesByItsText) {
  EXPECT_TRUE(Secret("4242424242424242") == Secret("4242424242424242"));
  EXPECT_FALSE(Secret("4242424242424242") == Secret("4242424242424241"));
  EXPECT_FALSE(Secret("4242") == Secret("42424"));
  EXPECT_TRUE(Secret() == Secret(""));
}

TEST(Secret, CopiesKeepAndMovesEmptyTheSource) {
  Secret first("a key that is longer than any small string buffer");
  Secret copy = first;
  EXPECT_EQ(copy.expose(), first.expose());
  Secret moved = std::move(first);
  EXPECT_TRUE(first.empty());
  copy = std::move(moved);
  EXPECT_TRUE(moved.empty());
  Secret& same = copy;
  copy = same;
  EXPECT_EQ(copy.expose(), "a key that is longer than any small string buffer");
}

TEST(Secret, LeavesNothingOfAShortTextBehind) {
  alignas(Secret) unsigned char place[sizeof(Secret)];
  auto* secret = new (place) Secret("cvc-314159");
  Secret elsewhere(std::move(*secret));
  const auto holds_it = [&place] { return memmem(place, sizeof place, "314159", 6) != nullptr; };
  EXPECT_FALSE(holds_it()) << "after a move";
  *secret = elsewhere;
  EXPECT_TRUE(holds_it()) << "this test looks where a short text lives";
  secret->~Secret();
  EXPECT_FALSE(holds_it()) << "after its end";
}

}  // namespace
}  // namespace florin
