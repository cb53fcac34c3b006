// Words and looks of a refund; openapi's schema of it stands in routes/create.cpp.
#include "kernel/modules/refunds/refund.hpp"

#include <array>

#include "kernel/platform/clock/clock.hpp"

namespace florin {

std::string_view to_text(RefundStatus status) {
  static constexpr std::array<std::string_view, 4> kNames = {"pending", "succeeded", "partially_succeeded", "failed"};
  return kNames[static_cast<std::size_t>(status)];
}

std::string_view to_text(PartState state) {
  static constexpr std::array<std::string_view, 6> kNames = {"planned", "sending", "pending",
                                                             "succeeded", "failed", "dropped"};
  return kNames[static_cast<std::size_t>(state)];
}

Money Refund::booked() const {
  Money sum = Money::zero(amount.currency());
  for (const RefundPart& part : parts)
    if (part.booked()) sum = sum + part.amount;
  return sum;
}

namespace {
Json render_part(const RefundPart& part) {
  return Json{{"amount", part.amount.minor()},
              {"status", to_text(part.state)},
              {"capture_reference", part.capture_reference},
              {"attempt", part.attempt_id.empty() ? Json() : Json(part.attempt_id)}};
}
}  // namespace

Json render_refund(const Refund& refund) {
  Json json{{"id", refund.id},
            {"object", "refund"},
            {"payment", refund.payment_id},
            {"amount", refund.amount.minor()},
            {"amount_refunded", refund.booked().minor()},
            {"currency", refund.amount.currency().code()},
            {"status", to_text(refund.status)},
            {"reason", refund.reason.empty() ? Json() : Json(refund.reason)},
            {"metadata", refund.metadata},
            {"attempt", refund.parts.front().attempt_id},
            {"parts", Json::array()},
            {"error", refund.error},
            {"created", unix_seconds(refund.created)}};
  for (const RefundPart& part : refund.parts) json["parts"].push_back(render_part(part));
  return json;
}

}  // namespace florin
