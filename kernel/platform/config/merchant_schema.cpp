// config/merchants/<id>.yaml: every key, its rule, what it means. What a plugin wants to know besides is
// in its own schema.json and stands beside these keys.
#include "kernel/platform/config/rules.hpp"
#include "kernel/platform/config/schema_of.hpp"

namespace florin {
namespace {

SchemaOf<AccountConfig> account() {
  SchemaOf<AccountConfig> of;
  of.text("provider", &AccountConfig::provider, rules::plugin_name(),
          "The plugin that carries this account's payments.")
      .required();
  of.text("country", &AccountConfig::country, rules::country(), "Where the acquirer is; for policies.");
  of.texts("currencies", &AccountConfig::currencies, rules::currency(),
           "What it takes; absent: all that the plugin can.");
  of.texts("methods", &AccountConfig::methods,
           rules::matching("[a-z][a-z0-9_]*", "a payment method, like \"card\""),
           "How it can be paid; absent: all that the plugin can.");
  of.integer("timeout_ms", &AccountConfig::timeout, 100, 60'000,
             "Milliseconds for one exchange with the provider.");
  of.integer("max_in_flight", &AccountConfig::max_in_flight, 1, 10'000,
             "Exchanges at once; more are turned away and routed elsewhere.");
  of.text("base_url", &AccountConfig::base_url, rules::far_side(),
          "Where this account's far side is, instead of the sandbox; test mode only.");
  of.settings_of("provider", PluginKind::kProvider);
  return of;
}

SchemaOf<FraudRuleConfig> fraud_rule() {
  SchemaOf<FraudRuleConfig> of;
  of.text("rule", &FraudRuleConfig::rule, rules::plugin_name(), "The plugin that scores payments.")
      .required();
  of.settings_of("rule", PluginKind::kFraudRule);
  return of;
}

SchemaOf<NotifierConfig> notifier() {
  SchemaOf<NotifierConfig> of;
  of.text("notifier", &NotifierConfig::notifier, rules::plugin_name(), "The plugin that brings the news.")
      .required();
  of.texts("events", &NotifierConfig::events, rules::event_pattern(), "Which events it brings.").required();
  of.texts("recipients", &NotifierConfig::recipients, rules::text(),
           "Who hears them always, as the plugin addresses them; devices register through the API.");
  of.settings_of("notifier", PluginKind::kNotifier);
  return of;
}

SchemaOf<WebhookEndpointConfig> webhook() {
  SchemaOf<WebhookEndpointConfig> of;
  TextRule secret = rules::secret();
  secret.pattern = "whsec_[A-Za-z0-9+/]{32,88}={0,2}";
  secret.expected =
      "a Standard Webhooks secret (whsec_ and 24 to 64 bytes in base64), as ${NAME} or file:<path>";
  of.text("url", &WebhookEndpointConfig::url, rules::url(), "Where events are posted to.").required();
  of.texts("events", &WebhookEndpointConfig::events, rules::event_pattern(), "Which events; absent: all.");
  of.text("secret", &WebhookEndpointConfig::secret, std::move(secret), "Signs each delivery.").required();
  return of;
}

// `values:` of routing and risk end up in one object; a name that both give is found by the cross checks.
SchemaOf<MerchantConfig>& add_values(SchemaOf<MerchantConfig>& of) {
  Schema any;
  any.kind = Schema::Kind::kAny;
  Schema values = list_schema(std::move(any), false);
  values.kind = Schema::Kind::kMap;
  values.text = rules::matching("[A-Za-z_][A-Za-z0-9_]*", "a name of letters, digits and _");
  return of.custom(
      "values", std::move(values),
      "What the policy is given as merchant.values. Whole numbers, true and false are these; all else is "
      "text, amounts too.",
      [](MerchantConfig& merchant, const Json& value) { merchant.policy_values.update(value); },
      [](const MerchantConfig&) { return Json(); });
}

Schema made() {
  SchemaOf<MerchantConfig> routing;
  routing
      .text("policy", &MerchantConfig::routing_policy, rules::policy("routing"),
            "The policy that orders the accounts for a payment.")
      .required();
  routing
      .texts("otherwise", &MerchantConfig::routing_otherwise, rules::name(),
             "The accounts, first choice first, when the policy fails.")
      .required();
  add_values(routing);

  SchemaOf<MerchantConfig> risk;
  risk.text("policy", &MerchantConfig::risk_policy, rules::policy("risk"),
            "The policy that decides whether a payment goes on; absent: every payment does.");
  risk.text("otherwise", &MerchantConfig::risk_otherwise,
            rules::one_of({"allow", "challenge", "review", "block"}),
            "What happens when the policy fails, and the least that happens when a fraud rule does.");
  add_values(risk);

  SchemaOf<MerchantConfig> limits;
  limits.integer("requests_per_second", &MerchantConfig::requests_per_second, 0, 1'000'000,
                 "API requests a second and key; more are answered 429. 0: no limit.");

  SchemaOf<MerchantConfig> of;
  of.text("name", &MerchantConfig::name, rules::text(), "What people call the merchant.").required();
  of.text("currency", &MerchantConfig::currency, rules::currency(), "What its reports are in.").required();
  of.text("country", &MerchantConfig::country, rules::country(), "Where it is.").required();
  of.texts("currencies", &MerchantConfig::currencies, rules::currency(), "What it takes; absent: every one.");
  of.named("accounts", &MerchantConfig::accounts, rules::name(), account(),
           "Its accounts with providers, by the names that policies, ledger and reports use.")
      .required();
  of.group("routing", std::move(routing), "Which account carries a payment.").required();
  of.group("risk", std::move(risk), "Which payments go on.");
  of.list("fraud", &MerchantConfig::fraud, fraud_rule(),
          "Fraud rules, whose signals the risk policy is given.");
  of.named("notifiers", &MerchantConfig::notifiers, rules::name(), notifier(),
           "Who is told by push or mail, by names of your choice.");
  of.list("webhooks", &MerchantConfig::webhooks, webhook(),
          "Endpoints that get signed events; the API can add more.");
  of.flag("test_keys", &MerchantConfig::test_keys,
          "The documented keys sk_test_<id> and pk_test_<id> (the file's name, with _ for -) work; test mode "
          "only.");
  of.group("limits", std::move(limits), "What the merchant's backend may take of the server.");
  return std::move(of).done();
}

}  // namespace

const Schema& merchant_file_schema() {
  static const Schema schema = made();
  return schema;
}

}  // namespace florin
