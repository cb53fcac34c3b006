// A JSON value that is copied often and seldom changed, as a payment's are: copies share it, and its text is made
// once, by whoever made the value, which is not the store's one writer. What begins as text becomes a value only
// when somebody looks into it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <florin/json.hpp>

namespace florin {

class Document {
 public:
  Document() = default;  // null
  Document(Json value) {  // NOLINT: it stands for the value.
    if (value.is_null()) return;
    if (value.is_object() && value.empty()) {
      *this = empty_object();
      return;
    }
    std::string text = to_text(value);
    held_ = std::make_shared<const Held>(std::move(text), std::move(value));
  }
  static Document empty_object() {
    static const Held empty("{}", Json::object());
    // Owned by nobody: threads that copy it would else all count in one place.
    Document document;
    document.held_ = std::shared_ptr<const Held>(std::shared_ptr<const Held>(), &empty);
    return document;
  }
  // Of a text that text() wrote.
  static Document of_text(std::string text) {
    Document document;
    if (text == "null") return document;
    Json value = Json::parse(text);
    document.held_ = std::make_shared<const Held>(std::move(text), std::move(value));
    return document;
  }
  // Of a text that was written just now as to_text() writes it: names in order, and never null.
  static Document written(std::string text) {
    Document document;
    document.held_ = std::make_shared<const Held>(std::move(text));
    return document;
  }

  const Json& json() const {
    static const Json null;
    return held_ ? held_->json() : null;
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
    return a.held_ == b.held_ || a.text() == b.text() || a.json() == b.json();
  }

 private:
  class Held {
   public:
    explicit Held(std::string of) : text(std::move(of)) {}
    Held(std::string of, Json value) : text(std::move(of)), value_(std::move(value)), is_read_(true) {}
    const Json& json() const {
      if (!is_read_) std::call_once(reading_, [this] { value_ = Json::parse(text); });
      return value_;
    }
    const std::string text;

   private:
    mutable Json value_;
    const bool is_read_ = false;
    mutable std::once_flag reading_;
  };
  std::shared_ptr<const Held> held_;
};

}  // namespace florin
