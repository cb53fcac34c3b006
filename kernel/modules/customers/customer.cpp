// The customers table, and the only file that spells its columns.
#include "kernel/modules/customers/customer.hpp"

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

Json Customer::to_json() const {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return Json{{"id", or_null(id)}, {"email", or_null(email)}, {"phone", or_null(phone)}, {"name", or_null(name)}};
}

namespace {
using Row = std::tuple<std::string, std::string, std::string, std::string>;

std::optional<Row> find_row(Session& session, const Customer& asked) {
  if (!asked.id.empty())
    return session.one<Row>("select id, email, phone, name from customers where id = :id and merchant = :merchant",
                            asked.id, asked.merchant);
  if (!asked.email.empty())
    return session.one<Row>(
        "select id, email, phone, name from customers where merchant = :merchant and email = :email and email <> ''",
        asked.merchant, asked.email);
  return session.one<Row>(
      "select id, email, phone, name from customers where merchant = :merchant and phone = :phone and phone <> '' "
      "order by created limit 1",
      asked.merchant, asked.phone);
}
}  // namespace

std::optional<Customer> find_customer(Session& session, const Customer& asked) {
  if (asked.id.empty() && asked.email.empty() && asked.phone.empty()) return std::nullopt;
  const auto row = find_row(session, asked);
  if (!row) return std::nullopt;
  const auto& [id, email, phone, name] = *row;
  return Customer{id, asked.merchant, email, phone, name};
}

Result<Customer> find_or_create_customer(Session& session, Customer asked, Instant now, Random& random) {
  if (asked.id.empty() && asked.email.empty() && asked.phone.empty()) return asked;
  if (auto known = find_customer(session, asked)) return *known;
  if (asked.email.empty() && asked.phone.empty())
    return Error{Error::Kind::kNotFound, "no such customer: " + asked.id, "", "customer.id"};
  // Somebody else may have made the same customer since an id was chosen.
  if (!asked.id.empty()) {
    Customer by_address = asked;
    by_address.id.clear();
    if (auto known = find_customer(session, by_address)) return *known;
  }
  if (asked.id.empty()) asked.id = new_id("cus", now, random);
  session.execute(
      "insert into customers (id, merchant, email, phone, name, created) "
      "values (:id, :merchant, :email, :phone, :name, :created)",
      asked.id, asked.merchant, asked.email, asked.phone, asked.name, micros(now));
  return asked;
}

}  // namespace florin
