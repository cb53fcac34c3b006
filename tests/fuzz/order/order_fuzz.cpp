// The body of POST /payments: what is taken is within the documented bounds whatever was asked, nothing that
// is stored or shown holds a card's number, and what is refused names its field.
#include <florin/json.hpp>

#include "kernel/modules/payments/order.hpp"
#include "tests/fuzz/support/fuzz.hpp"

namespace florin {
namespace {

const Instant kNow{std::chrono::seconds(1'700'000'000)};

const Vault& vault() {
  static const auto made = Vault::make("1", {{"1", Secret(std::string(32, 'k'))}}, system_random());
  return **made;
}

const Merchant& merchant() {
  static const MerchantConfig config = [] {
    MerchantConfig made;
    made.id = "shop";
    made.currencies = {Currency::of("EUR"), Currency::of("JPY")};
    return made;
  }();
  static const Merchant made = [] {
    Merchant merchant;
    merchant.id = "shop";
    merchant.config = &config;
    return merchant;
  }();
  return made;
}

// Sums of bounded amounts need more than 64 bits. GCC and clang both have it, ISO C++ does not.
__extension__ typedef __int128 Wide;

void is_within_bounds(const PaymentOrder& order) {
  FLORIN_CHECK(order.amount.minor() >= 1 && order.amount.minor() <= 999'999'999'999, "an amount is bounded");
  FLORIN_CHECK(order.amount.currency().code() == "EUR" || order.amount.currency().code() == "JPY",
               "a currency is one that the merchant takes");
  FLORIN_CHECK(order.country.empty() || order.country.size() == 2, "a country has two letters");
  FLORIN_CHECK(order.return_url.size() <= 2000, "an address is bounded");
  FLORIN_CHECK(!order.confirm || order.method.given(), "what is confirmed has a method");
  Wide sum = 0;
  for (const LineItem& item : line_items_from(order.details, order.amount.currency()))
    sum += static_cast<Wide>(item.quantity) * item.unit_amount.minor() + item.tax.minor() - item.discount.minor();
  FLORIN_CHECK(sum <= order.amount.minor(), "line items sum to no more than the amount");
}

// Where it was the card's; a merchant may write the same digits into a description, which is theirs.
void shows_no_number(const PaymentOrder& order, const Json& body) {
  if (!order.method.card) return;
  const std::string number = text_at(body, "payment_method.card.number");
  Json rest = body;
  rest.at("payment_method").at("card").erase("number");
  if (number.empty() || to_text(rest).find(number) != std::string::npos) return;
  FLORIN_CHECK(to_text(order.details).find(number) == std::string::npos, "details hold no card number");
  FLORIN_CHECK(to_text(method_face(order.method, order.method.card->face)).find(number) == std::string::npos,
               "nor does what is shown");
}

}  // namespace

void fuzz_one(std::string_view input) {
  const Result<Json> body = parse_json(input);
  if (!body || !body->is_object()) return;
  for (const bool intent_only : {false, true}) {
    const Result<PaymentOrder> order = read_payment_order(*body, merchant(), vault(), kNow, intent_only);
    if (!order) {
      FLORIN_CHECK(order.error().kind == Error::Kind::kInvalid && !order.error().code.empty(), "a no has a code");
      continue;
    }
    is_within_bounds(*order);
    shows_no_number(*order, *body);
    FLORIN_CHECK(parse_json(to_text(order->details)).has_value(), "what is stored can be read");
  }
}

}  // namespace florin
