// What the kernel relies on in a webhook's events, whichever provider sent it.
#pragma once

#include <florin/provider.hpp>

namespace florin::fuzz {

inline void is_event(const ProviderEvent& event) {
  FLORIN_CHECK(!event.id.empty(), "an event can be told from its twin");
  FLORIN_CHECK(event.type.size() <= 100 && event.provider_code.size() <= 100, "raw words are clipped");
  FLORIN_CHECK(to_text(event.reason).size() > 0, "a reason is one of the vocabulary");
}

inline bool same(const ProviderEvent& a, const ProviderEvent& b) {
  return a.kind == b.kind && a.id == b.id && a.type == b.type && a.reference == b.reference &&
         a.attempt_id == b.attempt_id && a.operation_reference == b.operation_reference && a.amount == b.amount &&
         a.fee == b.fee && a.reason == b.reason && a.provider_code == b.provider_code;
}

}  // namespace florin::fuzz
