// Reading POST /payments and /payments/confirm: every field by name, nothing ignored.
#include "kernel/modules/payments/order.hpp"

#include <algorithm>

#include "kernel/modules/api/json_text.hpp"
#include "kernel/modules/customers/read.hpp"
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
  if (!list) return Json();
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

void put(Json& details, const char* name, Json value) {
  if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) return;
  if ((value.is_object() || value.is_array()) && value.empty()) return;
  details[name] = std::move(value);
}
void put(Json& details, const char* name, const std::string& text) {
  if (!text.empty()) details[name] = text;
}

}  // namespace

OrderMethod read_method(Fields& outer, const Vault& vault, Instant now) {
  OrderMethod method;
  if (outer.is_text("payment_method")) {
    method.saved = outer.text("payment_method", 100);
    return method;
  }
  const Json* json = outer.object("payment_method");
  if (!json) return method;
  Fields fields(*json, "payment_method");
  method.saved = fields.text("id", 100);
  method.type = method.saved.empty() ? fields.required_text("type", 40) : fields.text("type", 40);
  const std::string token = fields.text("token", 500);
  const Json* card = fields.object("card");
  if (!token.empty() && card) fields.fail("token", "and card were both given; give one");
  if (!method.saved.empty() && (card || !token.empty())) fields.fail("id", "goes without card and token");
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
  if (method.type == "card" && method.saved.empty() && token.empty() && !card)
    fields.fail("card", "is required for type card, or token, or id", "parameter_missing");
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
  order.customer = read_customer(fields, merchant.id);
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
  read_future_usage(fields, order.details);
  if (const auto wrong = fields.error()) return *wrong;
  if (auto why = why_not_save(order.details, order.method)) return *why;
  return order;
}

void read_future_usage(Fields& fields, Json& details) {
  const std::string usage = fields.text("setup_future_usage", 40);
  if (!usage.empty() && usage != "off_session" && usage != "on_session")
    fields.fail("setup_future_usage", "must be off_session or on_session");
  put(details, "setup_future_usage", usage);
}

bool saves_card(const Json& details) { return details.contains("setup_future_usage"); }

std::optional<Error> why_not_save(const Json& details, const OrderMethod& method) {
  const bool is_ours = method.card || !method.token.empty() || !method.saved.empty();
  if (!saves_card(details) || !method.given() || is_ours) return std::nullopt;
  return Error{Error::Kind::kInvalid,
               "setup_future_usage saves cards that Florin is given in full or by a token of POST /tokens, and nothing else",
               "invalid_parameter", "setup_future_usage"};
}

Document method_face(const OrderMethod& method, const std::optional<CardFace>& face) {
  JsonText json;
  if (face) json.raw("card", face->text());
  if (!method.saved.empty()) json.text("id", method.saved);
  return Document::written(json.text("type", method.type).finish());
}

Party party_at(const Json& details, std::string_view name) {
  Party party;
  const Json* const said = find(details, name);
  if (!said) return party;
  party.name = text_at(*said, "name");
  party.email = text_at(*said, "email");
  party.phone = text_at(*said, "phone");
  if (const Json* at = find(*said, "address"))
    party.address = Address{text_at(*at, "line1"), text_at(*at, "line2"),       text_at(*at, "city"),
                            text_at(*at, "state"), text_at(*at, "postal_code"), text_at(*at, "country")};
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
