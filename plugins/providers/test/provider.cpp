// The test provider: every outcome that a gateway must cope with, on demand, without any far side. What
// decides is in outcome.cpp; here it becomes the SDK's words.
#include "plugins/providers/test/provider.hpp"

#include <string>
#include <utility>

#include "plugins/providers/test/outcome.hpp"

namespace test_provider {
namespace {
using namespace florin;

std::string reference_of(const std::string& attempt_id) { return "test_" + attempt_id; }

Declined declined(const Outcome& outcome) {
  return {outcome.reason, std::string(outcome.code), "declined by the test provider"};
}
InDoubt silent() { return {"the test provider was told to be silent", ""}; }
Error unreachable() {
  return {Error::Kind::kUnreachable, "the test provider was told to be unreachable", "", ""};
}

RequiresAction challenge(const AuthorizeRequest& request) {
  // There is no page to send the payer to: the challenge is passed by coming back.
  return {RequiresAction::Kind::kThreeDs, reference_of(request.attempt_id), request.return_url,
          Json{{"challenge", "passed_by_coming_back"}}};
}

// A capture, void or refund: the amount alone decides.
ModifyResult modified(const std::string& attempt_id, std::int64_t minor, std::optional<Money> fee) {
  const Outcome outcome = by_amount(minor);
  if (outcome.now == Answer::kUnreachable) return unreachable();
  if (outcome.now == Answer::kNo) return Modification{declined(outcome)};
  if (outcome.now == Answer::kSilence) return Modification{silent()};
  return Modification{Accepted{reference_of(attempt_id), false, fee}};
}
}  // namespace

TestProvider::TestProvider(const Settings& settings)
    : fee_per_mille_(settings.integer("fee_per_mille")),
      fee_fixed_minor_(settings.integer("fee_fixed_minor")) {}

std::optional<Money> TestProvider::fee(const Money& amount) const {
  if (fee_per_mille_ == 0 && fee_fixed_minor_ == 0) return std::nullopt;
  const Result<Money> part = Money::fraction(amount, fee_per_mille_, 1000);
  if (!part) return std::nullopt;
  const Result<Money> whole = Money::plus(*part, Money(fee_fixed_minor_, amount.currency()));
  return whole ? std::optional(*whole) : std::nullopt;
}

Approved TestProvider::approved(std::string reference, const Money& amount, bool captured) const {
  Approved answer{std::move(reference), captured, "", std::nullopt, ""};
  if (captured) {
    answer.capture_reference = answer.reference;
    answer.fee = fee(amount);
  }
  return answer;
}

Task<AuthorizeResult> TestProvider::authorize(const AuthorizeRequest& request, Http&) {
  const Outcome outcome = outcome_of(request.method, request.amount);
  if (outcome.now == Answer::kUnreachable) co_return unreachable();
  if (outcome.now == Answer::kNo) co_return Authorization{declined(outcome)};
  if (outcome.now == Answer::kSilence) co_return Authorization{silent()};
  if (outcome.now == Answer::kChallenge) co_return Authorization{challenge(request)};
  co_return Authorization{approved(reference_of(request.attempt_id), request.amount, request.capture)};
}

Task<AuthorizeResult> TestProvider::resume(const ResumeRequest& request, Http&) {
  const Outcome outcome = by_amount(request.amount.minor());
  if (outcome.now == Answer::kUnreachable) co_return unreachable();
  if (outcome.now == Answer::kNo) co_return Authorization{declined(outcome)};
  if (outcome.now == Answer::kSilence) co_return Authorization{silent()};
  co_return Authorization{approved(request.reference, request.amount, request.capture)};
}

Task<ModifyResult> TestProvider::capture(const CaptureRequest& request, Http&) {
  co_return modified(request.attempt_id, request.amount.minor(), fee(request.amount));
}

Task<ModifyResult> TestProvider::void_payment(const VoidRequest& request, Http&) {
  co_return modified(request.attempt_id, request.amount.minor(), std::nullopt);
}

Task<ModifyResult> TestProvider::refund(const RefundRequest& request, Http&) {
  co_return modified(request.attempt_id, request.amount.minor(), std::nullopt);
}

Task<Result<AuthorizationLookup>> TestProvider::lookup(const LookupRequest& request, Http&) {
  const Outcome outcome = by_amount(request.amount.minor());
  if (outcome.later == Answer::kNothing) co_return AuthorizationLookup{NotFound{}};
  if (outcome.later == Answer::kNo) co_return AuthorizationLookup{declined(outcome)};
  if (outcome.later == Answer::kSilence) co_return AuthorizationLookup{silent()};
  co_return AuthorizationLookup{approved(reference_of(request.attempt_id), request.amount, request.capture)};
}

Task<Result<ModificationLookup>> TestProvider::lookup_modification(const LookupRequest& request, Http&) {
  const Outcome outcome = by_amount(request.amount.minor());
  if (outcome.later == Answer::kNothing) co_return ModificationLookup{NotFound{}};
  if (outcome.later == Answer::kNo) co_return ModificationLookup{declined(outcome)};
  if (outcome.later == Answer::kSilence) co_return ModificationLookup{silent()};
  const bool costs = request.of == LookupRequest::Of::kCapture;
  const std::optional<Money> cost = costs ? fee(request.amount) : std::nullopt;
  co_return ModificationLookup{Accepted{reference_of(request.attempt_id), false, cost}};
}

Task<Result<Done>> TestProvider::health(Instant, Http&) { co_return Done{}; }

}  // namespace test_provider
