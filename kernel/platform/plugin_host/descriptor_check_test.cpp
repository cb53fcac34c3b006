// Which descriptors are refused, each with a clause that says why.
#include "kernel/platform/plugin_host/descriptor_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {
using namespace florin;
using ::testing::HasSubstr;

Descriptor sound() {
  return {.kind = PluginKind::kProvider,
          .name = "acme",
          .version = "1.0.0",
          .title = "Acme",
          .capabilities = {.methods = {"card"},
                           .currencies = {"EUR"},
                           .countries = {"PT"},
                           .card_input = {CardInput::kPan}},
          .hosts = {{"api", "https://api.acme.example", ""}},
          .settings_schema = R"({"type":"object"})"};
}

std::string fault_of(const Descriptor& descriptor) {
  const PluginEntry entry{FLORIN_SDK_VERSION, &descriptor, [](const Settings&) -> Provider* { return nullptr; },
                          nullptr, nullptr, nullptr};
  return entry_fault(&entry, PluginKind::kProvider, "acme").value_or("");
}

TEST(DescriptorCheck, SoundOnePasses) { EXPECT_EQ(fault_of(sound()), ""); }

TEST(DescriptorCheck, NameMustBeThatOfTheFile) {
  Descriptor other = sound();
  other.name = "stripe";
  EXPECT_THAT(fault_of(other), HasSubstr("\"stripe\""));
}

TEST(DescriptorCheck, KindMustBeThatOfTheFolder) {
  Descriptor other = sound();
  other.kind = PluginKind::kNotifier;
  EXPECT_THAT(fault_of(other), HasSubstr("lies in the folder"));
}

TEST(DescriptorCheck, EntryMustMakeWhatItsFolderIsFor) {
  const Descriptor descriptor = sound();
  const PluginEntry entry{FLORIN_SDK_VERSION, &descriptor, nullptr, nullptr, nullptr,
                          []() -> Sandbox* { return nullptr; }};
  EXPECT_THAT(entry_fault(&entry, PluginKind::kProvider, "acme").value_or(""), HasSubstr("does not make"));
  EXPECT_THAT(entry_fault(nullptr, PluginKind::kProvider, "acme").value_or(""), HasSubstr("answers nothing"));
}

TEST(DescriptorCheck, CodeOfAnotherSdkIsRefusedWhateverItsSectionSaid) {
  const Descriptor descriptor = sound();
  const PluginEntry entry{FLORIN_SDK_VERSION + 1, &descriptor, nullptr, nullptr, nullptr, nullptr};
  EXPECT_THAT(entry_fault(&entry, PluginKind::kProvider, "acme").value_or(""), HasSubstr("SDK version"));
}

TEST(DescriptorCheck, CapabilitiesMustBeConsistent) {
  const auto with = [](auto change) {
    Descriptor changed = sound();
    change(changed.capabilities);
    return fault_of(changed);
  };
  EXPECT_THAT(with([](Capabilities& can) { can.methods.clear(); }), HasSubstr("no payment method"));
  EXPECT_THAT(with([](Capabilities& can) { can.methods = {"Card"}; }), HasSubstr("\"Card\""));
  EXPECT_THAT(with([](Capabilities& can) { can.currencies = {"XXZ"}; }), HasSubstr("XXZ"));
  EXPECT_THAT(with([](Capabilities& can) { can.countries = {"prt"}; }), HasSubstr("prt"));
  EXPECT_THAT(with([](Capabilities& can) { can.card_input.clear(); }), HasSubstr("card_input"));
  EXPECT_THAT(with([](Capabilities& can) { can.partial_capture = true; }), HasSubstr("manual_capture"));
  EXPECT_THAT(with([](Capabilities& can) { can.partial_refunds = true; }), HasSubstr("without refunds"));
}

TEST(DescriptorCheck, HostsAreHttpsAndDistinct) {
  Descriptor plain = sound();
  plain.hosts = {{"api", "http://api.acme.example", ""}};
  EXPECT_THAT(fault_of(plain), HasSubstr("https"));

  Descriptor twice = sound();
  twice.hosts.push_back(twice.hosts.front());
  EXPECT_THAT(fault_of(twice), HasSubstr("same name"));
}

TEST(DescriptorCheck, SchemaMustDescribeAnObject) {
  Descriptor list = sound();
  list.settings_schema = R"({"type":"array"})";
  EXPECT_THAT(fault_of(list), HasSubstr("object"));

  Descriptor broken = sound();
  broken.settings_schema = "{";
  EXPECT_THAT(fault_of(broken), HasSubstr("no JSON"));
}

TEST(DescriptorCheck, VersionAndNamesHaveTheirShape) {
  Descriptor odd = sound();
  odd.version = "1.0";
  EXPECT_THAT(fault_of(odd), HasSubstr("1.2.3"));
  EXPECT_TRUE(is_plugin_name("acme_pay2"));
  for (const char* name : {"", "a", "Acme", "2pay", "acme-pay", "../acme"}) EXPECT_FALSE(is_plugin_name(name)) << name;
}
}  // namespace
