// The payment_methods table, and the only file that spells its columns.
#include "kernel/modules/payment_methods/repository.hpp"

#include <florin/check.hpp>

#include "kernel/modules/events/event.hpp"
#include "kernel/platform/clock/clock.hpp"

namespace florin {

namespace {

#define FLORIN_METHOD_COLUMNS \
  "id, customer_id, type, status, sealed, face, metadata, livemode, payment_id, created, updated"

using MethodRow = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string, std::string,
                             std::int64_t, std::string, std::int64_t, std::int64_t>;

SavedMethod from_row(const std::string& merchant, const MethodRow& row) {
  const auto& [id, customer_id, type, status, sealed, face, metadata, livemode, payment_id, created, updated] = row;
  SavedMethod method;
  method.id = id;
  method.merchant = merchant;
  method.customer_id = customer_id;
  method.type = type;
  method.status = method_status_from(status);
  method.sealed = sealed;
  method.face = card_face_from(Json::parse(face));
  method.metadata = Json::parse(metadata);
  method.livemode = livemode != 0;
  method.payment_id = payment_id;
  method.created = from_micros(created);
  method.updated = from_micros(updated);
  return method;
}

std::optional<SavedMethod> from_row(const std::string& merchant, const std::optional<MethodRow>& row) {
  if (!row) return std::nullopt;
  return from_row(merchant, *row);
}

void tell(Session& session, const SavedMethod& method, std::string_view type, Json previous, Random& random) {
  append_event(session,
               Event{method.merchant, std::string(type), method.id, "", to_text(render_method(method)), std::move(previous),
                     method.updated},
               random);
}

}  // namespace

void insert_method(Session& session, const SavedMethod& method, Random& random) {
  session.execute("insert into payment_methods (" FLORIN_METHOD_COLUMNS
                  ", merchant) values (:id, :customer, :type, :status, :sealed, :face, :metadata, :livemode, :payment, "
                  ":created, :updated, :merchant)",
                  method.id, method.customer_id, method.type, to_text(method.status), method.sealed,
                  to_text(method.face.to_json()), to_text(method.metadata), method.livemode, method.payment_id,
                  micros(method.created), micros(method.updated), method.merchant);
  if (method.status == MethodStatus::kActive)
    tell(session, method, "payment_method.created", Json::object(), random);
}

std::optional<SavedMethod> find_method(Session& session, const std::string& merchant, const std::string& id) {
  const auto row = session.one<MethodRow>(
      "select " FLORIN_METHOD_COLUMNS
      " from payment_methods where id = :id and merchant = :merchant and status <> 'pending'",
      id, merchant);
  return from_row(merchant, row);
}

std::vector<SavedMethod> list_methods(Session& session, const std::string& merchant, const MethodFilter& filter) {
  // A customer's methods have an index of their own, so whether one is asked for is no parameter.
#define FLORIN_LIST_METHODS(owner, edge, order)                                                              \
  "select " FLORIN_METHOD_COLUMNS " from payment_methods where merchant = :merchant and " owner " id " edge \
  " and status = 'active' and (:t = '' or type = :type) order by id " order " limit :limit"
#define FLORIN_OF_CUSTOMER "customer_id = :customer and"
  const bool backwards = !filter.ending_before.empty();
  // "~" sorts after every id.
  const std::string edge = backwards ? filter.ending_before : filter.starting_after.empty() ? "~" : filter.starting_after;
  const int limit = filter.limit + 1;
  const auto rows =
      filter.customer.empty()
          ? session.all<MethodRow>(backwards ? FLORIN_LIST_METHODS("", "> :edge", "asc") : FLORIN_LIST_METHODS("", "< :edge", "desc"),
                                   merchant, edge, filter.type, filter.type, limit)
          : session.all<MethodRow>(backwards ? FLORIN_LIST_METHODS(FLORIN_OF_CUSTOMER, "> :edge", "asc")
                                             : FLORIN_LIST_METHODS(FLORIN_OF_CUSTOMER, "< :edge", "desc"),
                                   merchant, filter.customer, edge, filter.type, filter.type, limit);
  std::vector<SavedMethod> methods;
  methods.reserve(rows.size());
  for (const MethodRow& row : rows) methods.push_back(from_row(merchant, row));
  return methods;
}

std::optional<SavedMethod> find_pending_method(Session& session, const std::string& merchant,
                                               const std::string& payment_id) {
  const auto row = session.one<MethodRow>(
      "select " FLORIN_METHOD_COLUMNS
      " from payment_methods where payment_id = :payment and merchant = :merchant and status = 'pending'",
      payment_id, merchant);
  return from_row(merchant, row);
}

void delete_pending_methods(Session& session, const std::string& merchant, const std::string& payment_id) {
  session.execute(
      "delete from payment_methods where payment_id = :payment and merchant = :merchant and status = 'pending'",
      payment_id, merchant);
}

Result<Done> advance_method(Session& session, const SavedMethod& before, SavedMethod& method, MethodStatus to,
                            Random& random) {
  const MethodMove* const move = find_method_move(before.status, to);
  FLORIN_CHECK(move != nullptr, "a payment method moves along its table or not at all");
  method.status = to;
  const std::int64_t changed = session.execute(
      "update payment_methods set status = :status, customer_id = :customer, sealed = :sealed, face = :face, "
      "updated = :updated where id = :id and merchant = :merchant and status = :was and customer_id = :owner",
      to_text(to), method.customer_id, method.sealed, to_text(method.face.to_json()), micros(method.updated), method.id,
      method.merchant, to_text(before.status), before.customer_id);
  if (changed != 1)
    return Error{Error::Kind::kConflict, "payment method " + method.id + " was changed by another request",
                 "payment_method_changed", ""};
  Json previous = Json::object();
  if (before.status != to && before.status != MethodStatus::kPending) previous["status"] = to_text(before.status);
  if (before.customer_id != method.customer_id)
    previous["customer"] = before.customer_id.empty() ? Json() : Json(before.customer_id);
  tell(session, method, move->event, before.status == MethodStatus::kPending ? Json::object() : std::move(previous), random);
  return Done();
}

SealedColumn sealed_method_numbers() {
  return {"the card number", "number",
          [](Session& session, const std::string& after, int limit) {
            std::vector<SealedText> texts;
            for (auto& [id, merchant, sealed] : session.all<std::tuple<std::string, std::string, std::string>>(
                     "select id, merchant, sealed from payment_methods where id > :after and sealed <> '' "
                     "order by id limit :limit",
                     after, limit))
              texts.push_back({id, merchant, sealed});
            return texts;
          },
          [](Session& session, const SealedText& was, const std::string& fresh) {
            session.execute(
                "update payment_methods set sealed = :fresh where id = :id and merchant = :merchant and sealed = :was", fresh,
                was.id, was.merchant, was.sealed);
          }};
}

}  // namespace florin
