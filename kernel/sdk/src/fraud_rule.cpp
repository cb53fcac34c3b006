// The words for what payments are counted by.
#include <florin/fraud_rule.hpp>

namespace florin {

std::string_view to_text(Dimension dimension) {
  switch (dimension) {
    case Dimension::kCard:
      return "card";
    case Dimension::kCustomer:
      return "customer";
    case Dimension::kIp:
      return "ip";
    case Dimension::kDevice:
      return "device";
    case Dimension::kMerchant:
      return "merchant";
  }
  FLORIN_CHECK(false, "a dimension comes from the enum");
}

std::optional<Dimension> dimension_from(std::string_view text) {
  for (const Dimension each :
       {Dimension::kCard, Dimension::kCustomer, Dimension::kIp, Dimension::kDevice, Dimension::kMerchant})
    if (to_text(each) == text) return each;
  return std::nullopt;
}

}  // namespace florin
