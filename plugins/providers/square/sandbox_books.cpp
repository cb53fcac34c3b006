// The objects of Square's far side: kept, found and listed, with their amounts and times.
#include <algorithm>
#include <charconv>

#include "sandbox_state.hpp"
#include "times.hpp"

namespace florin::square {
namespace {

std::size_t count_in(const std::string& text, std::size_t otherwise) {
  std::size_t count = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), count);
  return bad == std::errc() && !text.empty() && end == text.data() + text.size() ? count : otherwise;
}

bool is_meant(const Json& object, const sandbox::Target& target, const std::string& main_location) {
  const std::string total = target.parameter("total"), location = target.parameter("location_id");
  const std::string wanted = location.empty() ? main_location : location;
  if (!wanted.empty() && text_at(object, "location_id") != wanted) return false;
  return total.empty() || std::to_string(integer_at(object, "total_money.amount").value_or(0)) == total;
}

}  // namespace

std::string FarSide::timestamp() const { return to_rfc3339(call.now); }

Json* FarSide::find(const std::string& kind, const std::string& id) {
  Json& all = books.state()[kind];
  const auto found = all.find(id);
  if (found == all.end() || text_at(*found, "owner") != owner) return nullptr;
  const auto until = from_rfc3339(text_at(*found, "object.delayed_until"));
  if (text_at(*found, "object.status") == "APPROVED" && until && *until <= call.now) cancel(*this, *found);
  return &*found;
}

Json& FarSide::keep(const std::string& kind, Json object) {
  const std::string id = text_at(object, "id");
  Json& in_order = books.state()[kind + "_in_order"];
  if (!in_order.is_array()) in_order = Json::array();
  in_order.push_back(id);
  Json& record = books.state()[kind][id];
  record = {{"owner", owner}, {"account", account}, {"object", std::move(object)}};
  return record;
}

void FarSide::enter(BookEntry::Kind kind, const Json& payment, const std::string& operation,
                    const std::string& attempt, Money amount) {
  books.enter({kind, account, text_at(payment, "id"), operation, key(), attempt, amount, call.now});
}

HttpResponse FarSide::list(const std::string& kind, const sandbox::Target& target) {
  const auto from = from_rfc3339(target.parameter("begin_time")),
             to = from_rfc3339(target.parameter("end_time"));
  const std::size_t limit = std::clamp<std::size_t>(count_in(target.parameter("limit"), 100), 1, 100);
  const Json& in_order = books.state()[kind + "_in_order"];  // Null, and so empty, before the first.
  // The cursor is how many of the oldest are still to be looked at.
  std::size_t left = std::min(count_in(target.parameter("cursor"), in_order.size()), in_order.size());
  Json page = Json::array();
  for (; left > 0 && page.size() < limit; --left) {
    const Json* record = find(kind, in_order[left - 1].get<std::string>());
    if (record == nullptr) continue;
    const Json& object = record->at("object");
    const auto made = from_rfc3339(text_at(object, "created_at"));
    if (from && made && *made < *from) left = 1;  // All others are older still.
    const bool in_time =
        made && (!from || *made >= *from) && (!to || *made < *to) && *made + kListsLag <= call.now;
    if (in_time && is_meant(object, target, kind == "payments" ? location : "")) page.push_back(object);
  }
  Json answer = {{kind, page}};
  if (left > 0) answer["cursor"] = std::to_string(left);
  return sandbox::json_answer(200, answer);
}

Json money(std::int64_t count, const std::string& currency) {
  return {{"amount", count}, {"currency", currency}};
}

std::optional<Money> read_money(const Json& object, std::string_view path) {
  const std::string at(path);
  const auto count = integer_at(object, at + ".amount");
  const auto currency = Currency::parse(text_at(object, at + ".currency"));
  if (!count || !currency) return std::nullopt;
  return Money(*count, *currency);
}

}  // namespace florin::square
