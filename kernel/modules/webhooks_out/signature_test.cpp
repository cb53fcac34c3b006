// Signing as Standard Webhooks does it; the vector is the specification's own example secret and message.
#include "kernel/modules/webhooks_out/signature.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

TEST(WebhookSignature, FitsTheSpecificationsExample) {
  // standard-webhooks.md: the reference libraries' test vector.
  const Secret secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const Headers headers = webhook_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})", {secret});
  EXPECT_EQ(headers.at("webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_EQ(headers.at("webhook-id"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
  EXPECT_EQ(headers.at("webhook-timestamp"), "1614265330");
}

TEST(WebhookSignature, WhileASecretIsRotatedBothSign) {
  const Headers headers = webhook_headers("evt_1", 1, "{}", {new_webhook_secret(system_random()), new_webhook_secret(system_random())});
  const std::string& both = headers.at("webhook-signature");
  EXPECT_TRUE(both.starts_with("v1,"));
  EXPECT_NE(both.find(" v1,"), std::string::npos);
}

TEST(WebhookSecret, ANewOneIsOneAndOtherTextsAreNot) {
  EXPECT_TRUE(is_webhook_secret(new_webhook_secret(system_random()).expose()));
  EXPECT_FALSE(is_webhook_secret("whsec_short"));
  EXPECT_FALSE(is_webhook_secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
}

}  // namespace
}  // namespace florin
