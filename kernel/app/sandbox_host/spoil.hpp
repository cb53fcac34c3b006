// What a fault makes of a far side's answer. Pure.
#pragma once

#include <vector>

#include <florin/http.hpp>

#include "kernel/app/sandbox_host/faults.hpp"
#include "kernel/platform/edge/edge.hpp"

namespace florin {

// The one fault that concerns the answer; null when there is none.
const Fault* answer_fault(const std::vector<Fault>& faults);
// Whether the far side does what it was asked before things go wrong.
bool lets_act(Fault::Mode mode);
bool is_silent(Fault::Mode mode);

EdgeResponse whole(const HttpResponse& response);
EdgeResponse spoilt(const Fault& fault, const HttpResponse& response);

}  // namespace florin
