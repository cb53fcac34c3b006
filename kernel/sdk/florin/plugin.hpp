// How a shared object says that it is a Florin plugin, what it can do and what settings it takes. It
// exports one symbol, florin_plugin_entry, and carries the SDK's version in an ELF section of its own,
// so that the loader can refuse it before any of its code runs.
//
//   #include "settings_schema.hpp"   // made from schema.json by florin_add_plugin()
//   const florin::Descriptor kDescriptor = { ... };
//   FLORIN_PROVIDER(AcmeProvider, kDescriptor)   // at namespace scope, once, in one file
//
// AcmeProvider is made from `const florin::Settings&`. It may throw std::invalid_argument when settings
// that pass the schema still make no sense together; the message is shown with file and line.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <florin/export.hpp>
#include <florin/fraud_rule.hpp>
#include <florin/notifier.hpp>
#include <florin/provider.hpp>
#include <florin/sandbox.hpp>
#include <florin/settings.hpp>

// Raised when a plugin built before can no longer be loaded. The loader accepts its own number alone.
#define FLORIN_SDK_VERSION 2

namespace florin {

enum class PluginKind { kProvider, kNotifier, kFraudRule, kSandbox };
FLORIN_SDK_API std::string_view to_text(PluginKind kind);

enum class CardInput { kPan, kProviderToken, kNetworkToken };
FLORIN_SDK_API std::string_view to_text(CardInput input);

// What a provider can do; routing drops an account that lacks what a payment needs, and says so.
struct Capabilities {
  std::vector<std::string> methods;     // "card", "paypal", ...
  std::vector<std::string> currencies;  // ISO 4217; empty: every one.
  std::vector<std::string> countries;   // Of the payer, ISO 3166-1; empty: every one.
  std::vector<CardInput> card_input;    // How a card reaches it; empty when it takes none.
  bool manual_capture = false;
  bool partial_capture = false;
  bool multiple_captures = false;
  bool voids = false;
  bool refunds = false;
  bool partial_refunds = false;
  bool resumes = false;  // Knows RequiresAction, and resume().
  bool webhooks = false;
  bool health = false;
  // For how long the same idempotency key is safe at the provider; zero: it knows none.
  std::chrono::hours idempotent_for{0};
};

struct Host {
  std::string name;      // As HttpRequest::host says it.
  std::string url;       // "https://api.acme.com", no trailing slash.
  std::string test_url;  // The provider's own test environment, when it has another address; else "".
};

struct Descriptor {
  PluginKind kind = PluginKind::kProvider;
  std::string name;           // That of its folder: ^[a-z][a-z0-9_]{1,31}$
  std::string version;        // Semantic version.
  std::string title;          // For people: "Acme Pay".
  Capabilities capabilities;  // Providers only.
  std::vector<Host> hosts;
  std::string_view settings_schema;  // JSON Schema, draft 7.
  // It only pretends: no money moves whatever it answers. Refused when a live configuration is checked.
  bool test_mode_only = false;
};

// What the entry symbol returns: owned by the plugin, valid for ever (a plugin is never unloaded).
struct PluginEntry {
  int sdk_version;
  const Descriptor* descriptor;
  // Exactly the one that goes with the kind is set; ownership goes to the caller.
  Provider* (*make_provider)(const Settings&);
  Notifier* (*make_notifier)(const Settings&);
  FraudRule* (*make_fraud_rule)(const Settings&);
  Sandbox* (*make_sandbox)();
};

}  // namespace florin

#define FLORIN_PLUGIN_STRING_(x) #x
#define FLORIN_PLUGIN_STRING(x) FLORIN_PLUGIN_STRING_(x)

// The ELF section that the loader reads before dlopen().
#define FLORIN_PLUGIN_ENTRY_(descriptor_, provider_, notifier_, rule_, sandbox_)                         \
  __attribute__((section(".florin.sdk"), used, retain)) static const char florin_sdk_section[] =         \
      "florin-sdk=" FLORIN_PLUGIN_STRING(FLORIN_SDK_VERSION);                                            \
  extern "C" __attribute__((visibility("default"))) const ::florin::PluginEntry* florin_plugin_entry() { \
    static const ::florin::PluginEntry entry{FLORIN_SDK_VERSION, &(descriptor_), provider_,              \
                                             notifier_,          rule_,          sandbox_};              \
    return &entry;                                                                                       \
  }

#define FLORIN_PROVIDER(Class, descriptor)                                                                  \
  FLORIN_PLUGIN_ENTRY_(                                                                                     \
      descriptor, [](const ::florin::Settings& s) -> ::florin::Provider* { return new Class(s); }, nullptr, \
      nullptr, nullptr)
#define FLORIN_NOTIFIER(Class, descriptor)                                                                  \
  FLORIN_PLUGIN_ENTRY_(                                                                                     \
      descriptor, nullptr, [](const ::florin::Settings& s) -> ::florin::Notifier* { return new Class(s); }, \
      nullptr, nullptr)
#define FLORIN_FRAUD_RULE(Class, descriptor) \
  FLORIN_PLUGIN_ENTRY_(                      \
      descriptor, nullptr, nullptr,          \
      [](const ::florin::Settings& s) -> ::florin::FraudRule* { return new Class(s); }, nullptr)
#define FLORIN_SANDBOX(Class, descriptor)                     \
  FLORIN_PLUGIN_ENTRY_(descriptor, nullptr, nullptr, nullptr, \
                       []() -> ::florin::Sandbox* { return new Class(); })
