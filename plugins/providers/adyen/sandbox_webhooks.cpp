// Notifications from Adyen's far side, signed as Adyen signs: HMAC-SHA256 in base64 over eight fields of the
// item, joined by colons, under the key that the Customer Area shows in hex.
#include <cstdio>

#include <florin/crypto.hpp>

#include "sandbox_state.hpp"

namespace florin::adyen {
namespace {

constexpr std::chrono::milliseconds kLater{250};

std::string iso_time(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d+00:00", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                int(time.minutes().count()), int(time.seconds().count()));
  return text;
}

std::string signature(const News& news, const std::string& merchant_account, const std::string& key) {
  const std::string text = news.psp_reference + ":" + news.original_reference + ":" + merchant_account + ":" +
                           news.merchant_reference + ":" + news.amount.at("value").dump() + ":" +
                           text_at(news.amount, "currency") + ":" + news.code + ":" +
                           (news.success ? "true" : "false");
  return to_base64(hmac_sha256(key, text));
}

}  // namespace

void announce(FarSide& far, const News& news) {
  for (const SandboxAccount& each : far.call.accounts) {
    if (each.webhook_url.empty() || owner_of(each.settings.secret("api_key").expose()) != far.owner) continue;
    const Result<std::string> key = from_hex(each.settings.secret("hmac_key").expose());
    if (!key || key->empty()) continue;  // Its owner has switched no signatures on: nobody would believe it.
    const std::string merchant_account = each.settings.text("merchant_account");
    Json item = {{"additionalData", {{"hmacSignature", signature(news, merchant_account, *key)}}},
                 {"amount", news.amount},
                 {"eventCode", news.code},
                 {"eventDate", iso_time(far.call.now)},
                 {"merchantAccountCode", merchant_account},
                 {"merchantReference", news.merchant_reference},
                 {"paymentMethod", "visa"},
                 {"pspReference", news.psp_reference},
                 {"reason", news.reason},
                 {"success", news.success ? "true" : "false"}};
    if (!news.original_reference.empty()) item["originalReference"] = news.original_reference;
    SandboxWebhook hook;
    hook.url = each.webhook_url;
    hook.headers.emplace("Content-Type", "application/json");
    hook.body =
        to_text({{"live", "false"},
                 {"notificationItems", Json::array({{{"NotificationRequestItem", std::move(item)}}})}});
    hook.delay = kLater;
    far.webhooks.push_back(std::move(hook));
  }
}

}  // namespace florin::adyen
