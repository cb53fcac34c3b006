// What the parts of PayPal's far side share: one call's context, its orders in the books, and how it says no.
// Orders live in state["orders"][id] as {"object": what the API shows, "owner", "account", "card": outcome};
// state["payments"][id] says in which order a capture or authorization stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/sandbox.hpp>
#include <florin/sandbox_kit.hpp>

namespace florin::paypal {

struct FarSide {
  const SandboxCall& call;
  Books& books;
  std::string owner;    // The app's client id.
  std::string account;  // As SandboxAccount names it; "sandbox" when any credentials are good.
  std::string key;      // PayPal-Request-Id
  Json body;
  std::vector<SandboxWebhook> webhooks;

  // The record of this owner's order, or null.
  Json* order(const std::string& id);
  Json* order_of_payment(const std::string& id);
  std::string new_id();           // 17 upper-case characters, as PayPal's.
  std::string timestamp() const;  // RFC 3339
  void enter(BookEntry::Kind kind, const Json& order, const std::string& operation,
             const std::string& attempt, Money amount);
};

// PayPal's error shape.
HttpResponse say(int status, const std::string& name, const std::string& issue,
                 const std::string& description);
HttpResponse unprocessable(const std::string& issue, const std::string& description);
HttpResponse not_found();

// Amounts as PayPal takes them: no decimals in HUF, JPY and TWD.
std::optional<Money> money_of(const Json* json);
Json json_of(Money amount);
Money fee_on(Money amount);  // 3.49 %, rounded down to what PayPal can say.

// The first (and only) purchase unit, and one of its lists of payments.
Json& unit_of(Json& order);
Json& payments_of(Json& order, const std::string& list);

// ---- sandbox_orders.cpp
HttpResponse create_order(FarSide& far);
HttpResponse show_order(FarSide& far, const std::string& id);
HttpResponse complete_order(FarSide& far, const std::string& id, bool capture);

// ---- sandbox_payments.cpp
Json new_capture(FarSide& far, const Json& order, Money amount, const std::string& invoice, bool is_final);
HttpResponse capture_authorization(FarSide& far, const std::string& id);
HttpResponse void_authorization(FarSide& far, const std::string& id);
HttpResponse refund_capture(FarSide& far, const std::string& id);

// ---- sandbox_pages.cpp
HttpResponse approval(FarSide& far, const std::string& id);

// ---- sandbox_webhooks.cpp
void announce(FarSide& far, const std::string& owner, const std::string& type,
              const std::string& resource_type, Json resource);
HttpResponse verify_signature(FarSide& far);

}  // namespace florin::paypal
