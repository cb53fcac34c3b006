// A payment and its attempts: what they are, in which states, and how they may move (law 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/json.hpp>
#include <florin/money.hpp>
#include <florin/result.hpp>
#include <florin/time.hpp>

#include "kernel/modules/payments/document.hpp"

namespace florin {

enum class PaymentStatus {
  kRequiresPaymentMethod,
  kRequiresConfirmation,
  kRequiresAction,
  kProcessing,
  kRequiresCapture,
  kPartiallyCaptured,
  kSucceeded,
  kCanceled,
};
std::string_view to_text(PaymentStatus status);
std::optional<PaymentStatus> payment_status_from(std::string_view text);

// One way to move, and the event that tells of it. The table is in payment.cpp and is all there is.
struct PaymentMove {
  PaymentStatus from, to;
  std::string_view event;
};
// Null when the table has no such move.
const PaymentMove* find_move(PaymentStatus from, PaymentStatus to);

struct Payment {
  std::string id;  // pay_...
  std::string merchant;
  Money amount;
  Money captured, refunded;  // Of the same currency; refunded <= captured <= amount.
  Money refund_pending;      // Reserved by refunds under way; refunded + refund_pending <= captured.
  PaymentStatus status = PaymentStatus::kRequiresPaymentMethod;
  bool manual_capture = false;
  bool livemode = false;
  bool in_review = false;      // The risk policy said review: a person should look.
  std::string method_type;     // "card"; "" while it has none.
  Document method;             // As shown: {"type":"card","card":{...}}; null while it has none.
  std::string instrument;      // A card token or saved method put aside until it is confirmed; "" : none.
  std::string customer_id;
  Document details = Document::empty_object();  // What the request said: customer, billing, ..., metadata, return_url.
  Document next_action;
  Document last_error;
  std::string active_attempt;  // The authorization under way or waiting for the payer; "" : none.
  std::string busy;            // The attempt that holds the payment right now: no other may start. "" : free.
  std::string account, provider;  // Of the authorization that was approved (or waits for the payer).
  std::string reference, capture_reference;  // The provider's names for it.
  std::optional<Instant> capture_before;     // When an uncaptured authorization is given back.
  Instant created{}, updated{};
  std::int64_t version = 1;  // Grows with each change: of two writers one loses.
};

enum class AttemptKind { kAuthorize, kCapture, kVoid, kRefund };
std::string_view to_text(AttemptKind kind);
AttemptKind attempt_kind_from(std::string_view text);

// kWaiting: the payer acts (3-D Secure, redirect). kInDoubt is closed only by asking the provider.
enum class AttemptState { kSending, kWaiting, kApproved, kDeclined, kFailed, kInDoubt };
std::string_view to_text(AttemptState state);
AttemptState attempt_state_from(std::string_view text);

// One try at one provider, durable before anything leaves (law 2).
struct Attempt {
  std::string id;  // att_...: the provider's idempotency key is made of it.
  std::string merchant, payment_id;
  AttemptKind kind = AttemptKind::kAuthorize;
  int number = 1;  // Of its payment, from 1.
  std::string account, provider;
  Money amount;
  AttemptState state = AttemptState::kSending;
  std::string reference, operation_reference;  // As LookupRequest wants them.
  std::string refund_id, decision_id;
  Money captured_before;  // For a capture.
  bool final_capture = true;
  std::string capture_reference;  // For a refund: the capture that it gives back from.
  std::string decline_reason, provider_code, message;
  Json exchanges = Json::array();  // What went over the wire, redacted.
  // Whose answer waits for this attempt's end: stored under that key when it is settled.
  std::string idem_route, idem_key;
  Instant started{};
  std::optional<Instant> ended;
  std::string node;  // The incarnation that carries it (platform/nodes).
  std::string told;  // The event in which its caller's answer stands; "" : none does.
  // When this process sent for it last, by the monotonic clock: no jump makes it older or younger. Not stored.
  std::optional<Duration> left;
};

}  // namespace florin
