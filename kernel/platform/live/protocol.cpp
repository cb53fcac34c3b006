// Reading what clients say and writing what they are told.
#include "kernel/platform/live/protocol.hpp"

#include <florin/json.hpp>

namespace florin::live {
namespace {

constexpr std::size_t kTopics = 32;
constexpr std::size_t kTopicLength = 64;
constexpr std::size_t kTokenLength = 512;

Frame frame(const Json& json) { return std::make_shared<const std::string>(to_text(json)); }

Error bad(std::string message, std::string code = "bad_message") {
  return Error{Error::Kind::kInvalid, std::move(message), std::move(code), {}};
}

std::optional<Error> read_topics(const Json& json, std::vector<std::string>& topics) {
  const Json* list = find(json, "topics");
  if (list == nullptr) return std::nullopt;
  if (!list->is_array() || list->size() > kTopics)
    return bad("topics is a list of at most 32 texts", "bad_topics");
  for (const Json& topic : *list) {
    if (!topic.is_string()) return bad("a topic is a text such as \"payments\" or \"*\"", "bad_topics");
    topics.push_back(topic.get<std::string>());
    if (topics.back().empty() || topics.back().size() > kTopicLength)
      return bad("a topic has 1 to 64 characters", "bad_topics");
  }
  return std::nullopt;
}

std::optional<Error> read_since(const Json& json, std::optional<std::int64_t>& since) {
  if (find(json, "since") == nullptr) return std::nullopt;
  since = integer_at(json, "since");
  if (!since || *since < 0) return bad("since is a seq that an event carried, or 0", "bad_since");
  return std::nullopt;
}

}  // namespace

Result<ClientMessage> read_message(std::string_view text) {
  const Result<Json> json = parse_json(text);
  if (!json || !json->is_object()) return bad("a message is a JSON object with a type");
  const std::string type = text_at(*json, "type");
  ClientMessage message;
  if (type == "auth") {
    message.type = ClientMessage::Type::kAuth;
    message.token = text_at(*json, "token");
    if (message.token.empty() || message.token.size() > kTokenLength) return bad("auth carries a token");
  } else if (type == "subscribe") {
    message.type = ClientMessage::Type::kSubscribe;
  } else if (type == "unsubscribe") {
    message.type = ClientMessage::Type::kUnsubscribe;
  } else if (type != "ping") {
    return bad("type is auth, subscribe, unsubscribe or ping");
  }
  if (const auto wrong = read_topics(*json, message.topics)) return *wrong;
  if (const auto wrong = read_since(*json, message.since)) return *wrong;
  if (message.type == ClientMessage::Type::kSubscribe && message.topics.empty())
    return bad("subscribe names at least one topic, or \"*\"", "bad_topics");
  return message;
}

Frame authenticated_frame(const LiveGrant& grant) {
  Json json = {{"type", "authenticated"}};
  if (!grant.merchant.empty()) json["merchant"] = grant.merchant;
  if (!grant.payment_id.empty()) json["payment"] = grant.payment_id;
  return frame(json);
}

Frame subscribed_frame(const std::vector<std::string>& topics, std::int64_t seq) {
  return frame(Json{{"type", "subscribed"}, {"topics", topics}, {"seq", seq}});
}

Frame unsubscribed_frame(const std::vector<std::string>& topics) {
  return frame(Json{{"type", "unsubscribed"}, {"topics", topics}});
}

Frame resync_frame(std::int64_t since) { return frame(Json{{"type", "resync"}, {"since", since}}); }

Frame pong_frame() {
  static const Frame pong = frame(Json{{"type", "pong"}});
  return pong;
}

Frame error_frame(const Error& error) {
  return frame(Json{{"type", "error"}, {"error", {{"code", error.code}, {"message", error.message}}}});
}

Frame event_frame(std::int64_t number, std::string_view rendered) {
  return std::make_shared<const std::string>(
      fmt::format(R"({{"type":"event","seq":{},"event":{}}})", number, rendered));
}

bool topic_takes(std::string_view topic, std::string_view event_type) {
  if (topic == "*" || topic == event_type) return true;
  const std::string_view object = event_type.substr(0, event_type.find('.'));
  if (topic.size() <= object.size() || topic.substr(0, object.size()) != object) return false;
  const std::string_view rest = topic.substr(object.size());
  return rest == "s" || rest == ".*";
}

}  // namespace florin::live
