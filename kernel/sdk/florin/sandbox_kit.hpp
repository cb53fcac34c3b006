// What the far sides of several plugins have in common: test cards, answers kept under idempotency keys,
// names for objects and the page on which a payer says yes or no. For sandboxes and tests only; a plugin
// that talks to a real provider needs none of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/export.hpp>
#include <florin/http.hpp>
#include <florin/json.hpp>
#include <florin/sandbox.hpp>
#include <florin/time.hpp>

namespace florin::sandbox {

// Stripe's well-known test numbers (docs.stripe.com/testing), which every sandbox that takes cards knows.
// `outcome` is "approve", "challenge" (3-D Secure first) or Stripe's decline code; each far side says it in
// its own words. A number that is not in the table is approved, so that tests can have many cards.
struct TestCard {
  std::string_view number;
  std::string_view brand;  // lower case
  std::string_view outcome;
};
FLORIN_SDK_API const std::vector<TestCard>& test_cards();
FLORIN_SDK_API std::string outcome_of_card(std::string_view number);
FLORIN_SDK_API std::string brand_of_card(std::string_view number);  // "visa" when unknown.

// A name that nobody else has: `length` characters of 0-9a-f after the prefix, from the books' counter and
// the time, so that a far side that starts afresh does not name new things as old ones.
FLORIN_SDK_API std::string new_id(Books& books, std::string_view prefix, Instant now,
                                  std::size_t length = 24);

// The answer kept under an idempotency key. kOther: the key came with another request before.
struct Replay {
  enum class Is { kNew, kSame, kOther };
  Is is = Is::kNew;
  HttpResponse response;  // kSame only.
};
// `request` is whatever makes two requests the same one: method, path and body. Keys live in
// state["keys"]; the caller makes them unique per account.
FLORIN_SDK_API Replay recall(const Books& books, const std::string& key, std::string_view request,
                             Instant now, Duration kept_for);
FLORIN_SDK_API void remember(Books& books, const std::string& key, std::string_view request,
                             const HttpResponse& response, Instant now);

// "/v1/a%20b/c?x=1" is {"v1", "a b", "c"} and {{"x", "1"}}.
struct FLORIN_SDK_API Target {
  std::vector<std::string> path;
  std::vector<std::pair<std::string, std::string>> query;
  std::string parameter(std::string_view name) const;  // "" when absent.
};
FLORIN_SDK_API Target parse_target(std::string_view path);
FLORIN_SDK_API std::string value_of(const std::vector<std::pair<std::string, std::string>>& form,
                                    std::string_view name);  // "" when absent.

FLORIN_SDK_API HttpResponse json_answer(int status, const Json& body);
FLORIN_SDK_API HttpResponse page_answer(int status, std::string html);
FLORIN_SDK_API HttpResponse see_other(std::string url);  // 303
// `url` with one more query parameter.
FLORIN_SDK_API std::string with_parameter(std::string url, std::string_view name, std::string_view value);

// A page with two buttons that POST outcome=approve or outcome=cancel back to where the page came from.
// All three texts are escaped here.
FLORIN_SDK_API std::string approval_page(std::string_view title, std::string_view amount,
                                         std::string_view merchant);

}  // namespace florin::sandbox
