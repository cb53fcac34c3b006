// A durable job that runs every few minutes and deletes a bounded number of rows, so that it never holds
// the writer for long.
#include "kernel/app/housekeeping.hpp"

#include "kernel/modules/idempotency/idempotency.hpp"

namespace florin {

namespace {

constexpr int kRowsAtOnce = 2'000;

Task<Result<JobOutcome>> run_housekeeping(Store& store, Clock& clock, CardTokens& tokens) {
  const Instant now = clock.now();
  auto unit = [&tokens, now](Session& session) -> Result<std::int64_t> {
    return purge_keys(session, now, kRowsAtOnce) + tokens.purge(session, kRowsAtOnce);
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
  kind.run = [&store, &clock, &tokens](Job) { return run_housekeeping(store, clock, tokens); };
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
