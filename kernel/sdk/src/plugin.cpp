// The words for kinds of plugins and for how a card reaches a provider.
#include <florin/plugin.hpp>

namespace florin {

std::string_view to_text(PluginKind kind) {
  switch (kind) {
    case PluginKind::kProvider:
      return "provider";
    case PluginKind::kNotifier:
      return "notifier";
    case PluginKind::kFraudRule:
      return "fraud_rule";
    case PluginKind::kSandbox:
      return "sandbox";
  }
  FLORIN_CHECK(false, "a kind of plugin comes from the enum");
}

std::string_view to_text(CardInput input) {
  switch (input) {
    case CardInput::kPan:
      return "pan";
    case CardInput::kProviderToken:
      return "provider_token";
    case CardInput::kNetworkToken:
      return "network_token";
  }
  FLORIN_CHECK(false, "a card input comes from the enum");
}

}  // namespace florin
