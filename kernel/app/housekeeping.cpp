// A durable job that runs every few minutes and deletes a bounded number of rows, so that it never holds
// the writer for long.
#include "kernel/app/housekeeping.hpp"

#include <spdlog/spdlog.h>

#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/modules/payments/repository.hpp"

namespace florin {

namespace {

constexpr int kRowsAtOnce = 2'000;
// A clock that is further ahead than this of where it was when we started has jumped.
constexpr Duration kJumpMax = std::chrono::hours(12);

Duration wall_ahead(Clock& clock) { return Duration(micros(clock.now())) - clock.monotonic(); }

Task<Result<JobOutcome>> run_housekeeping(Store& store, Clock& clock, CardTokens& tokens, Duration ahead_at_start) {
  const Instant now = clock.now();
  // An idempotency key that a wrong clock forgets is a payment that the next retry makes twice.
  if (wall_ahead(clock) - ahead_at_start > kJumpMax) {
    spdlog::warn("the clock jumped forward: nothing old is deleted until it is right again, or florind is restarted");
    co_return JobOutcome{JobOutcome::Next::kAgainIn, std::chrono::minutes(5)};
  }
  auto unit = [&tokens, now](Session& session) -> Result<std::int64_t> {
    const auto is_answered = [](Session& of, const std::string& merchant, const std::string& payment) {
      return !has_open_attempt(of, merchant, payment);
    };
    return purge_keys(session, now, kRowsAtOnce, is_answered) + tokens.purge(session, kRowsAtOnce);
  };
  Task<Result<std::int64_t>> writing = store.write(unit);
  const Result<std::int64_t> gone = co_await writing;
  if (!gone) co_return gone.error();
  JobOutcome next{JobOutcome::Next::kAgainIn, std::chrono::minutes(5)};
  if (*gone >= kRowsAtOnce) next.pause = std::chrono::seconds(1);
  co_return next;
}

}  // namespace

JobKind housekeeping(Store& store, Clock& clock, CardTokens& tokens) {
  JobKind kind;
  kind.kind = "housekeeping";
  kind.run = [&store, &clock, &tokens, ahead = wall_ahead(clock)](Job) { return run_housekeeping(store, clock, tokens, ahead); };
  kind.schedule = {std::chrono::seconds(60), std::chrono::seconds(600), std::chrono::seconds(3600)};
  kind.max_parallel = 1;
  return kind;
}

Task<Result<Done>> start_housekeeping(Store& store, Jobs& jobs, Clock& clock) {
  const std::int64_t due = micros(clock.now() + std::chrono::minutes(1));
  auto unit = [&jobs, due](Session& session) -> Result<Done> {
    jobs.enqueue(session, Job{"housekeeping", "housekeeping", "{}"}, due);
    return Done();
  };
  Task<Result<Done>> writing = store.write(unit);
  co_return co_await writing;
}

}  // namespace florin
