// Asking the policy and filtering its answer. A policy that fails is answered by the merchant's
// `otherwise` list (law 9).
#include "kernel/modules/routing/routing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kernel/modules/api/json_text.hpp"
#include "kernel/modules/merchants/policy_view.hpp"

namespace florin {

namespace {
constexpr std::size_t kRingSize = 100;

bool holds(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}
}  // namespace

void AccountRecord::add(const std::string& account_key, bool approved) {
  const std::lock_guard lock(mutex_);
  Ring& ring = rings_[account_key];
  if (ring.last.size() < kRingSize)
    ring.last.push_back(approved);
  else
    ring.last[ring.next] = approved;
  ring.next = (ring.next + 1) % kRingSize;
}

AccountRecord::Recent AccountRecord::recent(const std::string& account_key) const {
  const std::lock_guard lock(mutex_);
  const auto found = rings_.find(account_key);
  if (found == rings_.end()) return {};
  return {static_cast<std::int64_t>(found->second.last.size()),
          static_cast<std::int64_t>(std::count(found->second.last.begin(), found->second.last.end(), true))};
}

Result<RoutingAnswer> read_routing_answer(const Json& value) {
  const auto no = [](std::string why) { return Error{Error::Kind::kInvalid, std::move(why), "invalid_policy_answer", ""}; };
  if (!value.is_object()) return no("the routing policy returned no table");
  const Json* routes = find(value, "routes");
  // An empty Lua table is neither list nor map; here it means: no route.
  if (!routes || !(routes->is_array() || (routes->is_object() && routes->empty())))
    return no("the routing policy's answer has no list `routes`");
  RoutingAnswer answer;
  for (const Json& route : *routes) {
    if (!route.is_string()) return no("one of the routing policy's routes is no account's name");
    if (!holds(answer.routes, route.get_ref<const std::string&>())) answer.routes.push_back(route.get<std::string>());
    if (answer.routes.size() == 50) break;
  }
  answer.reason = text_at(value, "reason").substr(0, 500);
  return answer;
}

std::optional<std::string> lacks(const ProviderAccount& account, const RoutingQuestion& question) {
  const Capabilities& can = account.descriptor->capabilities;
  const std::string currency(question.amount.currency().code());
  if (!holds(can.methods, question.method_type)) return "its provider does not take " + question.method_type;
  if (!account.config->methods.empty() && !holds(account.config->methods, question.method_type))
    return "this account is not configured for " + question.method_type;
  if (!can.currencies.empty() && !holds(can.currencies, currency)) return "its provider does not take " + currency;
  if (!account.config->currencies.empty() && !holds(account.config->currencies, currency))
    return "this account is not configured for " + currency;
  if (!question.country.empty() && !can.countries.empty() && !holds(can.countries, question.country))
    return "its provider does not serve payers in " + question.country;
  if (question.card_input && std::find(can.card_input.begin(), can.card_input.end(), *question.card_input) == can.card_input.end())
    return fmt::format("its provider does not take a card as {}", to_text(*question.card_input));
  if (question.manual_capture && !can.manual_capture) return "its provider cannot authorize without capturing";
  return std::nullopt;
}

void Routing::describe(PolicyWriter& writer, const Merchant& merchant) const {
  const auto set_of = [&writer](const char* name, const std::vector<std::string>& names) {
    writer.map(name, static_cast<int>(names.size()));
    for (const std::string& one : names) writer.boolean(one.c_str(), true);
    writer.end();
  };
  writer.map(5);
  write_policy_merchant(writer, merchant);
  writer.list("accounts", static_cast<int>(merchant.accounts.size()));
  for (const auto& [name, account] : merchant.accounts) {
    const Capabilities& can = account.descriptor->capabilities;
    const RouteHealth health = http_.health(account.route.key);
    const AccountRecord::Recent recent = record_.recent(account.route.key);
    writer.map(6);
    writer.text("name", name);
    writer.text("provider", account.config->provider);
    writer.text("country", account.config->country);
    const auto& currencies = account.config->currencies.empty() ? can.currencies : account.config->currencies;
    // A provider that takes every currency lists none: then the merchant's own stand here.
    set_of("currencies", currencies.empty() ? merchant.currency_codes : currencies);
    set_of("methods", account.config->methods.empty() ? can.methods : account.config->methods);
    writer.map("health", 4);
    writer.text("circuit", to_text(health.circuit));
    writer.integer("success_per_mille", recent.count == 0 ? 1000 : recent.approved * 1000 / recent.count);
    writer.integer("recent", recent.count);
    writer.integer("p50_ms", std::chrono::duration_cast<std::chrono::milliseconds>(health.p50).count());
    writer.end();
    writer.end();
  }
  writer.end();
  writer.end();
}

RoutingDecision Routing::decide(const Merchant& merchant, const RoutingQuestion& question) const {
  RoutingDecision decision;
  JsonText policy;
  if (merchant.routing) {
    const PolicyArgument about = [this, &merchant](PolicyWriter& writer) { describe(writer, merchant); };
    const PolicyResult result = merchant.routing->run({question.payment, about});
    Result<RoutingAnswer> answer = result.ok ? read_routing_answer(result.value)
                                             : Error{Error::Kind::kBroken, result.why, "", ""};
    policy.text("name", merchant.routing->name()).text("version", merchant.routing->version());
    policy.integer("instructions", result.instructions);
    if (answer) {
      decision.routes = std::move(answer->routes);
      decision.reason = std::move(answer->reason);
    } else {
      decision.routes = merchant.config->routing_otherwise;
      decision.reason = "the policy failed, so `otherwise` holds: " + answer.error().message;
      policy.text("failed", answer.error().message);
    }
  } else {
    decision.routes = merchant.config->routing_otherwise;
    decision.reason = "no routing policy";
  }

  JsonTextList accounts;
  const auto note = [&accounts](std::string_view name, std::string_view provider, bool kept, std::string_view why) {
    accounts.add(JsonText().text("name", name).text("provider", provider).boolean("kept", kept).text("why", why).finish());
  };
  std::vector<std::string> kept;
  for (const std::string& name : decision.routes) {
    const auto found = merchant.accounts.find(name);
    if (found == merchant.accounts.end()) {
      const auto aside = merchant.set_aside.find(name);
      if (aside == merchant.set_aside.end())
        note(name, "", false, "the merchant has no such account");
      else
        note(name, aside->second, false, "its plugin is quarantined: it took the process down");
      continue;
    }
    const ProviderAccount& account = found->second;
    if (const auto lack = lacks(account, question)) {
      note(name, account.config->provider, false, *lack);
    } else if (http_.health(account.route.key).circuit == Circuit::kOpen) {
      note(name, account.config->provider, false, "its circuit is open: it failed too often just now");
    } else {
      note(name, account.config->provider, true, "choice " + std::to_string(kept.size() + 1));
      kept.push_back(name);
    }
  }
  for (const auto& [name, account] : merchant.accounts)
    if (!holds(decision.routes, name)) note(name, account.config->provider, false, "the policy did not choose it");
  decision.routes = std::move(kept);
  decision.record = JsonText()
                        .texts("routes", decision.routes)
                        .text("reason", decision.reason)
                        .raw("policy", policy.finish())
                        .raw("accounts", accounts.finish())
                        .finish();
  return decision;
}

}  // namespace florin
