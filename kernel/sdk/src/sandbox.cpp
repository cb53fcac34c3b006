// The far side's books: names for its objects and words for its entries.
#include <florin/sandbox.hpp>

namespace florin {

std::string_view to_text(BookEntry::Kind kind) {
  switch (kind) {
    case BookEntry::Kind::kAuthorized:
      return "authorized";
    case BookEntry::Kind::kCaptured:
      return "captured";
    case BookEntry::Kind::kVoided:
      return "voided";
    case BookEntry::Kind::kRefunded:
      return "refunded";
  }
  FLORIN_CHECK(false, "a kind of entry comes from the enum");
}

std::string Books::next(const std::string& prefix) { return prefix + "_" + std::to_string(++counter_); }

}  // namespace florin
