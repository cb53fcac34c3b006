// How requests reach the daemon and answers come back: lost either way, repeated, doubled.
#include <fmt/format.h>

#include "tests/simulation/shop.hpp"

namespace florin::simulation {

using namespace std::chrono_literals;

namespace {
constexpr Duration kPatience = 15s;
}

void Shops::send(EdgeRequest request, const Ask& ask, std::function<void(Reply)> got) {
  Dice& dice = timeline_.dice;
  const auto answered = std::make_shared<bool>(false);
  const auto once = [answered, got = std::move(got)](Reply reply) {
    if (!std::exchange(*answered, true)) got(std::move(reply));
  };
  timeline_.in(kPatience, [once] { once(Reply{}); });
  if (weather_.request_lost()) return;
  timeline_.in(dice.pause(100us, 30ms), [this, ask, once, request = std::move(request)] {
    timeline_.note("asked", fmt::format("{} {} {} {}", ask.merchant, request.method, request.target, ask.key));
    daemon_.arrive(request, [this, ask, once](std::optional<EdgeResponse> response) {
      // No connection: known at once.
      if (!response) return timeline_.in(1ms, [once] { once(Reply{}); });
      timeline_.note("answers", fmt::format("{} {} {}: {} {}", ask.merchant, ask.path, ask.key, response->status, response->body));
      oracles_.answered(ask.merchant, ask.path, ask.key, *response);
      daemon_.moment();
      if (weather_.request_lost()) return;
      Reply reply{response->status};
      reply.replayed = response->headers.contains("Idempotent-Replayed");
      if (auto json = parse_json(response->body)) reply.body = std::move(*json);
      timeline_.in(timeline_.dice.pause(100us, 30ms), [once, reply] { once(reply); });
    });
  });
}

Task<Shops::Reply> Shops::ask_once(Ask ask) {
  EdgeRequest request;
  request.method = ask.method;
  request.target = request.path = ask.path;
  request.body = ask.body;
  request.remote_address = "192.0.2.1";
  request.request_id = "req_" + std::to_string(++requests_);
  if (!ask.merchant.empty()) request.headers["Authorization"] = "Bearer sk_test_" + ask.merchant;
  if (!ask.key.empty()) request.headers["Idempotency-Key"] = ask.key;
  Completion<Reply> reply(executor_);
  send(std::move(request), ask, [&reply](Reply got) { reply.set(std::move(got)); });
  co_return co_await reply;
}

Task<Shops::Reply> Shops::ask(Ask ask) {
  Dice& dice = timeline_.dice;
  if (dice.chance(150) && !ask.alone) executor_.spawn("twin", twin(ask));
  for (int tries = 0; tries < 400; ++tries) {
    Task<Reply> asking = ask_once(ask);
    const Reply reply = co_await asking;
    const std::string code = text_at(reply.body, "error.code");
    // A stored answer stays what it is, a 503 too: the next try would need a key of its own.
    const bool unavailable = reply.status == 503 && !reply.replayed;
    const bool again = reply.status == 0 || unavailable || code == "idempotency_key_in_use" || code == "payment_busy";
    if (!again) {
      // Whoever has an answer may ask for it once more.
      if (dice.chance(200)) executor_.spawn("twin", twin(ask));
      co_return reply;
    }
    co_await clock_.sleep(dice.pause(50ms, 3s));
  }
  oracles_.violated("I5: no answer after 400 tries: " + ask.path + " " + ask.key);
  co_return Reply{};
}

Task<void> Shops::twin(Ask ask) {
  co_await clock_.sleep(timeline_.dice.pause(0us, 20ms));
  Task<Reply> asking = ask_once(std::move(ask));
  co_await asking;
}

void Shops::bring(SandboxWebhook webhook) {
  const int copies = weather_.webhook_doubled() ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    SandboxWebhook copy = webhook;
    copy.delay += std::chrono::duration_cast<std::chrono::milliseconds>(weather_.webhook_delay());
    executor_.spawn("provider's webhook", deliver(std::move(copy)));
  }
}

// As providers do: again and again, for days, while it is not taken; or not at all, where the merchant has
// set up none.
Task<void> Shops::deliver(SandboxWebhook webhook) {
  if (weather_.webhook_forgotten()) co_return;
  for (int tries = 0; tries < 40; ++tries) {
    co_await clock_.sleep(webhook.delay);
    webhook.delay = std::min<std::chrono::milliseconds>(2s * (1 << std::min(tries, 5)), 60s);
    if (weather_.webhook_lost()) continue;
    EdgeRequest request;
    request.method = "POST";
    request.target = request.path = webhook.url.substr(kFlorinUrl.size());
    request.headers = webhook.headers;
    request.body = webhook.body;
    request.request_id = "req_" + std::to_string(++requests_);
    Completion<Reply> reply(executor_);
    const Ask ask{"POST", request.path, "", "", ""};
    send(std::move(request), ask, [&reply](Reply got) { reply.set(std::move(got)); });
    const Reply got = co_await reply;
    if (got.status / 100 == 2) co_return;
  }
}

}  // namespace florin::simulation
