// What the parts of Square's far side share: one call's context, its objects in the books, and how it says
// no. Objects live in state[kind][id] as {"object": what the API shows, "owner": whose it is, ...}, and
// state[kind + "_in_order"] names them as they were made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/sandbox.hpp>
#include <florin/sandbox_kit.hpp>

namespace florin::square {

// New payments and refunds "might take several seconds to appear" in lists.
inline constexpr std::chrono::seconds kListsLag{3};

struct FarSide {
  const SandboxCall& call;
  Books& books;
  std::string owner;     // SHA-256 of the access token, hex: the token itself is not kept.
  std::string account;   // As SandboxAccount names it; "sandbox" when any token is good.
  std::string location;  // The account's one location; "" when any is good.
  std::string currency;  // The location's.
  Json body;             // The request's, an object; null when it has none.
  std::vector<SandboxWebhook> webhooks;

  std::string timestamp() const;
  std::string field(std::string_view path) const { return text_at(body, path); }
  std::string key() const { return field("idempotency_key"); }
  // The record of this owner's object, or null. A held payment whose time is over is voided by being looked
  // at.
  Json* find(const std::string& kind, const std::string& id);
  // Keeps a new object under its own id, and returns its record.
  Json& keep(const std::string& kind, Json object);
  // Writes a movement of `amount` of the payment down.
  void enter(BookEntry::Kind kind, const Json& payment, const std::string& operation,
             const std::string& attempt, Money amount);
  // A page of this owner's objects of a kind, newest first: {kind: [...], "cursor": "..."}.
  HttpResponse list(const std::string& kind, const sandbox::Target& target);
};

// One `Error`, and with it the payment or refund that failed when there is one.
struct Problem {
  int status = 400;
  std::string category = "INVALID_REQUEST_ERROR";
  std::string code, detail, field;
};
Json to_json(const Problem& problem);
HttpResponse say(const Problem& problem, const Json& beside = Json::object());
HttpResponse missing(const std::string& what, const std::string& field = "");

Json money(std::int64_t count, const std::string& currency);
std::optional<Money> read_money(const Json& object, std::string_view path);

// ---- sandbox_payments.cpp: made, shown, and what their tokens do
HttpResponse create_payment(FarSide& far);

// ---- sandbox_changes.cpp: what happens to a payment that is held
HttpResponse update_payment(FarSide& far, const std::string& id);
HttpResponse complete_payment(FarSide& far, const std::string& id);
HttpResponse cancel_payment(FarSide& far, const std::string& id);
HttpResponse cancel_by_key(FarSide& far);
// Takes what is held, with Square's fee, and tells.
void complete(FarSide& far, Json& record);
void cancel(FarSide& far, Json& record);

// ---- sandbox_refunds.cpp
HttpResponse create_refund(FarSide& far);

// ---- sandbox_webhooks.cpp
// Signs an event for every endpoint of this owner's. `kind` is "payment" or "refund".
void announce(FarSide& far, const std::string& type, const std::string& kind, const Json& object);

}  // namespace florin::square
