// The test provider's entry: its descriptor and settings schema.
#include <florin/plugin.hpp>

#include "plugins/providers/test/provider.hpp"
#include "settings_schema.hpp"

namespace {
const florin::Descriptor kDescriptor{
    .kind = florin::PluginKind::kProvider,
    .name = "test",
    .version = "1.0.0",
    .title = "Test provider",
    .capabilities = {.methods = {"card"},
                     .currencies = {},
                     .countries = {},
                     .card_input = {florin::CardInput::kPan, florin::CardInput::kProviderToken,
                                    florin::CardInput::kNetworkToken},
                     .manual_capture = true,
                     .partial_capture = true,
                     .multiple_captures = true,
                     .voids = true,
                     .refunds = true,
                     .partial_refunds = true,
                     .resumes = true,
                     .webhooks = false,
                     .health = true,
                     .idempotent_for = std::chrono::hours(24)},
    .hosts = {},
    .settings_schema = kSettingsSchema,
    .test_mode_only = true};
}  // namespace

FLORIN_PROVIDER(test_provider::TestProvider, kDescriptor)
