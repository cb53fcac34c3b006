// A card number, key or token (law 7): text that does not print, log, serialise, copy by accident into
// JSON or compare in variable time, and is wiped when it goes.
#pragma once

#include <string>
#include <string_view>

#include <florin/export.hpp>

namespace florin {

class FLORIN_SDK_API Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  // The one way to the text. Where it is called is where secrets leave: grep for it.
  const std::string& expose() const { return text_; }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }

  // In time that depends only on the lengths.
  friend FLORIN_SDK_API bool operator==(const Secret& a, const Secret& b);

 private:
  void wipe() noexcept;
  std::string text_;
};

// A Secret has no way into a stream, a format or a JSON document: these make the attempt a compile error.
template <class Stream>
Stream& operator<<(Stream&, const Secret&) = delete;
template <class Json>
void to_json(Json&, const Secret&) = delete;

}  // namespace florin
