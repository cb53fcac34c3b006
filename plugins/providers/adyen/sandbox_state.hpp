// What the parts of Adyen's far side share: one call's context, its payments in the books, and how it says
// no. Payments live in state["payments"][pspReference]; amounts there are Adyen's own counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <florin/sandbox.hpp>
#include <florin/sandbox_kit.hpp>

namespace florin::adyen {

struct FarSide {
  const SandboxCall& call;
  Books& books;
  std::string owner;             // SHA-256 of the API key, hex: the key itself is not kept.
  std::string account;           // As SandboxAccount names it; "sandbox" when any key is good.
  std::string merchant_account;  // Of that account; "" when any is good.
  std::string key;               // The request's Idempotency-Key.
  Json body;
  std::vector<SandboxWebhook> webhooks;

  std::string field(std::string_view path) const { return text_at(body, path); }
  // The payment of this owner's, or null.
  Json* payment(const std::string& psp_reference);
  void enter(BookEntry::Kind kind, const std::string& reference, const std::string& operation,
             const Json& amount);
};

std::string owner_of(const std::string& api_key);
std::string new_psp_reference(FarSide& far);

// {"status", "errorCode", "message", "errorType", "pspReference"}, as Adyen's ServiceError.
HttpResponse service_error(FarSide& far, int status, std::string_view code, std::string_view message,
                           std::string_view type = "validation");
// "" when the request's amount can be counted; else the errorCode and message that refuse it.
struct BadAmount {
  std::string_view code, message;
};
BadAmount wrong_with(const Json& amount);

// ---- sandbox_payments.cpp and sandbox_refunds.cpp
HttpResponse make_payment(FarSide& far);
HttpResponse make_refund(FarSide& far, const std::string& psp_reference);

// ---- sandbox_webhooks.cpp
// Signs one notification item for every webhook of this merchant account. Its key order is that of Json.
struct News {
  std::string code, psp_reference, original_reference, merchant_reference, reason;
  Json amount;
  bool success = true;
};
void announce(FarSide& far, const News& news);

}  // namespace florin::adyen
