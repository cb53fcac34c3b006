// What the parts of Stripe's far side share: one call's context, its objects in the books, and how it says
// no. Objects live in state[kind][id] as {"object": what the API shows, "owner": whose it is, ...}.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/sandbox.hpp>
#include <florin/sandbox_kit.hpp>

namespace florin::stripe {

struct FarSide {
  const SandboxCall& call;
  Books& books;
  std::string owner;    // SHA-256 of the API key, hex: the key itself is not kept.
  std::string account;  // As SandboxAccount names it; "sandbox" when any key is good.
  std::string key;      // The request's Idempotency-Key.
  std::vector<std::pair<std::string, std::string>> form;
  std::vector<SandboxWebhook> webhooks;

  std::string field(std::string_view name) const { return sandbox::value_of(form, name); }
  std::int64_t seconds() const;
  // The record of this owner's object, or null.
  Json* find(std::string_view kind, const std::string& id);
  // Keeps a new object under its own id, and returns its record.
  Json& keep(std::string_view kind, Json object);
  void enter(BookEntry::Kind kind, const Json& intent, const std::string& operation,
             const std::string& used_key, const std::string& attempt, std::int64_t count);
};

std::string owner_of(const std::string& api_key);

// {"error": {...}} with Stripe's members; empty ones are left out.
struct Problem {
  int status = 400;
  std::string type = "invalid_request_error";
  std::string code, message, param, decline_code;
  Json intent;  // Shown when it is an object.
};
HttpResponse say(const Problem& problem);
HttpResponse missing(std::string_view what, const std::string& id, const std::string& param = "");
HttpResponse unexpected_state(const Json& intent, std::string_view doing);

HttpResponse wrong_parameter(const std::string& param, const std::string& code, const std::string& message);
std::optional<std::int64_t> count_in(const std::string& text);  // A whole number and nothing else.

// ---- sandbox_methods.cpp
HttpResponse create_method(FarSide& far);
// What the card behind a PaymentMethod does: one made here, or one of Stripe's ready-made ones.
std::optional<std::string> outcome_of_method(FarSide& far, const std::string& id);

// ---- sandbox_intents.cpp and sandbox_charge.cpp
HttpResponse create_intent(FarSide& far);
HttpResponse show_intent(FarSide& far, const std::string& id);
HttpResponse search_intents(FarSide& far, const std::string& query);
HttpResponse confirm_intent(FarSide& far, const std::string& id);
HttpResponse capture_intent(FarSide& far, const std::string& id);
HttpResponse cancel_intent(FarSide& far, const std::string& id);
// The intent as the API shows it, its charge and fee unfolded when `expand` asks for them.
Json rendered(FarSide& far, const Json& intent);
// Charges the intent of this record (and captures, when it is automatic), or fails it with a decline code.
void charge(FarSide& far, Json& record);
Json decline(FarSide& far, Json& record, const std::string& code);
void book_capture(FarSide& far, Json& record, std::int64_t count, const std::string& used_key,
                  const std::string& attempt);

// ---- sandbox_refunds.cpp
HttpResponse create_refund(FarSide& far);
HttpResponse list_refunds(FarSide& far, const sandbox::Target& target);

// ---- sandbox_pages.cpp
HttpResponse challenge_page(FarSide& far, const std::string& id);

// ---- sandbox_webhooks.cpp
// Signs an event for every endpoint of this owner's.
void announce(FarSide& far, const std::string& owner, const std::string& type, const Json& object);

}  // namespace florin::stripe
