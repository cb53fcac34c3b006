// Refunds: money given back for a captured payment, in full or in part, never more than is left. What was
// captured in parts is given back in parts, one operation at the provider for each capture it is taken from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/json.hpp>
#include <florin/money.hpp>
#include <florin/time.hpp>

namespace florin {

// kPending: some part is still open: not begun, on its way, in doubt, or taken by a provider whose final
// word comes later. kPartiallySucceeded: everything has ended, and only `booked()` of the amount was given
// back; the rest was not and may be asked for anew. A refund that failed after it had succeeded (a closed
// account) is booked back and moves on from kSucceeded.
enum class RefundStatus { kPending, kSucceeded, kPartiallySucceeded, kFailed };
std::string_view to_text(RefundStatus status);

// kPlanned: no attempt yet, it follows when the part before it is through. kPending and kSucceeded: the
// provider has taken it, it is in the books. kFailed: the provider said no, or booked back. kDropped: never
// begun, because a part before it failed.
enum class PartState { kPlanned, kSending, kPending, kSucceeded, kFailed, kDropped };
std::string_view to_text(PartState state);

// What is given back from one capture.
struct RefundPart {
  int number = 1;  // Of its refund, from 1, in the order in which they are carried.
  Money amount;
  std::string capture_reference;  // The provider's name for the capture.
  PartState state = PartState::kPlanned;
  std::string attempt_id;  // The latest that carries it; "" while it is planned.
  int tries = 0;           // Attempts so far: a later one follows only a proof that the one before did nothing.
  std::string reference;   // The provider's name for this refund; "" until it has taken it.

  bool booked() const { return state == PartState::kPending || state == PartState::kSucceeded; }
  // Whether it holds its amount of the capture: nobody else may give that back.
  bool holds() const { return state != PartState::kFailed && state != PartState::kDropped; }
};

struct Refund {
  std::string id;  // ref_...
  std::string merchant, payment_id;
  Money amount;
  RefundStatus status = RefundStatus::kPending;
  std::string reason;  // "", "duplicate", "fraudulent", "requested_by_customer"
  Json metadata = Json::object();
  Json error = Json();
  std::vector<RefundPart> parts;  // At least one; together they are `amount`.
  Instant created{}, updated{};
  std::int64_t version = 1;

  Money booked() const;  // Given back so far.
};
Json render_refund(const Refund& refund);

}  // namespace florin
