// An outcome in doubt is cleared up while the instrument is still at hand: the attempt is marked and a job
// made durable first, then the provider is asked at once and again what it holds (law 3).
#include "kernel/modules/payments/doubt.hpp"

#include <array>

#include "kernel/modules/payments/service.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

namespace {

constexpr std::array<std::int64_t, 8> kLookupPausesMs = {0, 300, 700, 1'500, 3'000, 5'000, 8'000, 12'000};
// The job that goes on comes after the last of these, or after a crash.
constexpr Duration kJobAfter = std::chrono::seconds(60);

template <class Outcome, class Lookup>
std::optional<Result<Outcome>> outcome_of(Lookup found, const std::string& none) {
  using Known = std::optional<Result<Outcome>>;
  const auto known = [&none](auto& one) -> Known {
    using One = std::decay_t<decltype(one)>;
    if constexpr (std::is_same_v<One, NotFound>)
      return Result<Outcome>(Error{Error::Kind::kTimedOut, "no answer came, and " + none});
    else if constexpr (std::is_same_v<One, InDoubt>)
      return std::nullopt;
    else
      return Result<Outcome>(Outcome(std::move(one)));
  };
  return std::visit(known, found);
}

// `look_up` begins one look-up each time it is called.
template <class Outcome, class Lookup>
Task<std::optional<Result<Outcome>>> ask_until_known(Clock& clock, std::function<Task<Result<Lookup>>()> look_up,
                                                     std::string none) {
  for (const std::int64_t pause : kLookupPausesMs) {
    if (pause > 0) {
      Task<void> sleeping = clock.sleep(std::chrono::milliseconds(pause));
      co_await sleeping;
    }
    Task<Result<Lookup>> asking = look_up();
    Result<Lookup> found = co_await asking;
    std::optional<Result<Outcome>> known;
    if (found) known = known_outcome(std::move(*found), none);
    if (!known && FLORIN_SEEDED_BUG(doubt_taken_for_no)) known = known_outcome(Lookup(NotFound()), none);
    if (known) co_return std::move(known);
  }
  co_return std::nullopt;
}

}  // namespace

std::optional<AuthorizeResult> known_outcome(AuthorizationLookup found, const std::string& none) {
  return outcome_of<Authorization>(std::move(found), none);
}

std::optional<ModifyResult> known_outcome(ModificationLookup found, const std::string& none) {
  return outcome_of<Modification>(std::move(found), none);
}

Task<bool> PaymentService::mark_in_doubt(std::shared_ptr<Trip> trip, InDoubt doubt) {
  trip->attempt.message = doubt.why.substr(0, 500);
  const Instant now = doors_.clock.now();
  auto marking = [this, trip, now](Session& session) {
    enqueue_settle(session, trip->attempt, kJobAfter);
    const InDoubt as_marked{trip->attempt.message, trip->attempt.reference};
    if (trip->attempt.kind == AttemptKind::kAuthorize)
      return settlement_.authorized(session, trip->attempt, Authorization(as_marked), now);
    return settlement_.modified(session, trip->attempt, Modification(as_marked), now);
  };
  Task<Result<Settled>> settling = settle(trip, marking);
  const Result<Settled> marked = co_await settling;
  co_return marked.has_value();
}

Task<std::optional<AuthorizeResult>> PaymentService::clear_up(std::shared_ptr<Trip> trip, InDoubt doubt,
                                                              std::string none) {
  Task<bool> marking = mark_in_doubt(trip, std::move(doubt));
  const bool marked = co_await marking;
  if (!marked) co_return std::nullopt;
  const std::function look_up = [this, trip] { return carrier_.lookup(*trip->account(), trip->payment, trip->attempt); };
  Task<std::optional<AuthorizeResult>> asking =
      ask_until_known<Authorization, AuthorizationLookup>(doors_.clock, look_up, std::move(none));
  std::optional<AuthorizeResult> known = co_await asking;
  if (!known) trip->request.reset();
  co_return std::move(known);
}

Task<std::optional<ModifyResult>> PaymentService::clear_up_modification(std::shared_ptr<Trip> trip, InDoubt doubt) {
  Task<bool> marking = mark_in_doubt(trip, std::move(doubt));
  const bool marked = co_await marking;
  if (!marked) co_return std::nullopt;
  const std::function look_up = [this, trip] {
    return carrier_.lookup_modification(*trip->account(), trip->payment, trip->attempt);
  };
  Task<std::optional<ModifyResult>> asking =
      ask_until_known<Modification, ModificationLookup>(doors_.clock, look_up, kNotDone);
  std::optional<ModifyResult> known = co_await asking;
  co_return std::move(known);
}

}  // namespace florin
