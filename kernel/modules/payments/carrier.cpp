// From stored rows to plugin requests, and one door an attempt.
#include "kernel/modules/payments/carrier.hpp"

#include <algorithm>

#include <florin/http.hpp>

#include "kernel/modules/payments/order.hpp"

namespace florin {

namespace {
// The last exchanges are what an operator needs; a look-up that repeats for days must not grow a row forever.
constexpr std::size_t kExchangesMax = 20;

void replace_all(std::string& text, const std::string& what) {
  constexpr std::string_view kRedacted = "[redacted]";
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + kRedacted.size()))
    text.replace(at, what.size(), kRedacted);
}

// A provider's own token has no look to be known by, and comes back inside sentences ("No such
// PaymentMethod: 'pm_...'"): while it is at hand it is taken out as it is and as forms spell it.
void hide_token(std::vector<Exchange>& exchanges, const PaymentMethod& method) {
  const auto* const given = std::get_if<ProviderToken>(&method.instrument);
  if (given == nullptr || given->token.expose().empty()) return;
  const std::string& plain = given->token.expose();
  for (Exchange& exchange : exchanges)
    for (std::string* text : {&exchange.url, &exchange.request_body, &exchange.response_body, &exchange.error})
      for (const std::string& spelling : {plain, url_encode(plain)}) replace_all(*text, spelling);
}

void keep(Attempt& attempt, const std::vector<Exchange>& exchanges) {
  for (const Exchange& exchange : exchanges) attempt.exchanges.push_back(exchange.to_json());
  while (attempt.exchanges.size() > kExchangesMax) attempt.exchanges.erase(attempt.exchanges.begin());
}
}  // namespace

AuthorizeRequest authorize_request(const Payment& payment, const std::string& return_url) {
  AuthorizeRequest request{"", payment.id, payment.amount, !payment.manual_capture, {payment.method_type, {}}};
  request.description = text_at(payment.details, "description");
  request.customer_id = payment.customer_id;
  request.customer = party_at(payment.details, "customer");
  request.billing = party_at(payment.details, "billing");
  request.shipping = party_at(payment.details, "shipping");
  request.line_items = line_items_from(payment.details, payment.amount.currency());
  request.return_url = return_url;
  request.client_ip = text_at(payment.details, "device.ip");
  return request;
}

FencedDoor Carrier::fenced_door(const ProviderAccount& account, const Attempt& attempt,
                                std::vector<Exchange>* log) const {
  return FencedDoor(http_.door(account.route, log), nodes_, attempt.node);
}

Task<AuthorizeResult> Carrier::authorize(const ProviderAccount& account, AuthorizeRequest& request, Attempt& attempt) {
  std::vector<Exchange> exchanges;
  FencedDoor door = fenced_door(account, attempt, &exchanges);
  request.attempt_id = attempt.id;
  request.now = clock_.now();
  attempt.left = clock_.monotonic();
  Task<AuthorizeResult> asking = account.provider->authorize(request, door);
  AuthorizeResult answer = co_await asking;
  hide_token(exchanges, request.method);
  keep(attempt, exchanges);
  co_return answer;
}

Task<AuthorizeResult> Carrier::resume(const ProviderAccount& account, const Payment& payment, Attempt& attempt) {
  std::vector<Exchange> exchanges;
  FencedDoor door = fenced_door(account, attempt, &exchanges);
  const ResumeRequest request{attempt.id, payment.id, attempt.reference, payment.amount, !payment.manual_capture,
                              clock_.now()};
  attempt.left = clock_.monotonic();
  Task<AuthorizeResult> asking = account.provider->resume(request, door);
  AuthorizeResult answer = co_await asking;
  keep(attempt, exchanges);
  co_return answer;
}

Task<ModifyResult> Carrier::modify(const ProviderAccount& account, const Payment& payment, Attempt& attempt,
                                   std::string reason) {
  std::vector<Exchange> exchanges;
  FencedDoor door = fenced_door(account, attempt, &exchanges);
  const Instant now = clock_.now();
  attempt.left = clock_.monotonic();
  ModifyResult answer = Error{Error::Kind::kInvalid, "an authorization is no modification"};
  if (attempt.kind == AttemptKind::kCapture) {
    const CaptureRequest request{attempt.id,     payment.id,       payment.reference,
                                 attempt.amount, payment.captured, attempt.final_capture,
                                 now};
    Task<ModifyResult> asking = account.provider->capture(request, door);
    answer = co_await asking;
  } else if (attempt.kind == AttemptKind::kVoid) {
    const VoidRequest request{attempt.id, payment.id, payment.reference, payment.amount, now};
    Task<ModifyResult> asking = account.provider->void_payment(request, door);
    answer = co_await asking;
  } else if (attempt.kind == AttemptKind::kRefund) {
    const RefundRequest request{attempt.id,     payment.id, payment.reference, attempt.capture_reference,
                                attempt.amount, reason,     now};
    Task<ModifyResult> asking = account.provider->refund(request, door);
    answer = co_await asking;
  }
  keep(attempt, exchanges);
  co_return answer;
}

LookupRequest Carrier::lookup_request(const Payment& payment, const Attempt& attempt) const {
  using Of = LookupRequest::Of;
  const Of of = attempt.kind == AttemptKind::kCapture  ? Of::kCapture
                : attempt.kind == AttemptKind::kVoid   ? Of::kVoid
                : attempt.kind == AttemptKind::kRefund ? Of::kRefund
                                                       : Of::kAuthorize;
  LookupRequest request{of, attempt.id, payment.id, payment.method_type, attempt.reference, "", "", attempt.amount,
                        attempt.captured_before};
  request.capture_reference = attempt.capture_reference;
  request.operation_reference = attempt.operation_reference;
  request.capture = !payment.manual_capture;
  request.now = clock_.now();
  // What another process sent is as old as the wall clock says, and at least no younger than now.
  request.started = attempt.left ? request.now - (clock_.monotonic() - *attempt.left) : std::min(attempt.started, request.now);
  return request;
}

Task<Result<AuthorizationLookup>> Carrier::lookup(const ProviderAccount& account, const Payment& payment, Attempt& attempt) {
  std::vector<Exchange> exchanges;
  const std::unique_ptr<Http> door = http_.door(account.route, &exchanges);
  const LookupRequest request = lookup_request(payment, attempt);
  Task<Result<AuthorizationLookup>> asking = account.provider->lookup(request, *door);
  Result<AuthorizationLookup> answer = co_await asking;
  keep(attempt, exchanges);
  co_return answer;
}

Task<Result<ModificationLookup>> Carrier::lookup_modification(const ProviderAccount& account, const Payment& payment,
                                                              Attempt& attempt) {
  std::vector<Exchange> exchanges;
  const std::unique_ptr<Http> door = http_.door(account.route, &exchanges);
  const LookupRequest request = lookup_request(payment, attempt);
  Task<Result<ModificationLookup>> asking = account.provider->lookup_modification(request, *door);
  Result<ModificationLookup> answer = co_await asking;
  keep(attempt, exchanges);
  co_return answer;
}

}  // namespace florin
