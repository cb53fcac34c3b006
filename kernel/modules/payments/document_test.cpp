// A document is the same whether it began as a value or as text, and so are a payment method's two ways.
#include "kernel/modules/payments/document.hpp"

#include <gtest/gtest.h>

#include "kernel/modules/payments/order.hpp"

namespace florin {
namespace {

TEST(Document, BegunAsTextItIsTheValueThatTheTextSays) {
  const Json value{{"a", 1}, {"b", {{"c", "d"}}}};
  const Document written = Document::written(to_text(value));
  const Document copy = written;
  EXPECT_EQ(copy.text(), to_text(value));
  EXPECT_EQ(copy.json(), value);
  EXPECT_EQ(written, Document(value));
  EXPECT_FALSE(written == Document(Json{{"a", 2}}));
}

TEST(Document, EditedItIsAnotherAndItsCopiesStayAsTheyWere) {
  Document edited = Document::written(R"({"a":1})");
  const Document copy = edited;
  edited.edit([](Json& json) { json["b"] = 2; });
  EXPECT_EQ(edited.text(), R"({"a":1,"b":2})");
  EXPECT_EQ(copy.text(), R"({"a":1})");
}

TEST(Document, NothingAndAnEmptyObjectAreNotTheSame) {
  EXPECT_EQ(Document().text(), "null");
  EXPECT_TRUE(Document().json().is_null());
  EXPECT_EQ(Document::empty_object().text(), "{}");
  EXPECT_EQ(Document::empty_object(), Document(Json::object()));
  EXPECT_FALSE(Document() == Document::empty_object());
  Document filled = Document::empty_object();
  filled.edit([](Json& json) { json["a"] = 1; });
  EXPECT_EQ(filled.text(), R"({"a":1})");
  EXPECT_EQ(Document::empty_object().text(), "{}");
}

TEST(MethodFace, IsTheTextThatItsTreeWouldBe) {
  CardFace face{"visa", "4242", "424242", 12, 2034, "f00d", "PT", ""};
  for (const char* country : {"", "PT"})
    for (const char* holder : {"", "Ana \"A\" Lima", "Jos\xc3\xa9"})
      for (const char* saved : {"", "pm_1"}) {
        face.country = country;
        face.holder = holder;
        OrderMethod method;
        method.type = "card";
        method.saved = saved;
        const Document shown = method_face(method, face);
        EXPECT_EQ(shown.text(), to_text(shown.json()));
        EXPECT_EQ(shown.json()["card"], face.to_json());
        EXPECT_EQ(text_at(shown, "card.holder"), holder);
      }
  OrderMethod wallet;
  wallet.type = "paypal";
  EXPECT_EQ(method_face(wallet, std::nullopt).text(), R"({"type":"paypal"})");
}

}  // namespace
}  // namespace florin
