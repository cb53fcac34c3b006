// The small things that PayPal's far side is made of: finding orders, naming them, writing amounts and
// errors.
#include "sandbox_state.hpp"

#include <algorithm>

namespace florin::paypal {
namespace {

bool has_no_decimals(std::string_view code) { return code == "HUF" || code == "JPY" || code == "TWD"; }

}  // namespace

Json* FarSide::order(const std::string& id) {
  Json& all = books.state()["orders"];
  const auto found = all.find(id);
  if (found == all.end() || text_at(*found, "owner") != owner) return nullptr;
  return &*found;
}

Json* FarSide::order_of_payment(const std::string& id) {
  const std::string of = text_at(books.state()["payments"], id);
  return of.empty() ? nullptr : order(of);
}

std::string FarSide::new_id() {
  std::string id = sandbox::new_id(books, "", call.now, 17);
  std::transform(id.begin(), id.end(), id.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return id;
}

std::string FarSide::timestamp() const {
  const auto day = std::chrono::floor<std::chrono::days>(call.now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(call.now - day));
  const auto two = [](std::int64_t value) {
    const std::string digits = std::to_string(value);
    return digits.size() < 2 ? "0" + digits : digits;
  };
  return std::to_string(int(date.year())) + "-" + two(unsigned(date.month())) + "-" +
         two(unsigned(date.day())) + "T" + two(time.hours().count()) + ":" + two(time.minutes().count()) +
         ":" + two(time.seconds().count()) + "Z";
}

void FarSide::enter(BookEntry::Kind kind, const Json& order, const std::string& operation,
                    const std::string& attempt, Money amount) {
  books.enter({kind, account, text_at(order, "id"), operation, key, attempt, amount, call.now});
}

HttpResponse say(int status, const std::string& name, const std::string& issue,
                 const std::string& description) {
  const bool is_semantic = status == 422;
  return sandbox::json_answer(
      status,
      {{"name", name},
       {"message", is_semantic
                       ? "The requested action could not be performed, semantically incorrect, or failed "
                         "business validation."
                       : "The requested action could not be performed."},
       {"debug_id", "sandbox"},
       {"details", Json::array({Json{{"issue", issue}, {"description", description}}})},
       {"links", Json::array()}});
}

HttpResponse unprocessable(const std::string& issue, const std::string& description) {
  return say(422, "UNPROCESSABLE_ENTITY", issue, description);
}

HttpResponse not_found() {
  return say(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", "The specified resource does not exist.");
}

std::optional<Money> money_of(const Json* json) {
  if (json == nullptr) return std::nullopt;
  const auto currency = Currency::parse(text_at(*json, "currency_code"));
  if (!currency) return std::nullopt;
  std::string text = text_at(*json, "value");
  if (has_no_decimals(currency->code())) {
    if (text.find('.') != std::string::npos) return std::nullopt;
    if (currency->exponent() == 2) text += ".00";
  }
  const auto money = Money::parse(text, *currency);
  if (!money || money->minor() <= 0) return std::nullopt;
  return *money;
}

Json json_of(Money amount) {
  std::string text = amount.text();
  if (has_no_decimals(amount.currency().code())) text.resize(std::min(text.find('.'), text.size()));
  return {{"currency_code", std::string(amount.currency().code())}, {"value", text}};
}

Money fee_on(Money amount) {
  std::int64_t minor = amount.minor() / 10'000 * 349 + amount.minor() % 10'000 * 349 / 10'000;
  if (has_no_decimals(amount.currency().code()) && amount.currency().exponent() == 2) minor -= minor % 100;
  return {minor, amount.currency()};
}

Json& unit_of(Json& order) { return order.at("purchase_units").at(0); }

Json& payments_of(Json& order, const std::string& list) {
  Json& all = unit_of(order)["payments"][list];
  if (all.is_null()) all = Json::array();
  return all;
}

}  // namespace florin::paypal
