// What JSON is read, what is refused, and that readers of it never throw.
#include <gtest/gtest.h>

#include <florin/json.hpp>

namespace florin {
namespace {

std::string nested(std::size_t levels) {
  std::string text(levels, '[');
  return text.append(levels, ']');
}

TEST(ParseJson, ReadsWhatIsJson) {
  const Result<Json> json =
      parse_json(R"( {"b":[1,-2,{"c":null}],"a":"\u00e9\ud83d\ude00","d":1.5,"e":true,"f":{},"g":[]} )");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(to_text(*json),
            "{\"a\":\"\xC3\xA9\xF0\x9F\x98\x80\",\"b\":[1,-2,{\"c\":null}],\"d\":1.5,\"e\":true,\"f\":{},"
            "\"g\":[]}");
  EXPECT_EQ(to_text(*parse_json("7")), "7");
  EXPECT_EQ(to_text(*parse_json(R"([[1,[2,3]],[4],{"a":{"a":[5]}}])")), R"([[1,[2,3]],[4],{"a":{"a":[5]}}])");
}

TEST(ParseJson, RefusesWhatTwoReadersCouldReadInTwoWays) {
  const std::string_view texts[] = {R"({"amount":1,"amount":2})",
                                    R"({"a":{"b":1,"c":2,"b":3}})",
                                    R"({"a":1,"\u0061":2})",
                                    "{} {}",
                                    "{}x",
                                    "1 2",
                                    "",
                                    " ",
                                    "{",
                                    "[1,]",
                                    "{\"a\":1,}",
                                    "{'a':1}",
                                    "[01]",
                                    "[1.]",
                                    "[+1]",
                                    "[NaN]",
                                    "[1e999]",
                                    "\"\xC0\xAF\"",
                                    "\"\xED\xA0\x80\"",
                                    "\"\xF4\x90\x80\x80\"",
                                    "\"\xFF\"",
                                    "\"\\ud800\"",
                                    "\"a\nb\"",
                                    "\xEF\xBB\xBF{}",
                                    "// c\n{}",
                                    std::string_view("{}\0{}", 5),
                                    std::string_view("[1]\0", 4)};
  for (const std::string_view text : texts) {
    const Result<Json> json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().kind, Error::Kind::kInvalid);
    EXPECT_EQ(json.error().code, "invalid_json");
  }
}

TEST(ParseJson, StopsAtSixtyFourLevels) {
  EXPECT_TRUE(parse_json(nested(64)));
  EXPECT_FALSE(parse_json(nested(65)));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  EXPECT_FALSE(parse_json(nested(63).insert(63, R"({"a":[]})")));
}

TEST(ParseJson, NamesTheByteAndNeverThePieceOfText) {
  const Result<Json> json = parse_json(R"({"number":"4242424242424242","number":1})");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().message.find("4242"), std::string::npos);
  EXPECT_NE(json.error().message.find("at byte 37"), std::string::npos) << json.error().message;
}

TEST(JsonReaders, AnAbsentMemberOrAnotherTypeIsNothing) {
  const Json json = *parse_json(
      R"({"a":{"b":[{"c":"x"},7]},"big":9223372036854775808,"small":-9223372036854775808,"f":1.0})");
  EXPECT_EQ(text_at(json, "a.b.0.c"), "x");
  EXPECT_EQ(integer_at(json, "a.b.1"), 7);
  EXPECT_EQ(integer_at(json, "small"), INT64_MIN);
  EXPECT_EQ(find(json, ""), &json);
  for (const std::string_view path :
       {"a.b.2", "a.b.-1", "a.b.00x", "a.b.0.c.d", "z", "a..b", ".", "a.b.18446744073709551616"}) {
    EXPECT_EQ(find(json, path), nullptr) << path;
    EXPECT_EQ(text_at(json, path), "");
  }
  EXPECT_EQ(integer_at(json, "big"), std::nullopt);
  EXPECT_EQ(integer_at(json, "f"), std::nullopt);
  EXPECT_EQ(integer_at(json, "a"), std::nullopt);
  EXPECT_EQ(text_at(json, "a.b"), "");
}

TEST(JsonReaders, AWholeNumberIsReadToItsLastDigitOrIsNone) {
  for (const std::int64_t number : {INT64_MIN, INT64_MIN + 1, std::int64_t{-16744077309551615}, std::int64_t{-9007199254740993},
                                    std::int64_t{9007199254740993}, INT64_MAX})
    EXPECT_EQ(integer_at(*parse_json(std::to_string(number)), ""), number);
  for (const std::string_view beyond : {"-9223372036854775809", "-18446744073709551616", "9223372036854775808",
                                        "18446744073709551615", "18446744073709551616", "99999999999999999999999"})
    EXPECT_EQ(integer_at(*parse_json(beyond), ""), std::nullopt) << beyond;
}

TEST(JsonText, BrokenUtf8IsReplacedAndNeverThrows) { EXPECT_EQ(to_text(Json("a\xFF")), "\"a\xEF\xBF\xBD\""); }

}  // namespace
}  // namespace florin
