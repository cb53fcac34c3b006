// Which faults may be asked for, and which requests they hit.
#include "kernel/app/sandbox_host/faults.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

Fault fault(const char* text) {
  const Result<Json> json = parse_json(text);
  Result<Fault> read = read_fault(*json);
  EXPECT_TRUE(read) << text;
  return *read;
}

std::size_t hits(Faults& faults, const char* plugin, const char* method, const char* path) {
  return faults.draw(plugin, method, path, system_random()).size();
}

TEST(SandboxFaults, AFaultIsReadAndSaidAgainAsItWas) {
  const char* const kText =
      R"({"delay_ms":50,"method":"POST","mode":"slow","path_prefix":"/v1","plugin":"acme","probability":500,"status":502,"times":2})";
  EXPECT_EQ(to_text(to_json(fault(kText))), kText);
}

TEST(SandboxFaults, EveryModeHasItsName) {
  for (const char* mode :
       {"status", "silent_before", "silent_after", "close_before", "close_after", "slow", "garbage",
        "truncated", "empty", "duplicate_webhooks", "drop_webhooks", "reorder_webhooks"})
    EXPECT_EQ(to_text(fault((R"({"mode":")" + std::string(mode) + "\"}").c_str()).mode), mode);
}

TEST(SandboxFaults, WhatMakesNoSenseIsRefusedWithItsName) {
  const std::pair<const char*, const char*> kWrong[] = {
      {R"({"mode":"explode"})", "mode"},
      {"{}", "mode"},
      {R"({"mode":"status","status":99})", "status"},
      {R"({"mode":"slow","delay_ms":-1})", "delay_ms"},
      {R"({"mode":"slow","delay_ms":"1"})", "delay_ms"},
      {R"({"mode":"empty","probability":1001})", "probability"},
      {R"({"mode":"empty","times":0})", "times"}};
  for (const auto& [text, param] : kWrong) {
    const Result<Fault> read = read_fault(*parse_json(text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().param, param);
  }
}

TEST(SandboxFaults, AFaultHitsOnlyThePluginMethodAndPathsItNames) {
  Faults faults;
  faults.add(fault(R"({"mode":"empty","plugin":"acme","method":"POST","path_prefix":"/v1/charges"})"));
  EXPECT_EQ(hits(faults, "acme", "POST", "/v1/charges/1"), 1u);
  EXPECT_EQ(hits(faults, "other", "POST", "/v1/charges"), 0u);
  EXPECT_EQ(hits(faults, "acme", "GET", "/v1/charges"), 0u);
  EXPECT_EQ(hits(faults, "acme", "POST", "/v1/refunds"), 0u);
}

TEST(SandboxFaults, AFaultWithACountEndsWhenItIsUsedUp) {
  Faults faults;
  faults.add(fault(R"({"mode":"empty","times":2})"));
  EXPECT_EQ(hits(faults, "a", "GET", "/"), 1u);
  EXPECT_EQ(hits(faults, "a", "GET", "/"), 1u);
  EXPECT_EQ(hits(faults, "a", "GET", "/"), 0u);
  EXPECT_TRUE(faults.all().empty());
}

TEST(SandboxFaults, OneFaultOfTheAnswerAndAnyOfTheWebhooksHitTogether) {
  Faults faults;
  faults.add(fault(R"({"mode":"empty"})"));
  faults.add(fault(R"({"mode":"garbage"})"));
  faults.add(fault(R"({"mode":"duplicate_webhooks"})"));
  faults.add(fault(R"({"mode":"reorder_webhooks"})"));
  const auto drawn = faults.draw("a", "GET", "/", system_random());
  ASSERT_EQ(drawn.size(), 3u);
  EXPECT_EQ(drawn[0].mode, Fault::Mode::kEmpty);
}

TEST(SandboxFaults, AProbabilityIsKeptWithinReason) {
  Faults faults;
  faults.add(fault(R"({"mode":"empty","probability":100})"));
  std::size_t hit = 0;
  for (int i = 0; i < 5000; ++i) hit += hits(faults, "a", "GET", "/");
  EXPECT_GT(hit, 350u);
  EXPECT_LT(hit, 650u);
  faults.clear();
  faults.add(fault(R"({"mode":"empty","probability":0})"));
  EXPECT_EQ(hits(faults, "a", "GET", "/"), 0u);
}

}  // namespace
}  // namespace florin
