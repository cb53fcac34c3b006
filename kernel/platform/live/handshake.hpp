// Which upgrade requests the hub lets in: known paths, no token in the URL (URLs are logged), and no page
// of another site (cross-site WebSocket hijacking: browsers send an Origin and no preflight).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/platform/edge/edge.hpp"

namespace florin::live {

std::optional<EdgeResponse> refuse_handshake(const EdgeRequest& request,
                                             const std::vector<std::string>& allowed_origins);

}  // namespace florin::live
