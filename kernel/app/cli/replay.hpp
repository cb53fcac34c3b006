// florin policy replay: runs a draft over the decisions that were really made.
#pragma once

#include <string>

#include "kernel/app/cli/cli.hpp"

namespace florin {

struct ReplayAsked {
  std::string merchant, routing, risk;
  int days = 30;
};
void replay_policies(CliContext& context, const ReplayAsked& asked);

}  // namespace florin
