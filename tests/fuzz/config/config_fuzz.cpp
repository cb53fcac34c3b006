// A whole configuration directory out of bytes: florin.yaml, and after a line "---8<---" one merchant's file.
// Every fault names one of the two at a place that is there, telling is repeatable, and a configuration that
// is taken holds what the rest of the kernel relies on.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "kernel/platform/config/config.hpp"
#include "tests/fuzz/support/fuzz.hpp"
#include "tests/support/fake_catalog.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

// In memory where there is such a place: two files are written for every input.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path().string()) +
                          "/florin-fuzz-XXXXXX";
    FLORIN_CHECK(::mkdtemp(pattern.data()) != nullptr, "a folder can be made");
    root_ = pattern;
    fs::create_directories(root_ + "/config/merchants");
    fs::create_directories(root_ + "/scripts/routing");
    std::ofstream(root_ + "/scripts/routing/first.lua") << "return function() end";
    // What ${...} and file: may find; nothing else of this machine may decide what an input does.
    FLORIN_CHECK(::clearenv() == 0, "the environment is ours");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  std::string config() const { return root_ + "/config"; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(config() + "/" + name, std::ios::binary) << text;
  }
  void hide(const std::string& secret) const {
    FLORIN_CHECK(::setenv("ACME_KEY", secret.c_str(), 1) == 0, "the environment is ours");
    write("key", secret + "\n");
  }

 private:
  std::string root_;
};

// Follows from the input, so that no input can hold its own: what a fault says of it is from the secret. Its first
// part alone gives it away.
constexpr std::size_t kTelling = 8;
std::string secret_of(std::string_view input) {
  fuzz::Choices choices(input);
  std::string secret;
  while (secret.size() < 20) secret += static_cast<char>('g' + choices.up_to(19));
  return secret;
}

constexpr std::string_view kCut = "---8<---\n";

// A secret may be read from any file that the operator names; a fuzzer must not find /dev/zero by chance.
bool stays_at_home(std::string_view text) {
  for (std::size_t at = text.find("file:"); at != std::string_view::npos; at = text.find("file:", at + 5))
    if (text.substr(at + 5).find_first_of("/.") < 64 || text.substr(at + 5, 3) != "key") return false;
  return true;
}

std::string told(const ConfigOutcome& outcome) {
  std::string all;
  for (const ConfigFault& fault : outcome.faults) all += fault.text() + "\n";
  return all;
}

void is_usable(const AppConfig& config) {
  FLORIN_CHECK(config.server.port >= 0 && config.server.port <= 65535, "a port is a port");
  FLORIN_CHECK(config.store.readers > 0, "somebody reads");
  FLORIN_CHECK(config.server.limits.header_bytes > 0 && config.server.limits.body_bytes > 0, "limits let live");
  for (const auto& [id, merchant] : config.merchants) {
    FLORIN_CHECK(merchant.id == id, "a merchant has its file's name");
    FLORIN_CHECK(!merchant.routing_policy.empty() || !merchant.routing_otherwise.empty(), "payments go somewhere");
    for (const std::string& account : merchant.routing_otherwise)
      FLORIN_CHECK(merchant.accounts.contains(account), "a route is an account");
    for (const auto& [name, account] : merchant.accounts)
      FLORIN_CHECK(account.provider == "acme" || account.provider == "till", "a provider is loaded");
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder folder;
  static const testing::FakeCatalog catalog;
  if (!stays_at_home(input)) return;
  const std::size_t cut = input.find(kCut);
  const std::string_view first = input.substr(0, cut);
  const std::string_view second = cut == std::string_view::npos ? "" : input.substr(cut + kCut.size());
  folder.write("florin.yaml", first);
  folder.write("merchants/lisbon-books.yaml", second);
  const std::string secret = secret_of(input);
  folder.hide(secret);

  const ConfigOutcome outcome = load_config(folder.config(), {}, catalog);
  FLORIN_CHECK((outcome.config == nullptr) == !outcome.faults.empty(), "a configuration, or why not");
  for (const ConfigFault& fault : outcome.faults) {
    FLORIN_CHECK(fault.file.starts_with(folder.config()), "a fault is in one of our files");
    const std::string_view text = fault.file.ends_with("florin.yaml") ? first : second;
    const auto lines = std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r');
    FLORIN_CHECK(fault.line >= 0 && fault.line <= lines + 2 && fault.column >= 0, "a fault stands in its file");
    FLORIN_CHECK(!fault.message.empty(), "a fault says what is wrong");
    FLORIN_CHECK(fault.message.find(secret.substr(0, kTelling)) == std::string::npos, "a fault tells no secret");
  }
  FLORIN_CHECK(told(load_config(folder.config(), {}, catalog)) == told(outcome), "it is told the same again");
  if (outcome.config) is_usable(*outcome.config);
  // What starts before there are plugins must not stumble either.
  const ConfigOutcome bare = load_bare_config(folder.config(), {});
  FLORIN_CHECK(bare.config != nullptr || !bare.faults.empty(), "a bare configuration, or why not");
}

}  // namespace florin
