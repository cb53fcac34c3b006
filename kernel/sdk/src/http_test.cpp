// Headers without case, forms in order, percent-encoding there and back.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <florin/http.hpp>

namespace florin {
namespace {

TEST(Headers, CompareWithoutCase) {
  Headers headers{{"Content-Type", "text/plain"}};
  EXPECT_TRUE(headers.contains("content-type"));
  headers["CONTENT-TYPE"] = "a";
  EXPECT_EQ(headers.size(), 1U);
  EXPECT_FALSE(headers.contains("Content-Typ"));
}

TEST(Form, KeepsOrderAndBracketsOfKeysAndEncodesTheRest) {
  Form form;
  form.add("amount", std::int64_t{-1250})
      .add("metadata[attempt]", "att_1")
      .add("q", "a b&c=d+é")
      .add("empty", "");
  EXPECT_EQ(form.text(), "amount=-1250&metadata[attempt]=att_1&q=a%20b%26c%3Dd%2B%C3%A9&empty=");
  const auto fields = parse_form(form.text());
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_EQ(fields[1], (std::pair<std::string, std::string>("metadata[attempt]", "att_1")));
  EXPECT_EQ(fields[2].second, "a b&c=d+é");
}

TEST(Form, ReaderIsTotal) {
  const auto fields = parse_form("&&a+b=1+2&novalue&=v&bad=%zz%4&x==");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a b", "1 2"}, {"novalue", ""}, {"", "v"}, {"bad", "%zz%4"}, {"x", "="}};
  EXPECT_EQ(fields, expected);
}

TEST(UrlDecode, LeavesAPlusAndRefusesBrokenEscapes) {
  EXPECT_EQ(*url_decode("a+b%2B%20"), "a+b+ ");
  for (const std::string_view text : {"%", "%2", "%g0", "a%2", "%-1"}) EXPECT_FALSE(url_decode(text)) << text;
}

RC_GTEST_PROP(UrlEncode, ReadsBack, (const std::string& text)) {
  const std::string encoded = url_encode(text);
  RC_ASSERT(*url_decode(encoded) == text);
  for (const char letter : encoded) RC_ASSERT(letter > ' ' && letter < '\x7f');
}

}  // namespace
}  // namespace florin
