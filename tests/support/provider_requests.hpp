// Requests as the kernel would make them, for tests that talk to a provider: attempt "att_1" of payment
// "pay_1", everything else empty. Tests change what they are about.
#pragma once

#include <string>
#include <utility>

#include <florin/provider.hpp>

namespace florin::test_support {

inline PaymentMethod card(const std::string& number) {
  return {"card", Card{Secret(number), 12, 2034, Secret("123"), "Ana Reis"}};
}
inline PaymentMethod network_token(const std::string& number) {
  return {"card", NetworkToken{Secret(number), 12, 2034, Secret("AgAAAAAAAIR8CQrXcIhbQAAAAAA="), "05"}};
}
inline PaymentMethod provider_token(const std::string& text) { return {"card", ProviderToken{Secret(text)}}; }

inline AuthorizeRequest sale(PaymentMethod method, Money amount) {
  return {.attempt_id = "att_1", .payment_id = "pay_1", .amount = amount, .capture = true,
          .method = std::move(method), .description = "", .customer_id = "", .customer = {}, .billing = {},
          .shipping = {}, .line_items = {}, .return_url = "", .client_ip = "", .now = Instant()};
}

inline LookupRequest question(LookupRequest::Of of, Money amount, const std::string& attempt_id = "att_1") {
  return {.of = of, .attempt_id = attempt_id, .payment_id = "pay_1", .method_type = "card", .reference = "",
          .capture_reference = "", .operation_reference = "", .amount = amount,
          .captured_before = Money::zero(amount.currency()), .capture = true, .started = Instant(),
          .now = Instant()};
}

}  // namespace florin::test_support
