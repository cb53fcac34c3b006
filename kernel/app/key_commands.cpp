// Each runs to its end on the control socket's thread.
#include "kernel/app/key_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernel/modules/notifications/notifications.hpp"
#include "kernel/modules/payment_methods/repository.hpp"
#include "kernel/modules/resealing/resealing.hpp"
#include "kernel/modules/webhooks_out/endpoint.hpp"

namespace florin {

namespace {

Error invalid(std::string why) { return Error{Error::Kind::kInvalid, std::move(why), "", ""}; }

Result<KeyKind> kind_of(const std::string& text) {
  for (const KeyKind kind : {KeyKind::kSecret, KeyKind::kPublishable, KeyKind::kAdmin})
    if (to_text(kind) == text) return kind;
  return invalid("a key's kind is secret, publishable or admin, not \"" + text + "\"");
}

// "payments:*" stands for all that begin so.
bool is_known(const std::set<std::string>& known, const std::string& scope) {
  if (scope == "*" || known.contains(scope)) return true;
  if (!scope.ends_with(":*")) return false;
  const std::string area = scope.substr(0, scope.size() - 1);
  const auto first = known.lower_bound(area);
  return first != known.end() && first->starts_with(area);
}

Json shown(const NewApiKey& made) { return Json{{"id", made.key.id}, {"key", made.text.expose()}}; }

}  // namespace

Result<Json> create_api_key(ApiKeys& keys, const MerchantDirectory& merchants, const std::set<std::string>& known,
                            Instant now, const Json& arguments) {
  const std::string merchant = text_at(arguments, "merchant");
  FLORIN_TRY(kind, kind_of(text_at(arguments, "kind")));
  if (kind == KeyKind::kAdmin && !merchant.empty()) return invalid("an operators' key is no merchant's: leave --merchant out");
  if (kind != KeyKind::kAdmin && !merchants.find(merchant))
    return Error{Error::Kind::kNotFound, "no such merchant: " + merchant};
  std::vector<std::string> scopes = {"*"};
  if (const Json* given = find(arguments, "scopes")) scopes = given->get<std::vector<std::string>>();
  for (const std::string& scope : scopes)
    if (!is_known(known, scope))
      return invalid(fmt::format("no route asks for the scope \"{}\"; there are: *, {}", scope, fmt::join(known, ", ")));
  std::optional<Instant> expires;
  if (const auto days = integer_at(arguments, "days"); days && *days > 0) expires = now + std::chrono::hours(24 * *days);
  Task<Result<NewApiKey>> creating = keys.create(merchant, kind, scopes, expires);
  FLORIN_TRY(made, creating.run());
  return shown(made);
}

Result<Json> rotate_api_key(ApiKeys& keys, const Json& arguments) {
  const auto hours = integer_at(arguments, "overlap_hours").value_or(24);
  if (hours < 0 || hours > 24 * 90) return invalid("both keys may work for 0 to 2160 hours");
  Task<Result<NewApiKey>> rotating =
      keys.rotate(text_at(arguments, "merchant"), text_at(arguments, "id"), std::chrono::hours(hours));
  FLORIN_TRY(made, rotating.run());
  return shown(made);
}

Result<Json> revoke_api_key(ApiKeys& keys, const Json& arguments) {
  Task<Result<Done>> revoking = keys.revoke(text_at(arguments, "merchant"), text_at(arguments, "id"));
  FLORIN_TRY(revoked, revoking.run());
  static_cast<void>(revoked);
  return Json::object();
}

Result<Json> rotate_vault(Store& store, const Vault& vault) {
  // One-time card tokens are not among them: they end with the process that made them, and a new key takes a restart.
  std::vector<SealedColumn> columns = sealed_webhook_secrets();
  columns.push_back(sealed_device_tokens());
  columns.push_back(sealed_method_numbers());
  Task<Result<Resealed>> sealing = reseal(store, vault, std::move(columns));
  FLORIN_TRY(done, sealing.run());
  return Json{{"anew", done.anew}, {"kept", done.kept}, {"broken", done.broken}};
}

}  // namespace florin
