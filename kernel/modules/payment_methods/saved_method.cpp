// The table of moves, the states' names, and the object as the API shows it.
#include "kernel/modules/payment_methods/saved_method.hpp"

#include <array>

#include <florin/check.hpp>

#include "kernel/platform/clock/clock.hpp"

namespace florin {

namespace {
using S = MethodStatus;
constexpr std::array kMoves = {
    MethodMove{S::kPending, S::kActive, "payment_method.created"},
    MethodMove{S::kActive, S::kActive, "payment_method.attached"},
    MethodMove{S::kActive, S::kDetached, "payment_method.detached"},
};
constexpr std::array<std::string_view, 3> kStatusNames = {"pending", "active", "detached"};
}  // namespace

const MethodMove* find_method_move(MethodStatus from, MethodStatus to) {
  for (const MethodMove& move : kMoves)
    if (move.from == from && move.to == to) return &move;
  return nullptr;
}

std::string_view to_text(MethodStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

MethodStatus method_status_from(std::string_view text) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i)
    if (kStatusNames[i] == text) return static_cast<MethodStatus>(i);
  FLORIN_CHECK(false, "the payment_methods table holds only states that we wrote");
  return S::kDetached;
}

Json render_method(const SavedMethod& method) {
  return Json{{"id", method.id},
              {"object", "payment_method"},
              {"type", method.type},
              {"card", method.face.to_json()},
              {"customer", method.customer_id.empty() ? Json() : Json(method.customer_id)},
              {"status", to_text(method.status)},
              {"metadata", method.metadata},
              {"created", unix_seconds(method.created)},
              {"livemode", method.livemode}};
}

}  // namespace florin
