// The stories of orders. What a merchant learns from an answer it writes into its Order, and the oracles hold
// Florin to it.
#include "tests/simulation/shop.hpp"

#include <fmt/format.h>

namespace florin::simulation {

using namespace std::chrono_literals;

namespace {

const std::vector<std::string> kMerchants = {"porto", "kyoto"};
const std::vector<std::string> kRoutes = {"stripe-one",           "stripe-one stripe-two",        "stripe-two stripe-one wallet",
                                          "wallet",               "wallet stripe-one",            "stripe-one stripe-two wallet"};
const std::vector<std::string> kCards = {"4242424242424242", "4242424242424242", "4242424242424242", "4242424242424242",
                                         "4000000000000002", "4000000000009995", "4000000000000119", "4000000000003220"};

Json card(const std::string& number) {
  return Json{{"type", "card"}, {"card", {{"number", number}, {"exp_month", 12}, {"exp_year", 2034}, {"cvc", "123"}}}};
}

}  // namespace

struct Shops::Story {
  Order order;
  Json request;
  std::string last_answered;  // The payment's status; "" before there is one.
  Json next_action;
  bool plain = false;  // Its requests come one by one.
};

Shops::Shops(Timeline& timeline, Weather& weather, Daemon& daemon, FarSides& far_sides, Oracles& oracles)
    : timeline_(timeline),
      weather_(weather),
      daemon_(daemon),
      far_sides_(far_sides),
      oracles_(oracles),
      executor_(timeline),
      clock_(timeline, executor_) {
  far_sides_.on_webhook = [this](SandboxWebhook webhook) { bring(std::move(webhook)); };
}

void Shops::open(std::int64_t orders, Duration within) {
  Dice& dice = timeline_.dice;
  for (std::int64_t i = 0; i < orders; ++i) {
    auto story = std::make_shared<Story>();
    story->order.merchant = dice.pick(kMerchants);
    story->order.tag = "order-" + std::to_string(++orders_[story->order.merchant]);
    story->order.amount = dice.between(500, 9000);
    story->order.currency = story->order.merchant == "kyoto" ? "JPY" : "EUR";
    const std::string route = dice.pick(kRoutes);
    const bool wallet = route == "wallet" && dice.chance(600);
    story->request = Json{{"amount", story->order.amount},
                          {"currency", story->order.currency},
                          {"payment_method", wallet ? Json{{"type", "paypal"}} : card(dice.pick(kCards))},
                          {"return_url", "https://shop.example/thanks"},
                          {"metadata", {{"route", route}, {"tag", story->order.tag}}}};
    if (dice.chance(400)) story->request["capture_method"] = "manual";
    executor_.spawn("order", tell(story, dice.pause(0us, within)));
  }
}

Task<void> Shops::tell(std::shared_ptr<Story> story, Duration start) {
  co_await clock_.sleep(start);
  Task<bool> paying = pay(*story);
  if (!co_await paying) co_return;
  if (story->order.status == "requires_action") co_await act_as_payer(*story);
  if (story->order.status == "processing") co_await await_status(*story);
  if (story->order.status == "requires_action") co_await act_as_payer(*story);
  co_await after_payment(*story);
}

void Shops::learn(Story& story, const Json& payment) {
  Order& order = story.order;
  order.payment = text_at(payment, "id");
  order.status = text_at(payment, "status");
  order.captured = std::max(order.captured, integer_at(payment, "amount_captured").value_or(0));
  order.refunded = std::max(order.refunded, integer_at(payment, "amount_refunded").value_or(0));
  story.next_action = payment.value("next_action", Json());
  oracles_.told(order);
}

Shops::Ask Shops::post(const Story& story, const std::string& path, const Json& body) {
  // Two merchants' keys may well be the same text.
  const std::string key = "key-" + story.order.tag + "-" + path.substr(path.rfind('/') + 1);
  return Ask{"POST", "/api/v1" + path, story.order.merchant, key, body.dump(), story.plain};
}

// False: the story ends here.
Task<bool> Shops::pay(Story& story) {
  oracles_.told(story.order);
  Ask paying = post(story, "/payments", story.request);
  for (int tries = 0; tries < 3; ++tries) {
    Task<Reply> asking = ask(paying);
    const Reply reply = co_await asking;
    const bool refused = reply.status >= 400;
    const Json payment = refused ? reply.body.value("/error/payment"_json_pointer, Json::object()) : reply.body;
    if (text_at(payment, "id").empty()) {
      oracles_.violated(fmt::format("a payment was answered {} {}", reply.status, reply.body.dump()));
      co_return false;
    }
    learn(story, payment);
    if (!refused) co_return true;
    // Declined, or nobody could take it: perhaps another card, then.
    if (timeline_.dice.chance(500)) co_return false;
    paying = post(story, "/payments/confirm",
                  Json{{"payment_id", story.order.payment}, {"payment_method", card(timeline_.dice.pick(kCards))}});
    paying.key += std::to_string(tries);
  }
  co_return false;
}

Task<void> Shops::act_as_payer(Story& story) {
  Dice& dice = timeline_.dice;
  co_await clock_.sleep(dice.pause(100ms, 8s));
  const std::string url = text_at(story.next_action, "url");
  if (dice.chance(100)) co_return;  // Closed the browser.
  const HttpResponse page = far_sides_.visit(url, dice.chance(850) ? "approve" : "cancel");
  timeline_.note("payer", url + " " + std::to_string(page.status));
  if (dice.chance(700)) {
    Task<Reply> returning = ask_once(Ask{"GET", "/return/" + story.order.merchant + "/" + story.order.payment, "", "", ""});
    co_await returning;
  }
  co_await await_status(story);
}

// Looks until the payment stands somewhere; one that waits for its payer may wait for ever.
Task<void> Shops::await_status(Story& story) {
  for (int tries = 0; tries < 60; ++tries) {
    co_await clock_.sleep(timeline_.dice.pause(300ms, 3s));
    Task<Reply> looking = ask_once(Ask{"GET", "/api/v1/payments/" + story.order.payment, story.order.merchant, "", ""});
    const Reply reply = co_await looking;
    if (reply.status != 200) {
      if (reply.status == 404) oracles_.violated("I1: " + story.order.payment + " was acknowledged and is not found");
      continue;
    }
    learn(story, reply.body);
    if (story.order.status != "processing" && story.order.status != "requires_action") co_return;
    if (story.order.status == "requires_action" && tries > 10) co_return;
  }
}

Task<void> Shops::after_payment(Story& story) {
  Dice& dice = timeline_.dice;
  co_await clock_.sleep(dice.pause(0us, 4s));
  Order& order = story.order;
  if (order.status == "requires_capture") {
    if (dice.chance(100)) co_return;  // Forgotten: it will expire.
    if (dice.chance(250)) co_return co_await modify(story, "cancel", Json::object());
    // A capture and a cancel at once, a capture in parts, or simply all of it.
    Json body = Json::object();
    if (dice.chance(400)) body["amount"] = dice.between(1, order.amount);
    if (dice.chance(150)) executor_.spawn("twin", twin(post(story, "/payments/" + order.payment + "/cancel", Json::object())));
    co_await modify(story, "capture", body);
  }
  if (order.status == "partially_captured" && dice.chance(700)) co_await modify(story, "capture", Json::object());
  const int refunds = static_cast<int>(dice.below(4));
  for (int i = 0; i < refunds && order.captured > 0; ++i) {
    const Json body = dice.chance(300) ? Json::object() : Json{{"amount", dice.between(1, order.amount)}};
    // Two refunds at once, each under its own key.
    if (dice.chance(400)) {
      Ask other = post(story, "/payments/" + order.payment + "/refund", body);
      other.key += "-other";
      executor_.spawn("twin", twin(std::move(other)));
    }
    co_await modify(story, "refund", body);
    co_await clock_.sleep(dice.pause(0us, 2s));
  }
}

Task<void> Shops::modify(Story& story, std::string what, Json body) {
  Ask asking = post(story, "/payments/" + story.order.payment + "/" + what, body);
  asking.key += "-" + std::to_string(requests_);
  Task<Reply> waiting = ask(asking);
  const Reply reply = co_await waiting;
  if (what == "refund") {
    if (reply.status == 201 && text_at(reply.body, "status") == "succeeded")
      story.order.refunded += integer_at(reply.body, "amount").value_or(0);
    oracles_.told(story.order);
  } else if (reply.status == 200) {
    learn(story, reply.body);
  }
  if (reply.status == 202) co_await await_status(story);
}

Task<void> Shops::run_probe(std::string merchant) {
  Story story;
  // A twin that came first would have the key, and the merchant's own pauses between two questions, up to 3 s,
  // would count as the daemon's.
  story.plain = true;
  story.order = Order{merchant, "probe-" + merchant, 777, merchant == "kyoto" ? "JPY" : "EUR"};
  story.request = Json{{"amount", 777}, {"currency", story.order.currency}, {"payment_method", card(kCards.front())},
                       {"metadata", {{"route", "stripe-one stripe-two"}, {"tag", story.order.tag}}}};
  const Duration began = timeline_.now();
  Task<bool> paying = pay(story);
  co_await paying;
  if (story.order.status != "succeeded" || timeline_.now() - began > 5s)
    oracles_.violated(fmt::format("I10: a plain payment of {} stands at {} {} s after the faults' end", merchant, story.order.status,
                                  std::chrono::duration_cast<std::chrono::seconds>(timeline_.now() - began).count() + 5));
}

void Shops::probe(const std::string& merchant) { executor_.spawn("probe", run_probe(merchant)); }

}  // namespace florin::simulation
