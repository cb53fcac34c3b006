// The live protocol's messages, as docs/live.md describes them, to and from JSON text. Nothing here knows
// a socket or a state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/live/live.hpp"

namespace florin::live {

using Frame = std::shared_ptr<const std::string>;

struct ClientMessage {
  enum class Type { kAuth, kSubscribe, kUnsubscribe, kPing };
  Type type = Type::kPing;
  std::string token;                  // auth
  std::vector<std::string> topics;    // subscribe, unsubscribe
  std::optional<std::int64_t> since;  // auth, subscribe
};

// Errors: kInvalid with a code for the client; never a piece of the text, which may hold a token.
Result<ClientMessage> read_message(std::string_view text);

Frame authenticated_frame(const LiveGrant& grant);
Frame subscribed_frame(const std::vector<std::string>& topics, std::int64_t seq);
Frame unsubscribed_frame(const std::vector<std::string>& topics);
Frame resync_frame(std::int64_t since);
Frame pong_frame();
Frame error_frame(const Error& error);
// `rendered` is JSON already.
Frame event_frame(std::int64_t number, std::string_view rendered);

// "payments" and "payment.*" take "payment.succeeded", as do "*" and the type itself.
bool topic_takes(std::string_view topic, std::string_view event_type);

}  // namespace florin::live
