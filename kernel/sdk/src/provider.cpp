// What a provider answers to an operation that it does not implement. Its capabilities keep the kernel
// from asking; should it ask all the same, nothing has left us and nothing has happened.
#include <florin/provider.hpp>

namespace florin {
namespace {
Error not_supported(const char* operation) {
  return Error{Error::Kind::kInvalid, std::string("this provider has no ") + operation, "not_supported", ""};
}
}  // namespace

Task<AuthorizeResult> Provider::resume(const ResumeRequest&, Http&) { co_return not_supported("resume"); }
Task<ModifyResult> Provider::capture(const CaptureRequest&, Http&) { co_return not_supported("capture"); }
Task<ModifyResult> Provider::void_payment(const VoidRequest&, Http&) { co_return not_supported("void"); }
Task<ModifyResult> Provider::refund(const RefundRequest&, Http&) { co_return not_supported("refund"); }

Task<Result<ModificationLookup>> Provider::lookup_modification(const LookupRequest&, Http&) {
  co_return not_supported("look-up of captures, voids and refunds");
}

Task<Result<std::vector<ProviderEvent>>> Provider::parse_webhook(const WebhookRequest&, Http&) {
  co_return not_supported("webhooks");
}

Task<Result<Done>> Provider::health(Instant, Http&) { co_return not_supported("health check"); }

}  // namespace florin
