// Idempotency keys: a POST that is repeated with the same key gets the stored answer, byte for byte,
// whatever crashed in between (IETF draft-ietf-httpapi-idempotency-key-header-07, and Stripe's habits).
// Scope: merchant, operation and object. All functions run inside the unit that does the work.
#pragma once

#include <functional>
#include <string>

#include <florin/time.hpp>

#include "kernel/modules/api/api.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct KeyClaim {
  enum class What {
    kFresh,    // Ours now: do the work and finish_key(). Also when no key was given.
    kReplay,   // Done before with the same body: `answer`, and the object it was about.
    kRunning,  // No answer is stored: the same request is under way, or died half-way and is being settled, or
               // its answer stands elsewhere (PaymentRepository::told_answer).
    kReused,   // The same key came with another body.
  };
  What what = What::kFresh;
  ApiAnswer answer;
  std::string object_id;
};

KeyClaim claim_key(Session& session, const std::string& merchant, const Idempotency& idempotency,
                   const std::string& object_id, Instant now);
// Stores the answer, unless one is stored already. Nothing happens without a key.
void finish_key(Session& session, const std::string& merchant, const Idempotency& idempotency,
                const ApiAnswer& answer);
// Lets the key go, as if it had never been claimed: for work that turned out not to be done at all.
void release_key(Session& session, const std::string& merchant, const Idempotency& idempotency);
// Whether it was claimed before: a look without claiming.
bool key_is_known(Session& session, const std::string& merchant, const Idempotency& idempotency);
// The Errors for kRunning and kReused.
Error key_error(KeyClaim::What what);
// Forgets keys older than 30 days, at most `limit` of them; how many went. A key without a stored answer goes when
// what it was used for has ended: `is_answered` says so of the merchant's object.
using IsAnswered = std::function<bool(Session& session, const std::string& merchant, const std::string& object_id)>;
std::int64_t purge_keys(Session& session, Instant now, int limit, const IsAnswered& is_answered);

// A whole POST that needs no far side, in one unit: claims the key, works, stores the answer.
// `work(Session&) -> Result<ApiAnswer>`; an Error leaves nothing behind, and the key free.
template <class Work>
Task<ApiAnswer> answer_once(Store& store, Clock& clock, std::string merchant, Idempotency idempotency, Work work) {
  const Instant now = clock.now();
  auto unit = [merchant, idempotency, work, now](Session& session) -> Result<ApiAnswer> {
    KeyClaim claim = claim_key(session, merchant, idempotency, "", now);
    if (claim.what == KeyClaim::What::kReplay) return claim.answer;
    if (claim.what != KeyClaim::What::kFresh) return key_error(claim.what);
    Result<ApiAnswer> answer = work(session);
    if (answer) finish_key(session, merchant, idempotency, *answer);
    return answer;
  };
  Task<Result<ApiAnswer>> writing = store.write(unit);
  const Result<ApiAnswer> answer = co_await writing;
  if (!answer) co_return problem(answer.error());
  co_return *answer;
}

}  // namespace florin
