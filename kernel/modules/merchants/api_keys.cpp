// The table of keys in memory that every request is checked against, and what is done with keys. How it learns what
// other nodes do is in api_keys_following.cpp.
#include "kernel/modules/merchants/api_keys.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <florin/crypto.hpp>

#include "kernel/modules/merchants/api_key_table.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {

std::string digest_of(std::string_view text) { return to_hex(sha256(text)); }

ApiKey fixed_key(const std::string& merchant, KeyKind kind) {
  ApiKey key;
  key.id = "key_test_" + merchant + "_" + std::string(to_text(kind));
  key.merchant = merchant;
  key.kind = kind;
  key.scopes = {"*"};
  return key;
}

}  // namespace

std::string_view to_text(KeyKind kind) {
  switch (kind) {
    case KeyKind::kSecret: return "secret";
    case KeyKind::kPublishable: return "publishable";
    case KeyKind::kAdmin: return "admin";
  }
  return "secret";
}

void ApiKeys::configure(std::shared_ptr<const AppConfig> config) {
  livemode_ = config->mode == AppConfig::Mode::kLive;
  const std::lock_guard lock(changing_);
  const auto now = table();
  auto next = std::make_shared<Table>();
  if (now) {
    next->stored = now->stored;
    next->version = now->version;
  }
  if (config->mode == AppConfig::Mode::kTest) {
    for (const auto& [id, merchant] : config->merchants) {
      if (!merchant.test_keys) continue;
      std::string name = id;
      std::replace(name.begin(), name.end(), '-', '_');
      next->configured[digest_of("sk_test_" + name)] = fixed_key(id, KeyKind::kSecret);
      next->configured[digest_of("pk_test_" + name)] = fixed_key(id, KeyKind::kPublishable);
    }
  }
  if (!config->admin_key_hash.empty()) {
    ApiKey admin = fixed_key("", KeyKind::kAdmin);
    admin.id = "key_admin";
    next->configured[config->admin_key_hash] = admin;
  }
  std::atomic_store(&table_, std::shared_ptr<const Table>(std::move(next)));
}

Result<Caller> ApiKeys::authenticate(const std::string& token) const {
  static const Error unknown{Error::Kind::kDenied, "no such API key, or it was revoked", "invalid_api_key", ""};
  const auto keys = table();
  if (token.empty() || !keys) return unknown;
  const std::string digest = digest_of(token);
  const auto stored = keys->stored.find(digest);
  const ApiKey* key = nullptr;
  if (stored != keys->stored.end()) {
    key = &stored->second;
  } else if (const auto configured = keys->configured.find(digest); configured != keys->configured.end()) {
    key = &configured->second;
  }
  if (!key || key->revoked) return unknown;
  if (key->expires && *key->expires <= clock_.now())
    return Error{Error::Kind::kDenied, "this API key has expired", "api_key_expired", ""};
  Caller caller;
  caller.merchant = key->merchant;
  caller.kind = key->kind;
  caller.key_id = key->id;
  caller.scopes = {key->scopes.begin(), key->scopes.end()};
  caller.livemode = key->livemode;
  return caller;
}

void ApiKeys::put(const std::vector<std::pair<std::string, ApiKey>>& entries) {
  {
    const std::lock_guard lock(changing_);
    auto next = std::make_shared<Table>(*table());
    for (const auto& [digest, key] : entries) next->stored[digest] = key;
    std::atomic_store(&table_, std::shared_ptr<const Table>(std::move(next)));
  }
  tell_ended();
}

NewApiKey ApiKeys::make(const std::string& merchant, KeyKind kind, std::vector<std::string> scopes,
                        std::optional<Instant> expires) const {
  const char* const prefix = kind == KeyKind::kPublishable ? "pk" : kind == KeyKind::kAdmin ? "ak" : "sk";
  NewApiKey made;
  made.text = Secret(new_secret(std::string(prefix) + "_", random_));
  made.key.created = clock_.now();
  made.key.id = new_id("key", made.key.created, random_);
  made.key.merchant = merchant;
  made.key.kind = kind;
  made.key.hint = made.text.expose().substr(made.text.size() - 4);
  made.key.scopes = std::move(scopes);
  made.key.livemode = livemode_;
  made.key.expires = expires;
  return made;
}

Task<Result<NewApiKey>> ApiKeys::create(std::string merchant, KeyKind kind, std::vector<std::string> scopes,
                                        std::optional<Instant> expires) {
  const NewApiKey made = make(merchant, kind, std::move(scopes), expires);
  const std::string digest = digest_of(made.text.expose());
  auto unit = [key = made.key, digest](Session& session) -> Result<Done> {
    api_key_table::insert(session, {digest, key});
    return Done();
  };
  Task<Result<Done>> writing = store_.write(unit);
  const Result<Done> written = co_await writing;
  if (!written) co_return written.error();
  put({{digest, made.key}});
  co_return made;
}

Task<Result<NewApiKey>> ApiKeys::rotate(std::string merchant, std::string id, Duration overlap) {
  auto query = [merchant, id](Session& session) { return api_key_table::find(session, merchant, id); };
  Task<Result<std::pair<std::string, ApiKey>>> reading = store_.read(query);
  const Result<std::pair<std::string, ApiKey>> old = co_await reading;
  if (!old) co_return old.error();
  if (old->second.revoked) co_return Error{Error::Kind::kConflict, "API key " + id + " is revoked: make a new one", "", "id"};
  const NewApiKey made = make(merchant, old->second.kind, old->second.scopes, std::nullopt);
  const std::string digest = digest_of(made.text.expose());
  const Instant ends = made.key.created + overlap;
  auto unit = [key = made.key, digest, merchant, id, ends](Session& session) -> Result<std::pair<std::string, ApiKey>> {
    api_key_table::insert(session, {digest, key});
    api_key_table::expire(session, merchant, id, ends);
    return api_key_table::find(session, merchant, id);
  };
  Task<Result<std::pair<std::string, ApiKey>>> writing = store_.write(unit);
  const Result<std::pair<std::string, ApiKey>> ending = co_await writing;
  if (!ending) co_return ending.error();
  put({{digest, made.key}, *ending});
  co_return made;
}

Task<Result<Done>> ApiKeys::revoke(std::string merchant, std::string id) {
  const Instant now = clock_.now();
  auto unit = [merchant, id, now](Session& session) {
    api_key_table::revoke(session, merchant, id, now);
    return api_key_table::find(session, merchant, id);
  };
  Task<Result<std::pair<std::string, ApiKey>>> writing = store_.write(unit);
  const Result<std::pair<std::string, ApiKey>> gone = co_await writing;
  if (!gone) co_return gone.error();
  put({*gone});
  co_return Done();
}

std::vector<ApiKey> stored_keys(Session& session, const std::string& merchant) {
  std::vector<ApiKey> keys;
  for (auto& [digest, key] : api_key_table::all(session, merchant)) keys.push_back(std::move(key));
  return keys;
}

Json render_api_key(const ApiKey& key) {
  Json json{{"id", key.id},
            {"merchant", key.merchant.empty() ? Json() : Json(key.merchant)},
            {"kind", to_text(key.kind)},
            {"ends_with", key.hint},
            {"scopes", fmt::format("{}", fmt::join(key.scopes, " "))},
            {"created", to_text(key.created)}};
  json["expires"] = key.expires ? Json(to_text(*key.expires)) : Json();
  json["revoked"] = key.revoked ? Json(to_text(*key.revoked)) : Json();
  return json;
}

}  // namespace florin
