// WebSocket on the edge's port (RFC 6455): the handshake's checks and the stage that speaks it afterwards.
// Frames that come are read by wslay; text that goes is shared by its receivers and framed as it leaves.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <florin/time.hpp>

#include "kernel/platform/edge/edge.hpp"
#include "kernel/platform/edge/stage.hpp"

namespace florin {

class Connection;

// Why an upgrade request is refused, by the RFC's rules first and then by `handler`; nothing: accept it.
std::optional<EdgeResponse> refuse_websocket(const EdgeRequest& request, WebSocketHandler& handler);

// The 101 that accepts `request`.
std::string websocket_accepted(const EdgeRequest& request, Instant now);

// Tells the edge's handler of the new peer.
std::unique_ptr<Stage> websocket_stage(Connection& connection, EdgeRequest request);

}  // namespace florin
