// Cash: the payment is a fact before it is recorded, because staff hold the money. Every operation is
// accepted at once, nothing is sent, and a lookup answers the same: what we recorded is what happened.
#include "plugins/providers/cash/provider.hpp"

#include <string>

#include <florin/plugin.hpp>

#include "settings_schema.hpp"

namespace cash {
namespace {
using namespace florin;

// One name for an operation, whoever asks: recorded under our own id.
std::string receipt(const std::string& attempt_id) { return "cash_" + attempt_id; }

Approved taken(const std::string& attempt_id) {
  const std::string reference = receipt(attempt_id);
  return {reference, true, reference, std::nullopt, ""};
}

const Descriptor kDescriptor{.kind = PluginKind::kProvider,
                             .name = "cash",
                             .version = "1.0.0",
                             .title = "Cash",
                             .capabilities = {.methods = {"cash"},
                                              .currencies = {},
                                              .countries = {},
                                              .card_input = {},
                                              .refunds = true,
                                              .partial_refunds = true,
                                              .idempotent_for = std::chrono::hours(24)},
                             .hosts = {},
                             .settings_schema = kSettingsSchema};
}  // namespace

Task<AuthorizeResult> CashProvider::authorize(const AuthorizeRequest& request, Http&) {
  // Notes in a drawer cannot be held for later, so this is never asked (no manual_capture) unless by mistake.
  if (!request.capture)
    co_return Error{Error::Kind::kInvalid, "cash is taken at once: it has no manual capture",
                    "capture_method_unsupported", "capture_method"};
  co_return Authorization{taken(request.attempt_id)};
}

Task<ModifyResult> CashProvider::refund(const RefundRequest& request, Http&) {
  co_return Modification{Accepted{receipt(request.attempt_id), false, std::nullopt}};
}

Task<Result<AuthorizationLookup>> CashProvider::lookup(const LookupRequest& request, Http&) {
  co_return AuthorizationLookup{taken(request.attempt_id)};
}

Task<Result<ModificationLookup>> CashProvider::lookup_modification(const LookupRequest& request, Http&) {
  co_return ModificationLookup{Accepted{receipt(request.attempt_id), false, std::nullopt}};
}

}  // namespace cash

FLORIN_PROVIDER(cash::CashProvider, cash::kDescriptor)
