// What is written directly reads back as the tree that the library would have written.
#include "kernel/modules/api/json_text.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

TEST(JsonText, ReadsBackAsWhatWasWritten) {
  const Json nested{{"a", {1, 2, 3}}, {"b", nullptr}};
  const std::string written = JsonText()
                                  .text("plain", "pay_1")
                                  .text("empty", "")
                                  .text_or_null("none", "")
                                  .integer("least", INT64_MIN)
                                  .integer("most", INT64_MAX)
                                  .integer_or_null("when", std::nullopt)
                                  .boolean("yes", true)
                                  .boolean("no", false)
                                  .json("nested", nested)
                                  .json("nothing", Json())
                                  .json("list", Json::array())
                                  .json("map", Json::object())
                                  .json("number", Json(7))
                                  .json("word", Json("w"))
                                  .finish();

  const Json expected{{"plain", "pay_1"}, {"empty", ""},   {"none", nullptr},        {"least", INT64_MIN},
                      {"most", INT64_MAX}, {"when", nullptr}, {"yes", true},          {"no", false},
                      {"nested", nested},  {"nothing", nullptr}, {"list", Json::array()}, {"map", Json::object()},
                      {"number", 7},       {"word", "w"}};
  const auto read = parse_json(written);
  ASSERT_TRUE(read) << written;
  EXPECT_EQ(*read, expected) << written;
}

TEST(JsonText, EveryByteThatATextCanHoldSurvives) {
  std::string text;
  for (int byte = 1; byte < 0x80; ++byte) text += static_cast<char>(byte);
  text += "\xc3\xa9 \xe6\x9d\xb1 \xf0\x9f\x92\xb6";
  const auto read = parse_json(JsonText().text("it", text).finish());
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)["it"], text);
}

TEST(JsonText, BrokenUtf8StaysReadableJson) {
  const auto read = parse_json(JsonText().text("it", "a\xff\xfe").finish());
  ASSERT_TRUE(read) << "an answer that nobody can parse would lose the payment for its caller";
}

TEST(JsonText, ListsAndWhatIsInThemAreTheBytesThatTheLibraryWouldWrite) {
  const std::string written = JsonText()
                                  .list("a")
                                  .end_list()
                                  .list("b")
                                  .object()
                                  .integer("n", 1)
                                  .texts("t", {"x", "[", "\"{", "\xc3\xa9", ""})
                                  .end_object()
                                  .object()
                                  .end_object()
                                  .end_list()
                                  .texts("c", {})
                                  .integer("d", 2)
                                  .finish();

  const Json expected{{"a", Json::array()},
                      {"b", {{{"n", 1}, {"t", {"x", "[", "\"{", "\xc3\xa9", ""}}}, Json::object()}},
                      {"c", Json::array()},
                      {"d", 2}};
  EXPECT_EQ(written, to_text(expected));
}

TEST(JsonText, NothingWrittenIsAnEmptyObject) { EXPECT_EQ(JsonText().finish(), "{}"); }

}  // namespace
}  // namespace florin
