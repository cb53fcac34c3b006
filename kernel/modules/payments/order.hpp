// What a merchant asked for when creating or confirming a payment, read and checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <florin/provider.hpp>
#include <florin/result.hpp>

#include "kernel/modules/cards/card.hpp"
#include "kernel/modules/customers/customer.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/payments/document.hpp"
#include "kernel/platform/crypto/vault.hpp"

namespace florin {

// How the payer pays. A card is here in full (it never goes into the database), a token or saved method of
// ours by its id, a provider's own token as it came.
struct OrderMethod {
  std::string type;
  std::string token;             // tok_...: a one-time token of ours; "" : none.
  std::string saved;             // pm_...: a saved payment method, which knows its type; "" : none.
  std::optional<ReadCard> card;  // Given in full.
  std::optional<ProviderToken> provider_token;
  bool given() const { return !type.empty() || !saved.empty(); }
};

struct PaymentOrder {
  Money amount = Money::zero(Currency::of("EUR"));
  OrderMethod method;
  bool confirm = true;
  bool manual_capture = false;
  bool by_payer = false;  // Asked with a publishable key.
  Customer customer;
  std::string ip, device;
  std::string return_url;
  std::string country;  // The payer's.
  Json details = Json::object();  // As stored and shown: customer, billing, shipping, line_items, ...
};

Result<PaymentOrder> read_payment_order(const Json& body, const Merchant& merchant, const Vault& vault, Instant now,
                                        bool intent_only);
// {"type":"card","card":{...}} | {"type":"card","token":"tok_..."} | {"type":"paypal"} | {"id":"pm_..."} | "pm_..."
OrderMethod read_method(Fields& fields, const Vault& vault, Instant now);

// Stripe's setup_future_usage, kept in `details`: "off_session" or "on_session" save the card once the payment
// is approved (what the customer agreed to is the merchant's to know). Absent: what was said before stays.
void read_future_usage(Fields& fields, Json& details);
// Whether the details ask that the card be saved, and why this method cannot be (kInvalid).
bool saves_card(const Json& details);
std::optional<Error> why_not_save(const Json& details, const OrderMethod& method);

// As the API shows the method: what may be known of a card, never its number.
Document method_face(const OrderMethod& method, const std::optional<CardFace>& face);

// The provider's view of what the details hold.
// The party of that name; without anything when there is none.
Party party_at(const Json& details, std::string_view name);
std::vector<LineItem> line_items_from(const Json& details, Currency currency);

}  // namespace florin
