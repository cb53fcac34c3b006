// A stranger's way to a plugin: the installed SDK alone, a folder from `florin plugin new`, cmake, and the
// result dropped into a plugins' folder, where it takes a payment from its own sandbox.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "kernel/app/plugin_new/plugin_new.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"
#include "tests/support/provider_requests.hpp"
#include "tests/support/store_fixture.hpp"

namespace {
using namespace florin;
namespace fs = std::filesystem;

// The door from a plugin straight to its far side.
class SandboxDoor final : public Http {
 public:
  explicit SandboxDoor(Sandbox& sandbox) : sandbox_(sandbox) {}
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    const SandboxCall call{request, accounts_, "http://localhost", Instant()};
    co_return sandbox_.handle(call, books).response;
  }
  Books books;

 private:
  Sandbox& sandbox_;
  const std::vector<SandboxAccount> accounts_;
};

class PluginSdk : public ::testing::Test {
 protected:
  std::string at(const std::string& name) const { return directory_.path() + "/" + name; }

  // Runs a command of ours; what it says is shown when it fails.
  void run(const std::string& command) {
    const std::string log = at("log");
    if (std::system((command + " > '" + log + "' 2>&1").c_str()) == 0) return;
    std::ifstream said(log);
    FAIL() << command << "\n" << std::string(std::istreambuf_iterator<char>(said), {});
  }

  // Builds a new plugin against the installed SDK alone; its folder of plugins.
  void build(const std::string& kind) {
    run("cmake --install '" FLORIN_BINARY_DIR "' --prefix '" + at("sdk") + "' --component sdk");
    ASSERT_TRUE(write_plugin_folder(kind, "acme", at("acme")));
    // Not optimized: it is not what is shown here, and takes three times as long.
    run("cmake -S '" + at("acme") + "' -B '" + at("build") +
        "' -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH='" + at("sdk") +
        "' -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON" + same_flags());
    run("cmake --build '" + at("build") + "' --parallel 2");
    for (const auto& entry : fs::recursive_directory_iterator(at("build") + "/plugins"))
      ::chmod(entry.path().c_str(), 0755);
    ::chmod((at("build") + "/plugins").c_str(), 0755);
  }

  // A sanitized host loads only what was built with the same sanitizer.
  static std::string same_flags() {
#if defined(__SANITIZE_THREAD__)
    return " -DCMAKE_CXX_FLAGS=-fsanitize=thread";
#elif defined(__SANITIZE_ADDRESS__)
    return " -DCMAKE_CXX_FLAGS=-fsanitize=address,undefined";
#else
    return "";
#endif
  }

  std::unique_ptr<PluginHost> open() const {
    return PluginHost::open({.folder = at("build") + "/plugins", .state_file = "", .sandboxes = true});
  }

  test::TemporaryDirectory directory_;
};

TEST_F(PluginSdk, NewProviderBuiltOutsideTheTreeTakesAPaymentAndGivesItBack) {
  build("provider");
  const auto host = open();
  const auto sandbox = host->make_sandbox("acme");
  const auto provider = host->make_provider("acme", Settings(Json::object(), {{"api_key", Secret("key_1")}}));
  ASSERT_TRUE(provider) << provider.error().message;
  ASSERT_TRUE(sandbox) << sandbox.error().message;
  SandboxDoor door(**sandbox);
  const Money price(1200, Currency::of("EUR"));

  const AuthorizeRequest sale = test_support::sale(test_support::card("4242424242424242"), price);
  const auto paid = (*provider)->authorize(sale, door).run();
  ASSERT_TRUE(paid) << paid.error().message;
  ASSERT_TRUE(std::holds_alternative<Approved>(*paid));
  const std::string reference = std::get<Approved>(*paid).reference;

  const auto again = (*provider)->authorize(sale, door).run();
  EXPECT_EQ(std::get<Approved>(*again).reference, reference) << "the same attempt is the same payment";

  const LookupRequest question = test_support::question(LookupRequest::Of::kAuthorize, price);
  const auto found = (*provider)->lookup(question, door).run();
  EXPECT_EQ(std::get<Approved>(*found).reference, reference);
  const LookupRequest unknown = test_support::question(LookupRequest::Of::kAuthorize, price, "att_0");
  const auto nothing = (*provider)->lookup(unknown, door).run();
  EXPECT_TRUE(std::holds_alternative<NotFound>(*nothing));

  const RefundRequest back{"att_2", "pay_1", reference, reference, price, "", Instant()};
  const auto refunded = (*provider)->refund(back, door).run();
  EXPECT_TRUE(std::holds_alternative<Accepted>(*refunded));
  const RefundRequest more{"att_3", "pay_1", reference, reference, Money(1, price.currency()), "", Instant()};
  const auto refused = (*provider)->refund(more, door).run();
  EXPECT_TRUE(std::holds_alternative<Declined>(*refused)) << "nothing is left";

  EXPECT_EQ(door.books.entries().size(), 3U) << "authorized, captured and refunded, each once";
}

TEST_F(PluginSdk, NewNotifierBuildsAndLoads) {
  build("notifier");
  EXPECT_TRUE(open()->make_notifier("acme", Settings(Json::object(), {{"api_key", Secret("key_1")}})));
}

TEST_F(PluginSdk, NewFraudRuleBuildsAndLoads) {
  build("fraud");
  const auto rule =
      open()->make_fraud_rule("acme", Settings(Json{{"payments_per_hour_max", 5}, {"score", 50}}, {}));
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ((*rule)->windows().size(), 1U);
}
}  // namespace
