// Which waits a far side may ask for by Retry-After, and that nonsense asks for none.
#include "kernel/platform/http_client/retry_after.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace florin {
namespace {

using namespace std::chrono_literals;

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
constexpr Instant kSunday{Duration(784'111'777'000'000)};

std::optional<Duration> asked(const char* text, Instant now = kSunday) {
  HttpResponse response;
  response.headers["retry-after"] = text;
  return retry_after(response, now);
}

TEST(RetryAfter, SecondsAreTakenUpToADay) {
  EXPECT_EQ(asked("0"), Duration(0));
  EXPECT_EQ(asked("120"), Duration(120s));
  EXPECT_EQ(asked("86401"), Duration(24h));
  EXPECT_EQ(asked("99999999999999999999999999"), Duration(24h));
}

TEST(RetryAfter, AllThreeFormsOfAnHttpDateAreTaken) {
  for (const char* date : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(asked(date, kSunday - 90s), Duration(90s)) << date;
}

TEST(RetryAfter, ADateIsAtMostADayAwayAndNeverBefore) {
  EXPECT_EQ(asked("Sun, 06 Nov 1994 08:49:37 GMT", kSunday - 25h), Duration(24h));
  EXPECT_EQ(asked("Sun, 06 Nov 1994 08:49:37 GMT", kSunday + 1h), Duration(0));
}

TEST(RetryAfter, NonsenseAsksForNothing) {
  for (const char* text : {"", " ", "soon", "-5", "+5", "1.5", "1e3", "5 minutes", "Sun, 06 Nov 1994",
                           "Sun, 99 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:61:61 GMT"})
    EXPECT_EQ(asked(text), std::nullopt) << text;
  EXPECT_EQ(retry_after(HttpResponse(), kSunday), std::nullopt);
}

}  // namespace
}  // namespace florin
