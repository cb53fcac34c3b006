// Refunds at Adyen's far side: always "received", then done or not, which only the webhook tells. Never more
// goes back than was taken.
#include "sandbox_state.hpp"

namespace florin::adyen {

HttpResponse make_refund(FarSide& far, const std::string& psp_reference) {
  const Json* amount = find(far.body, "amount");
  if (amount == nullptr) return service_error(far, 422, "100", "No amount specified");
  const BadAmount wrong = wrong_with(*amount);
  if (!wrong.code.empty()) return service_error(far, 422, wrong.code, wrong.message);
  Json* payment = far.payment(psp_reference);
  if (payment == nullptr)
    return service_error(far, 422, "167", "Original pspReference required for this operation");

  const std::string refund = new_psp_reference(far), reference = far.field("reference");
  const std::int64_t value = integer_at(*amount, "value").value_or(0);
  const std::int64_t before = integer_at(*payment, "refunded").value_or(0);
  const std::int64_t left = integer_at(*payment, "captured").value_or(0) - before;
  News news{"REFUND", refund, psp_reference, reference, "", *amount, true};
  if (text_at(*amount, "currency") != text_at(*payment, "currency") || value > left) {
    news.success = false;
    news.reason = "Insufficient balance on payment";
  } else {
    (*payment)["refunded"] = before + value;
    far.enter(BookEntry::Kind::kRefunded, psp_reference, refund, *amount);
  }
  announce(far, news);
  return sandbox::json_answer(201, {{"merchantAccount", far.field("merchantAccount")},
                                    {"paymentPspReference", psp_reference},
                                    {"pspReference", refund},
                                    {"reference", reference},
                                    {"status", "received"},
                                    {"amount", *amount}});
}

}  // namespace florin::adyen
