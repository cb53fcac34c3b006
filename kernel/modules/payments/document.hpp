// A JSON value that is copied often and seldom changed, as a payment's are: copies share it, and its text is made
// once, by whoever made the value, which is not the store's one writer.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <florin/json.hpp>

namespace florin {

class Document {
 public:
  Document() = default;  // null
  Document(Json value) {  // NOLINT: it stands for the value.
    if (value.is_null()) return;
    std::string text = to_text(value);
    held_ = std::make_shared<const Held>(Held{std::move(value), std::move(text)});
  }
  // Of a text that text() wrote.
  static Document of_text(std::string text) {
    Document document;
    if (text == "null") return document;
    Json value = Json::parse(text);
    document.held_ = std::make_shared<const Held>(Held{std::move(value), std::move(text)});
    return document;
  }

  const Json& json() const {
    static const Json null;
    return held_ ? held_->value : null;
  }
  operator const Json&() const { return json(); }  // NOLINT: it is read like the value.
  const Json* operator->() const { return &json(); }
  const std::string& text() const {
    static const std::string null = "null";
    return held_ ? held_->text : null;
  }
  template <class Edit>
  void edit(Edit change) {
    Json value = json();
    change(value);
    *this = Document(std::move(value));
  }

  friend bool operator==(const Document& a, const Document& b) {
    return a.held_ == b.held_ || a.json() == b.json();
  }

 private:
  struct Held {
    Json value;
    std::string text;
  };
  std::shared_ptr<const Held> held_;
};

}  // namespace florin
