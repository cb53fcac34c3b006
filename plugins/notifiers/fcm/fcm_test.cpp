// What pushing through FCM means: one token for many messages, devices that are gone are said to be gone, and
// whatever may pass is tried later.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <dlfcn.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <florin/crypto.hpp>
#include <florin/plugin.hpp>

#include "plugins/notifiers/fcm/notifier.hpp"
#include "tests/support/recording.hpp"
#include "tests/support/scripted_http.hpp"

namespace {
using namespace florin;
using namespace florin::fcm;
using namespace florin::test_support;
using namespace std::chrono_literals;
using Outcome = Delivery::Outcome;

// A key of this test run: no private key stands in the source.
const std::string& private_key() {
  static const std::string pem = [] {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(out);
    EVP_PKEY_free(key);
    return text;
  }();
  return pem;
}

Json key_file() {
  return {{"type", "service_account"},
          {"project_id", "florin-1"},
          {"private_key_id", "k1"},
          {"client_email", "push@florin-1.iam.gserviceaccount.com"},
          {"private_key", private_key()}};
}
Settings settings_of(const Json& file) {
  return Settings(Json::object(), {{"service_account", Secret(to_text(file))}});
}

const Instant kNow{1'795'198'102s};

Notification news(const std::string& recipient) {
  return {.id = "evt_1",
          .type = "payment.succeeded",
          .recipient = recipient,
          .title = "Paid",
          .body = "12.50 EUR \xE2\x9C\x93",
          .data = {{"payment_id", "pay_1"}, {"from", "x"}},
          .now = kNow};
}

std::string recording(const std::string& name) {
  return read_text_file(std::string(FLORIN_SOURCE_DIR) + "/plugins/notifiers/fcm/recordings/" + name +
                        ".json");
}

class ClosedMail final : public Mail {
  Task<Result<Done>> send(const MailServer&, const MailMessage&) override {
    ADD_FAILURE() << "a push is no mail";
    co_return Done{};
  }
};

constexpr const char* kGranted = R"({"access_token":"ya29.one","expires_in":3599,"token_type":"Bearer"})";

class Fcm : public testing::Test {
 protected:
  Delivery notify(Http& http, const Notification& notification) {
    return notifier_.notify(notification, http, mail_).run();
  }
  // What becomes of a message that FCM answers so.
  Delivery answered(int status, const std::string& body, Headers headers = {}) {
    HttpResponse response;
    response.status = status;
    response.body = body;
    response.headers = std::move(headers);
    return read_delivery(response);
  }

  ClosedMail mail_;
  FcmNotifier notifier_{settings_of(key_file())};
};

TEST_F(Fcm, SendsTheMessageUnderATokenThatManyMessagesShare) {
  ScriptedHttp http;
  http.answers(200, kGranted).answers(200, recording("sent")).answers(200, recording("sent"));
  EXPECT_EQ(notify(http, news("device-1")).outcome, Outcome::kDelivered);
  EXPECT_EQ(notify(http, news("device-2")).outcome, Outcome::kDelivered);
  ASSERT_EQ(http.sent.size(), 3U);

  EXPECT_EQ(http.sent[0].host, "token");
  EXPECT_EQ(http.sent[0].path, "/token");
  EXPECT_EQ(http.sent[1].host, "fcm");
  EXPECT_EQ(http.sent[1].path, "/v1/projects/florin-1/messages:send");
  EXPECT_EQ(http.sent[1].headers.at("Authorization"), "Bearer ya29.one");
  EXPECT_FALSE(http.sent[1].repeatable) << "FCM knows no idempotency key";
  const Json body = *parse_json(http.sent[1].body);
  EXPECT_EQ(text_at(body, "message.token"), "device-1");
  EXPECT_EQ(text_at(body, "message.notification.title"), "Paid");
  EXPECT_EQ(text_at(body, "message.data.payment_id"), "pay_1");
  EXPECT_EQ(text_at(body, "message.data.florin_from"), "x") << "FCM refuses the key 'from'";
  EXPECT_EQ(text_at(body, "message.android.notification.tag"), "evt_1");
}

TEST_F(Fcm, TheAssertionIsAnRs256JwtOfTheServiceAccount) {
  const Result<ServiceAccount> account = read_service_account(Secret(to_text(key_file())));
  const Result<HttpRequest> request = token_request(*account, kNow);
  ASSERT_TRUE(request);
  const auto form = parse_form(request->body);
  EXPECT_EQ(form.at(0).second, "urn:ietf:params:oauth:grant-type:jwt-bearer");
  const std::string jwt = form.at(1).second;
  const std::string signed_part = jwt.substr(0, jwt.rfind('.'));
  EXPECT_EQ(to_base64url(*rs256_sign(Secret(private_key()), signed_part)), jwt.substr(jwt.rfind('.') + 1));
  EXPECT_EQ(*from_base64url(jwt.substr(0, jwt.find('.'))), R"({"alg":"RS256","kid":"k1","typ":"JWT"})");
  EXPECT_EQ(
      *from_base64url(signed_part.substr(jwt.find('.') + 1)),
      R"({"aud":"https://oauth2.googleapis.com/token","exp":1795201702,"iat":1795198102,)"
      R"("iss":"push@florin-1.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/firebase.messaging"})");
}

TEST_F(Fcm, ARefusedTokenIsDroppedAndTheNextTryGetsANewOne) {
  ScriptedHttp http;
  http.answers(200, kGranted).answers(401, recording("unauthenticated"));
  http.answers(200, R"({"access_token":"ya29.two","expires_in":3599})").answers(200, recording("sent"));
  EXPECT_EQ(notify(http, news("device-1")).outcome, Outcome::kTryLater);
  EXPECT_EQ(notify(http, news("device-1")).outcome, Outcome::kDelivered);
  EXPECT_EQ(http.sent.at(3).headers.at("Authorization"), "Bearer ya29.two");
}

TEST_F(Fcm, DevicesThatAreGoneAreSaidToBeGone) {
  EXPECT_EQ(answered(404, recording("unregistered")).outcome, Outcome::kRecipientGone);
  EXPECT_EQ(answered(400, recording("invalid_token")).outcome, Outcome::kRecipientGone);
  EXPECT_EQ(answered(403, R"({"error":{"details":[{"errorCode":"SENDER_ID_MISMATCH"}]}})").outcome,
            Outcome::kRecipientGone);
}

TEST_F(Fcm, WhatIsNotAboutTheDeviceNeverRemovesIt) {
  EXPECT_EQ(answered(400, recording("invalid_data")).outcome, Outcome::kRefused);
  EXPECT_EQ(answered(401, recording("third_party_auth")).outcome, Outcome::kRefused);
  EXPECT_EQ(answered(403, R"({"error":{"status":"PERMISSION_DENIED"}})").outcome, Outcome::kRefused);
  EXPECT_EQ(answered(404, "<html>no such page</html>").outcome, Outcome::kTryLater);
  EXPECT_EQ(answered(400, "").outcome, Outcome::kTryLater);
  EXPECT_EQ(answered(302, "").outcome, Outcome::kTryLater);
}

TEST_F(Fcm, BusyIsTriedLaterAfterTheTimeThatFcmAsksFor) {
  EXPECT_EQ(answered(503, "", {{"Retry-After", "30"}}).retry_after, 30s);
  EXPECT_EQ(answered(503, "").outcome, Outcome::kTryLater);
  EXPECT_EQ(answered(429, "").retry_after, 1min);
  for (const char* nonsense : {"-1", "1e9", "Fri, 31 Dec 1999 23:59:59 GMT", "99999999999999999999", ""})
    EXPECT_EQ(answered(500, "", {{"Retry-After", nonsense}}).retry_after, 0s) << nonsense;
}

TEST_F(Fcm, SilenceIsTriedLaterAndARefusedAccountIsNot) {
  for (const Error::Kind kind : {Error::Kind::kUnreachable, Error::Kind::kTimedOut, Error::Kind::kBroken}) {
    ScriptedHttp http;
    http.fails(kind);
    EXPECT_EQ(notify(http, news("device-1")).outcome, Outcome::kTryLater);
  }
  ScriptedHttp refused, broken;
  refused.answers(400, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})");
  EXPECT_EQ(notify(refused, news("device-1")).outcome, Outcome::kRefused);
  broken.answers(200, "{}");
  EXPECT_EQ(notify(broken, news("device-1")).outcome, Outcome::kTryLater);
}

TEST(FcmSettings, AServiceAccountThatIsNoneIsRefusedWithASentenceWithoutTheKey) {
  for (const char* without : {"type", "project_id", "client_email", "private_key"}) {
    Json file = key_file();
    file.erase(without);
    try {
      FcmNotifier notifier(settings_of(file));
      ADD_FAILURE() << without;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find(without), std::string::npos) << error.what();
      EXPECT_EQ(std::string(error.what()).find("BEGIN"), std::string::npos);
    }
  }
  EXPECT_THROW(FcmNotifier{Settings()}, std::invalid_argument);
}

// The far side as the kernel loads it, called directly.
class SandboxHttp final : public Http {
 public:
  SandboxHttp() {
    const std::string file = std::string(FLORIN_BINARY_DIR) + "/plugins/sandboxes/fcm.so";
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(library, nullptr) << dlerror();
    if (library == nullptr) return;
    const auto entry = reinterpret_cast<const PluginEntry* (*)()>(dlsym(library, "florin_plugin_entry"));
    sandbox_.reset(entry()->make_sandbox());
  }
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    const SandboxCall call{request, accounts, "", kNow};
    co_return sandbox_->handle(call, books).response;
  }
  std::vector<SandboxAccount> accounts;
  Books books;

 private:
  std::unique_ptr<Sandbox> sandbox_;
};

TEST_F(Fcm, TheSandboxTakesOurAssertionsAndAnswersAsFcmWould) {
  SandboxHttp http;
  http.accounts.push_back({"lisbon-books", "push", settings_of(key_file()), ""});
  EXPECT_EQ(notify(http, news("device-1")).outcome, Outcome::kDelivered);
  EXPECT_EQ(notify(http, news("gone-1")).outcome, Outcome::kRecipientGone);
  EXPECT_EQ(notify(http, news("bad-1")).outcome, Outcome::kRecipientGone);
  EXPECT_EQ(notify(http, news("busy-1")).retry_after, 30s);
  EXPECT_EQ(text_at(http.books.state(), "messages.0.message.token"), "device-1");
  EXPECT_EQ(find(http.books.state(), "messages")->size(), 1U);
}

TEST_F(Fcm, TheSandboxRefusesWhatItsAccountDidNotSign) {
  SandboxHttp http;
  Json other = key_file();
  other["client_email"] = "somebody@else";
  http.accounts.push_back({"lisbon-books", "push", settings_of(other), ""});
  EXPECT_EQ(notify(http, news("device-1")).outcome, Outcome::kRefused);
  HttpRequest forged =
      message_request(*read_service_account(Secret(to_text(key_file()))), Secret("made-up"), news("d"));
  EXPECT_EQ(http.send(forged).run()->status, 401);
}

// ---- Google's own description -----------------------------------------------------------------

// Every member that we send stands in the discovery document, with the type that it says.
void expect_described(const Json& document, const Json& value, const Json& schema, const std::string& where) {
  if (const std::string reference = text_at(schema, "$ref"); !reference.empty())
    return expect_described(document, value, document["schemas"][reference], where);
  if (text_at(schema, "type") == "string") {
    EXPECT_TRUE(value.is_string()) << where;
    if (const Json* words = find(schema, "enum"); words != nullptr) {
      EXPECT_NE(std::find(words->begin(), words->end(), value), words->end()) << where;
    }
    return;
  }
  if (text_at(schema, "type") != "object") return;
  ASSERT_TRUE(value.is_object()) << where;
  for (const auto& [name, member] : value.items()) {
    const Json* known = schema.contains("properties") && schema["properties"].contains(name)
                            ? &schema["properties"][name]
                        : schema.contains("additionalProperties") ? &schema["additionalProperties"]
                                                                  : nullptr;
    ASSERT_NE(known, nullptr) << where << "." << name << " is not in the document";
    expect_described(document, member, *known, where + "." + name);
  }
}

TEST_F(Fcm, RequestsFitGooglesDiscoveryDocument) {
  const char* shared = std::getenv("FLORIN_SHARED");
  const std::filesystem::path folder =
      shared != nullptr ? shared : std::string(FLORIN_SOURCE_DIR) + "/../shared";
  const std::filesystem::path file = folder / "contracts/fcm/fcm.v1.discovery.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "Google's discovery document is not here: " << file;
  const Json document = Json::parse(read_text_file(file.string()));
  const HttpRequest request =
      message_request(*read_service_account(Secret(to_text(key_file()))), Secret("t"), news("d"));
  expect_described(document, *parse_json(request.body), document["schemas"]["SendMessageRequest"], "body");
  EXPECT_EQ(request.method,
            text_at(document, "resources.projects.resources.messages.methods.send.httpMethod"));
}

}  // namespace
