// The other half of a provider or notifier: its far side, simulated, and as pure as the plugin itself.
// `florin sandbox` serves it over HTTP, tests and the simulation call it directly. It knows the
// documented wire format, the test cards, signed webhooks, and keeps books of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <florin/export.hpp>
#include <florin/http.hpp>
#include <florin/json.hpp>
#include <florin/money.hpp>
#include <florin/settings.hpp>
#include <florin/time.hpp>

namespace florin {

// One thing that happened to money at the far side. Tests hold Florin's ledger against these.
struct BookEntry {
  enum class Kind { kAuthorized, kCaptured, kVoided, kRefunded };
  Kind kind = Kind::kAuthorized;
  std::string account;          // The merchant's account, as SandboxAccount names it.
  std::string reference;        // The provider's name for the payment.
  std::string operation;        // ... and for this capture or refund; else "".
  std::string idempotency_key;  // As it came with the request.
  std::string attempt_id;       // Florin's, when the wire carries it; else "".
  Money amount;
  Instant at;
};
FLORIN_SDK_API std::string_view to_text(BookEntry::Kind kind);

// The far side's memory: its own objects as JSON, and the entries above. The host keeps it, may save and
// restore it, and calls the sandbox with one request at a time.
class FLORIN_SDK_API Books {
 public:
  Books() = default;
  // As they were saved.
  Books(Json state, std::vector<BookEntry> entries, std::int64_t counter)
      : state_(std::move(state)), entries_(std::move(entries)), counter_(counter) {}

  Json& state() { return state_; }
  const Json& state() const { return state_; }
  void enter(BookEntry entry) { entries_.push_back(std::move(entry)); }
  const std::vector<BookEntry>& entries() const { return entries_; }
  // Names for the far side's objects: a counter, so that a run can be repeated. next("pi") is "pi_1", ...
  std::string next(const std::string& prefix);
  std::int64_t counter() const { return counter_; }

 private:
  Json state_ = Json::object();
  std::vector<BookEntry> entries_;
  std::int64_t counter_ = 0;
};

// An account that some merchant has with this provider, from Florin's own configuration: credentials
// that the sandbox accepts, and where its webhooks go. Empty list: any credentials are good.
struct SandboxAccount {
  std::string merchant, name;
  Settings settings;
  std::string webhook_url;  // "" when it has none.
};

struct SandboxCall {
  const HttpRequest& request;  // `path` as the provider knows it, without the sandbox's own prefix.
  const std::vector<SandboxAccount>& accounts;
  std::string public_url;  // Where a browser reaches this sandbox, no trailing slash: for links to pages.
  Instant now;
};
struct SandboxWebhook {
  std::string url;
  Headers headers;
  std::string body;
  std::chrono::milliseconds delay{0};
};
struct SandboxReply {
  HttpResponse response;
  std::chrono::milliseconds delay{0};
  std::vector<SandboxWebhook> webhooks;
};

class FLORIN_SDK_API Sandbox {
 public:
  virtual ~Sandbox() = default;
  // Total: an unknown path is the provider's own 404, nonsense its own 400.
  virtual SandboxReply handle(const SandboxCall& call, Books& books) = 0;
};

}  // namespace florin
