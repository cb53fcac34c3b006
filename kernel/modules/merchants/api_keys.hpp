// Merchants' API keys: made, shown once, stored as digests, found again in constant work, revoked at
// once. A key is 32 random bytes, so that a plain SHA-256 of it is as good as a slow hash.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <florin/result.hpp>
#include <florin/secret.hpp>
#include <florin/task.hpp>

#include "kernel/modules/api/server.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/config/config.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct ApiKey {
  std::string id;  // key_...
  std::string merchant;
  KeyKind kind = KeyKind::kSecret;
  std::string hint;  // The last four characters.
  std::vector<std::string> scopes;
  bool livemode = false;
  Instant created{};
  std::optional<Instant> expires, revoked;
};

struct NewApiKey {
  ApiKey key;
  Secret text;  // Shown once.
};

class ApiKeys {
 public:
  ApiKeys(Store& store, Clock& clock, Random& random) : store_(store), clock_(clock), random_(random) {}

  // Reads the table once, at start. Changes pass through here, or are another node's.
  Task<Result<Done>> load();
  // Looks every second, until the clock stops, for what other nodes have changed and for keys that have expired.
  void start(Executor& executor) { executor.spawn("api keys", follow()); }
  // The demo's fixed keys, "sk_test_lisbon_books": work only in test mode and where the merchant says
  // `test_keys: true`. Called at start and after each reload.
  void configure(std::shared_ptr<const AppConfig> config);

  // By the key's text, from memory. Errors: kDenied ("invalid_api_key", "api_key_expired").
  Result<Caller> authenticate(const std::string& token) const;
  // The same, for a token that memory may not know: another node may have made it a moment ago, so the store is
  // asked, a few times a second at most, whoever guesses. Errors also: kUnavailable.
  Task<Result<Caller>> look_up(std::string token);

  Task<Result<NewApiKey>> create(std::string merchant, KeyKind kind, std::vector<std::string> scopes,
                                 std::optional<Instant> expires);
  // A new key of the same kind and scopes; the old one stops working after `overlap` (zero: now), when it has not
  // been revoked or has expired before. Errors: kNotFound.
  Task<Result<NewApiKey>> rotate(std::string merchant, std::string id, Duration overlap);
  // The key stops working before this returns, and within about two seconds on other nodes.
  Task<Result<Done>> revoke(std::string merchant, std::string id);
  // Told of each key that has ended, by whatever and on whichever node, to close what it opened; `why` is a
  // sentence. Set before start().
  using Ended = std::function<void(const std::string& key_id, std::string_view why)>;
  void on_ended(Ended told) { told_ = std::move(told); }

 private:
  struct Table {  // Immutable: swapped as a whole, read without a lock.
    std::unordered_map<std::string, ApiKey> stored;      // By digest.
    std::unordered_map<std::string, ApiKey> configured;  // The demo's, and the operators'.
    std::int64_t version = -1;                           // Of the stored table, when it was read as a whole.
  };
  std::shared_ptr<const Table> table() const { return std::atomic_load(&table_); }
  void put(const std::vector<std::pair<std::string, ApiKey>>& entries);
  Task<void> follow();
  Task<Result<Done>> reread();
  bool may_be_stored(const std::string& token);
  void tell_ended();
  NewApiKey make(const std::string& merchant, KeyKind kind, std::vector<std::string> scopes,
                 std::optional<Instant> expires) const;

  Store& store_;
  Clock& clock_;
  Random& random_;
  std::shared_ptr<const Table> table_;
  std::mutex changing_;
  std::unordered_set<std::string> ended_;  // Ids that were told; guarded by changing_.
  RateLimiter look_ups_;
  std::atomic<bool> livemode_{false};
  Ended told_;
};

// Oldest first; of everybody with "".
std::vector<ApiKey> stored_keys(Session& session, const std::string& merchant);
// Its members as an operator sees them: never the key.
Json render_api_key(const ApiKey& key);

std::string_view to_text(KeyKind kind);  // "secret", "publishable", "admin"

}  // namespace florin
