// Reading POST /payments and /payments/confirm: every field by name, nothing ignored.
#include "kernel/modules/payments/order.hpp"

#include <algorithm>

#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {

// More than any payment, small enough that sums of thousands stay far from overflow.
constexpr std::int64_t kAmountMax = 999'999'999'999;

bool is_country(const std::string& text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string read_country(Fields& fields, std::string_view name) {
  std::string country = fields.text(name, 2);
  std::transform(country.begin(), country.end(), country.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (!country.empty() && !is_country(country)) fields.fail(name, "must be a country as ISO 3166-1 has it, such as PT");
  return country;
}

Json read_address(Fields& outer, std::string_view name) {
  const Json* json = outer.object(name);
  if (!json) return Json();
  Fields fields(*json, outer.name_of(name));
  Json address = Json::object();
  for (const char* part : {"line1", "line2", "city", "state", "postal_code"})
    if (std::string text = fields.text(part, 200); !text.empty()) address[part] = std::move(text);
  if (std::string country = read_country(fields, "country"); !country.empty()) address["country"] = std::move(country);
  outer.take(fields);
  return address;
}

Json read_party(Fields& outer, std::string_view name) {
  const Json* json = outer.object(name);
  if (!json) return Json();
  Fields fields(*json, outer.name_of(name));
  Json party = Json::object();
  for (const char* part : {"name", "email", "phone"})
    if (std::string text = fields.text(part, 200); !text.empty()) party[part] = std::move(text);
  if (Json address = read_address(fields, "address"); !address.is_null()) party["address"] = std::move(address);
  outer.take(fields);
  return party;
}

// Sums of amounts from outside, which no 64 bits need to hold. GCC and clang both have it, ISO C++ does not.
__extension__ typedef __int128 Wide;

Json read_line_items(Fields& outer, Money total) {
  const Json* list = outer.array("line_items", 200);
  if (!list) return Json::array();
  Json items = Json::array();
  Wide sum = 0;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string path = "line_items." + std::to_string(i);
    Fields fields((*list)[i], path);
    Json item{{"name", fields.required_text("name", 200)}};
    if (std::string sku = fields.text("sku", 100); !sku.empty()) item["sku"] = std::move(sku);
    const std::int64_t quantity = fields.integer("quantity", 1, 1'000'000).value_or(1);
    const auto unit = fields.integer("unit_amount", 0, kAmountMax);
    if (!unit) fields.fail("unit_amount", "is required, in minor units", "parameter_missing");
    const std::int64_t tax = fields.integer("tax", 0, kAmountMax).value_or(0);
    const std::int64_t discount = fields.integer("discount", 0, kAmountMax).value_or(0);
    item.update({{"quantity", quantity}, {"unit_amount", unit.value_or(0)}, {"tax", tax}, {"discount", discount}});
    sum += static_cast<Wide>(quantity) * unit.value_or(0) + tax - discount;
    items.push_back(std::move(item));
    outer.take(fields);
  }
  if (!items.empty() && sum > total.minor())
    outer.fail("line_items", "sum to more than the amount", "line_items_exceed_amount");
  return items;
}

Customer read_customer(Fields& outer, const Merchant& merchant) {
  Customer customer;
  customer.merchant = merchant.id;
  const Json* json = outer.object("customer");
  if (!json) return customer;
  Fields fields(*json, "customer");
  customer.id = fields.text("id", 100);
  customer.email = fields.text("email", 200);
  customer.phone = fields.text("phone", 50);
  customer.name = fields.text("name", 200);
  if (!customer.email.empty() && customer.email.find('@') == std::string::npos) fields.fail("email", "is no e-mail address");
  std::transform(customer.email.begin(), customer.email.end(), customer.email.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  outer.take(fields);
  return customer;
}

void put(Json& details, const char* name, Json value) {
  if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) return;
  if ((value.is_object() || value.is_array()) && value.empty()) return;
  details[name] = std::move(value);
}

}  // namespace

OrderMethod read_method(Fields& outer, const Vault& vault, Instant now) {
  OrderMethod method;
  const Json* json = outer.object("payment_method");
  if (!json) return method;
  Fields fields(*json, "payment_method");
  method.type = fields.required_text("type", 40);
  const std::string token = fields.text("token", 500);
  const Json* card = fields.object("card");
  if (!token.empty() && card) fields.fail("token", "and card were both given; give one");
  if (is_id("tok", token))
    method.token = token;
  else if (!token.empty())
    method.provider_token = ProviderToken{Secret(token)};
  if (card) {
    if (method.type != "card") fields.fail("card", "goes with type card only");
    Fields inner(*card, "payment_method.card");
    method.card = read_card(inner, vault, now);
    fields.take(inner);
  }
  if (method.type == "card" && token.empty() && !card)
    fields.fail("card", "is required for type card, or token", "parameter_missing");
  outer.take(fields);
  return method;
}

Result<PaymentOrder> read_payment_order(const Json& body, const Merchant& merchant, const Vault& vault, Instant now,
                                        bool intent_only) {
  PaymentOrder order;
  Fields fields(body);
  const auto amount = fields.integer("amount", 1, kAmountMax);
  if (!amount) fields.fail("amount", "is required: a whole number of minor units", "parameter_missing");
  const std::string code = fields.required_text("currency", 10);
  const Result<Currency> currency = Currency::parse(code);
  if (!currency) {
    fields.fail("currency", "is no currency that Florin knows: " + code, "unknown_currency");
  } else {
    order.amount = Money(amount.value_or(0), *currency);
    const auto& taken = merchant.config->currencies;
    if (!taken.empty() && std::find(taken.begin(), taken.end(), *currency) == taken.end())
      fields.fail("currency", "is not one that this merchant takes: " + code, "currency_not_taken");
  }
  order.manual_capture = fields.one_of("capture_method", {"automatic", "manual"}) == "manual";
  order.method = read_method(fields, vault, now);
  order.confirm = !intent_only && fields.boolean("confirm").value_or(order.method.given());
  if (!intent_only && order.confirm && !order.method.given())
    fields.fail("payment_method", "is required to confirm", "parameter_missing");
  order.customer = read_customer(fields, merchant);
  order.country = read_country(fields, "country");
  order.return_url = fields.text("return_url", 2000);
  if (!order.return_url.empty() && !order.return_url.starts_with("https://") && !order.return_url.starts_with("http://"))
    fields.fail("return_url", "must begin with https:// or http://");
  if (const Json* device = fields.object("device")) {
    Fields inner(*device, "device");
    order.device = inner.text("id", 200);
    order.ip = inner.text("ip", 50);
    const std::string agent = inner.text("user_agent", 500);
    fields.take(inner);
    Json shown = Json::object();
    put(shown, "id", order.device);
    put(shown, "ip", order.ip);
    put(shown, "user_agent", agent);
    put(order.details, "device", std::move(shown));
  }
  put(order.details, "billing", read_party(fields, "billing"));
  put(order.details, "shipping", read_party(fields, "shipping"));
  put(order.details, "line_items", read_line_items(fields, order.amount));
  put(order.details, "description", fields.text("description", 500));
  put(order.details, "metadata", fields.metadata("metadata"));
  put(order.details, "return_url", order.return_url);
  put(order.details, "country", order.country);
  if (const auto wrong = fields.error()) return *wrong;
  return order;
}

Json method_face(const OrderMethod& method, const std::optional<CardFace>& face) {
  Json json{{"type", method.type}};
  if (face) json["card"] = face->to_json();
  return json;
}

Party party_from(const Json& json) {
  Party party;
  party.name = text_at(json, "name");
  party.email = text_at(json, "email");
  party.phone = text_at(json, "phone");
  party.address = Address{text_at(json, "address.line1"), text_at(json, "address.line2"),
                          text_at(json, "address.city"),  text_at(json, "address.state"),
                          text_at(json, "address.postal_code"), text_at(json, "address.country")};
  return party;
}

std::vector<LineItem> line_items_from(const Json& details, Currency currency) {
  std::vector<LineItem> items;
  const Json* list = find(details, "line_items");
  if (!list) return items;
  for (const Json& item : *list)
    items.push_back({text_at(item, "name"), text_at(item, "sku"), integer_at(item, "quantity").value_or(1),
                     Money(integer_at(item, "unit_amount").value_or(0), currency),
                     Money(integer_at(item, "tax").value_or(0), currency),
                     Money(integer_at(item, "discount").value_or(0), currency)});
  return items;
}

}  // namespace florin
