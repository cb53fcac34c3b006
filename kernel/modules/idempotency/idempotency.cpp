// The idempotency_keys table, and the only file that spells its columns.
#include "kernel/modules/idempotency/idempotency.hpp"

#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"
#include "kernel/platform/store/group.hpp"

namespace florin {

namespace {
// Keys are a merchant's own (law 6).
const std::string& scope_of(const std::string& merchant) {
  static const std::string everybody;
  return FLORIN_SEEDED_BUG(key_without_merchant) ? everybody : merchant;
}
}  // namespace

KeyClaim claim_key(Session& session, const std::string& merchant, const Idempotency& idempotency,
                   const std::string& object_id, Instant now) {
  KeyClaim claim;
  claim.object_id = object_id;
  if (idempotency.key.empty()) return claim;
  const bool fresh = changes_one(
      session,
      "insert into idempotency_keys (merchant, route, idem_key, digest, object_id, state, http_status, body, created) "
      "values (:merchant, :route, :key, :digest, :object, 'running', 0, '', :now) on conflict do nothing",
      {scope_of(merchant), idempotency.route, idempotency.key, idempotency.digest, object_id, micros(now)});
  if (fresh) return claim;
  const auto held = session.one<std::tuple<std::string, std::string, std::string, std::int64_t, std::string>>(
      "select digest, object_id, state, http_status, body from idempotency_keys "
      "where merchant = :merchant and route = :route and idem_key = :key",
      scope_of(merchant), idempotency.route, idempotency.key);
  const auto& [digest, object, state, status, body] = *held;
  claim.object_id = object;
  if (digest != idempotency.digest) {
    claim.what = KeyClaim::What::kReused;
  } else if (state == "running") {
    claim.what = KeyClaim::What::kRunning;
  } else {
    claim.what = KeyClaim::What::kReplay;
    claim.answer.status = static_cast<int>(status);
    claim.answer.body = body;
    claim.answer.replayed = true;
    claim.answer.object_id = object;
  }
  return claim;
}

void finish_key(Session& session, const std::string& merchant, const Idempotency& idempotency,
                const ApiAnswer& answer) {
  if (idempotency.key.empty()) return;
  session.execute_later(
      "update idempotency_keys set state = 'done', http_status = :status, body = :body, "
      "object_id = case when :object = '' then object_id else :same end "
      "where merchant = :merchant and route = :route and idem_key = :key and state = 'running'",
      answer.status, answer.body, answer.object_id, answer.object_id, scope_of(merchant), idempotency.route, idempotency.key);
}

void release_key(Session& session, const std::string& merchant, const Idempotency& idempotency) {
  if (idempotency.key.empty()) return;
  session.execute(
      "delete from idempotency_keys where merchant = :merchant and route = :route and idem_key = :key "
      "and state = 'running'",
      merchant, idempotency.route, idempotency.key);
}

bool key_is_known(Session& session, const std::string& merchant, const Idempotency& idempotency) {
  return session
      .one<std::tuple<std::string>>(
          "select state from idempotency_keys where merchant = :merchant and route = :route and idem_key = :key",
          merchant, idempotency.route, idempotency.key)
      .has_value();
}

Error key_error(KeyClaim::What what) {
  if (what == KeyClaim::What::kReused)
    return Error{Error::Kind::kInvalid, "this Idempotency-Key was used before with another body; use a new key",
                 "idempotency_key_reused", ""};
  return Error{Error::Kind::kConflict, "a request with this Idempotency-Key is still running; ask again",
               "idempotency_key_in_use", ""};
}

std::int64_t purge_keys(Session& session, Instant now, int limit, const IsAnswered& is_answered) {
  const Instant oldest = now - std::chrono::hours(24 * 30);
  // SQLite has no index by age, but its rows stand in the order of their coming: the first of them are looked at.
  const bool by_row = session.engine() == Engine::kSqlite;
  std::int64_t gone = 0;
  for (const auto& [merchant, route, key, object, state] :
       session.all<std::tuple<std::string, std::string, std::string, std::string, std::string>>(
           by_row ? "select merchant, route, idem_key, object_id, state from idempotency_keys where created < :oldest "
                    "and rowid < (select min(rowid) from idempotency_keys) + 20000 order by rowid limit :limit"
                  : "select merchant, route, idem_key, object_id, state from idempotency_keys where created < :oldest "
                    "limit :limit",
           micros(oldest), limit)) {
    if (state != "done" && !is_answered(session, merchant, object)) continue;
    gone += session.execute(
        "delete from idempotency_keys where merchant = :merchant and route = :route and idem_key = :key", merchant, route,
        key);
  }
  return gone;
}

}  // namespace florin
