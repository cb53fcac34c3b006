// One request on its way from the line (admission.hpp) over a worker to its connection's loop.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel/platform/edge/admission.hpp"
#include "kernel/platform/edge/edge.hpp"

namespace florin {

class Connection;

// How the answer is to look, as the request said.
struct AnswerWanted {
  bool head_only, keep_alive, http_1_0;
};

// Asks for `request` to be let in, and brings what the handler answers, or the refusal, to `connection` as that which
// it dispatched under `sequence`.
std::unique_ptr<Admission::Caller> asking(Connection& connection, std::uint64_t sequence, EdgeRequest request, AnswerWanted wanted);

}  // namespace florin
