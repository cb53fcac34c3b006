// A saved payment method: how a customer pays again without typing the card. What it is, in which states,
// and how it may move (law 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <florin/json.hpp>
#include <florin/time.hpp>

#include "kernel/modules/cards/card.hpp"

namespace florin {

// kPending: put aside by a payment that will save it when it is approved; nobody can see or use it yet, and
// it is deleted when the payment is refused. kDetached is the end: the number has been wiped.
enum class MethodStatus { kPending, kActive, kDetached };
std::string_view to_text(MethodStatus status);
MethodStatus method_status_from(std::string_view text);

struct SavedMethod {
  std::string id;  // pm_...
  std::string merchant;
  std::string customer_id;  // "" : nobody's yet (or no more); it can be attached to one.
  std::string type = "card";
  MethodStatus status = MethodStatus::kActive;
  std::string sealed;  // The card's number; "" once detached.
  CardFace face;
  Json metadata = Json::object();
  bool livemode = false;
  std::string payment_id;  // The payment that saved it; "" : it was saved by itself.
  Instant created{}, updated{};
};

// One way to move, and the event that tells of it. The table is in saved_method.cpp and is all there is.
struct MethodMove {
  MethodStatus from, to;
  std::string_view event;
};
// Null when the table has no such move.
const MethodMove* find_method_move(MethodStatus from, MethodStatus to);

// The API's saved payment method: what may be known of the card, never its number.
Json render_method(const SavedMethod& method);

}  // namespace florin
