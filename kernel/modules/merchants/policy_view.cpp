// What of a merchant's configuration policies are given.
#include "kernel/modules/merchants/policy_view.hpp"

namespace florin {

void write_policy_merchant(PolicyWriter& writer, const Merchant& merchant) {
  writer.text("id", merchant.id);
  writer.text("country", merchant.config->country);
  writer.text("currency", merchant.config->currency.code());
  writer.json("values", merchant.config->policy_values);
}

}  // namespace florin
