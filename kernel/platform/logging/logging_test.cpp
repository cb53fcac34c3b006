// How a log line looks: one line of JSON, without secrets, without anything that a terminal would act on.
#include "kernel/platform/logging/logging.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include <spdlog/spdlog.h>

#include <florin/json.hpp>

namespace florin {
namespace {

class Logging : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_logging("info", &out_)); }
  void TearDown() override { ASSERT_TRUE(start_logging("info")); }

  // The one line that was written since, as JSON.
  Json line() {
    const std::string text = out_.str();
    out_.str("");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    for (const char letter : text) EXPECT_TRUE(letter == '\n' || (letter >= ' ' && letter < '\x7f')) << text;
    const Result<Json> json = parse_json(text);
    EXPECT_TRUE(json) << text;
    return json ? *json : Json();
  }

  std::ostringstream out_;
};

TEST_F(Logging, WritesTimeLevelMessageAndFields) {
  log(LogLevel::kWarning, "slow provider", {{"request_id", "req_1"}, {"merchant", "lisbon-books"}});
  const Json json = line();
  EXPECT_EQ(text_at(json, "level"), "warning");
  EXPECT_EQ(text_at(json, "message"), "slow provider");
  EXPECT_EQ(text_at(json, "request_id"), "req_1");
  EXPECT_EQ(text_at(json, "merchant"), "lisbon-books");
  EXPECT_EQ(text_at(json, "time").size(), std::string("2026-11-20T18:08:22.123Z").size());
}

TEST_F(Logging, TakesWhatSpdlogIsTold) {
  spdlog::error("task {} ended", "sweep");
  EXPECT_EQ(text_at(line(), "message"), "task sweep ended");
}

TEST_F(Logging, OneEntryIsOneLineWhateverIsInIt) {
  log(LogLevel::kInfo, "a\r\nb\x1b[31m\x7f\xC2\x9B\xE2\x80\xA8\xFF", {{"agent", "x\n{\"level\":\"error\"}"}});
  const Json json = line();
  EXPECT_EQ(text_at(json, "level"), "info");
  EXPECT_EQ(text_at(json, "agent"), "x\n{\"level\":\"error\"}");
  spdlog::info("\",\"request_id\":\"forged\"");
  EXPECT_EQ(find(line(), "request_id"), nullptr);
}

TEST_F(Logging, RedactsMessagesAndFields) {
  spdlog::info("card 4242 4242 4242 4242");
  EXPECT_EQ(text_at(line(), "message"), "card [redacted]");
  log(LogLevel::kInfo, "key sk_test_lisbon_books", {{"query", "cvc=314"}, {"api_key", "plain"}});
  const Json json = line();
  EXPECT_EQ(text_at(json, "message"), "key [redacted]");
  EXPECT_EQ(text_at(json, "query"), "cvc=[redacted]");
  EXPECT_EQ(text_at(json, "api_key"), "[redacted]");
}

TEST_F(Logging, LongTextsAreCutAndSayHowLongTheyWere) {
  const std::string agent(10'000'000, 'a');
  log(LogLevel::kInfo, agent, {{"agent", agent}});
  const Json json = line();
  EXPECT_LT(text_at(json, "message").size(), 8'300U);
  EXPECT_LT(text_at(json, "agent").size(), 1'100U);
  EXPECT_TRUE(text_at(json, "agent").ends_with("[cut, 10000000 bytes]"));
}

TEST_F(Logging, ACutNeverLetsHalfANumberThrough) {
  for (std::size_t before = 1010; before < 1030; ++before) {
    log(LogLevel::kInfo, "m", {{"agent", std::string(before, 'a') + "4242424242424242"}});
    EXPECT_EQ(text_at(line(), "agent").find("4242"), std::string::npos) << before;
  }
}

TEST_F(Logging, KeepsToItsLevelAndRefusesOneThatItDoesNotKnow) {
  log(LogLevel::kDebug, "quiet");
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(start_logging("loud").error().code, "invalid_log_level");
  ASSERT_TRUE(start_logging("debug", &out_));
  log(LogLevel::kDebug, "heard");
  EXPECT_EQ(text_at(line(), "message"), "heard");
}

}  // namespace
}  // namespace florin
