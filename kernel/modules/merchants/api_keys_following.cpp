// How the keys in memory follow those in the store, which every node on one PostgreSQL may change: a version that is
// looked at every second, and a look for a key that nobody here knows yet.
#include <spdlog/spdlog.h>

#include <florin/crypto.hpp>

#include "kernel/modules/merchants/api_key_table.hpp"
#include "kernel/modules/merchants/api_keys.hpp"

namespace florin {

namespace {
constexpr Duration kLook = std::chrono::seconds(1);
// A second, over all clients. What is not looked for then is found at the next look, if it is there.
constexpr std::int64_t kLookUpsPerSecond = 20;
constexpr std::size_t kKeyLength = 46;  // new_secret("sk_")
}  // namespace

Task<Result<Done>> ApiKeys::load() {
  Task<Result<Done>> reading = reread();
  const Result<Done> read = co_await reading;
  co_return read;
}

// Reads everything when there is anything new: keys are some thousands at most, and change by the hand of an operator.
Task<Result<Done>> ApiKeys::reread() {
  const auto before = table();
  const std::int64_t known = before ? before->version : -1;
  auto query = [known](Session& session) -> Result<std::shared_ptr<Table>> {
    const std::int64_t version = api_key_table::version(session);
    if (version == known) return std::shared_ptr<Table>();
    auto read = std::make_shared<Table>();
    read->version = version;
    for (auto& entry : api_key_table::all(session, "")) read->stored.insert(std::move(entry));
    return read;
  };
  Task<Result<std::shared_ptr<Table>>> reading = store_.read(query);
  const Result<std::shared_ptr<Table>> read = co_await reading;
  if (!read) co_return read.error();
  if (!*read) co_return Done();
  {
    const std::lock_guard lock(changing_);
    // What was changed here since may not be in what was read: the next look reads again.
    if (table() != before) co_return Done();
    if (before) (*read)->configured = before->configured;
    std::atomic_store(&table_, std::shared_ptr<const Table>(*read));
  }
  tell_ended();
  co_return Done();
}

Task<void> ApiKeys::follow() {
  bool failed = false;
  for (;;) {
    const Duration before = clock_.monotonic();
    Task<void> sleeping = clock_.sleep(kLook);
    co_await sleeping;
    if (clock_.monotonic() - before < kLook / 2) co_return;  // The clock has stopped.
    // A SQLite file has one node: nobody else can have changed it.
    if (store_.engine() == Engine::kPostgres) {
      Task<Result<Done>> reading = reread();
      const Result<Done> read = co_await reading;
      if (!read && !failed) spdlog::warn("API keys could not be read, so what other nodes change is not seen: {}", read.error().message);
      failed = !read;
    }
    tell_ended();
  }
}

void ApiKeys::tell_ended() {
  std::vector<std::pair<std::string, std::string_view>> news;
  {
    const std::lock_guard lock(changing_);
    const Instant now = clock_.now();
    for (const auto& [digest, key] : table()->stored) {
      const bool over = key.revoked || (key.expires && *key.expires <= now);
      if (over && ended_.insert(key.id).second)
        news.emplace_back(key.id, key.revoked ? "this key was revoked" : "this key has expired");
      if (!over) ended_.erase(key.id);  // The clock was put back.
    }
  }
  if (!told_) return;
  for (const auto& [id, why] : news) told_(id, why);
}

bool ApiKeys::may_be_stored(const std::string& token) {
  if (store_.engine() == Engine::kSqlite || token.size() != kKeyLength) return false;
  const auto keys = table();
  if (!keys || keys->stored.contains(to_hex(sha256(token)))) return false;
  return look_ups_.take("", kLookUpsPerSecond, clock_.monotonic()) == 0;
}

Task<Result<Caller>> ApiKeys::look_up(std::string token) {
  Result<Caller> known = authenticate(token);
  if (known || !may_be_stored(token)) co_return known;
  const std::string digest = to_hex(sha256(token));
  auto query = [digest](Session& session) -> Result<std::optional<api_key_table::Entry>> {
    return api_key_table::find(session, digest);
  };
  Task<Result<std::optional<api_key_table::Entry>>> reading = store_.read(query);
  const Result<std::optional<api_key_table::Entry>> found = co_await reading;
  if (!found) co_return found.error();
  if (!*found) co_return known;
  put({**found});
  co_return authenticate(token);
}

}  // namespace florin
