// florin payments list | show, florin events tail: looking at what happened, in the store itself.
#include <chrono>
#include <iostream>
#include <thread>

#include "kernel/app/cli/cli.hpp"
#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/events/event.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/repository.hpp"

namespace florin {

namespace {

struct Asked {
  std::string merchant, id, status;
  int limit = 20;
  std::int64_t after = -1;
  bool follow = false;
};

Json with_money(const Payment& payment) {
  Json json = render_payment(payment);
  json["money"] = payment.amount.text() + " " + std::string(payment.amount.currency().code());
  json["time"] = to_text(payment.created);
  return json;
}

void list_payments(CliContext& context, const Asked& asked) {
  PaymentFilter filter;
  filter.status = asked.status;
  filter.limit = std::clamp(asked.limit, 1, 1000);
  const auto found = context.read([&](Session& session) -> Result<std::vector<Payment>> {
    return PaymentRepository(system_random()).list(session, asked.merchant, filter);
  });
  if (!found) return;
  std::vector<Json> rows;
  for (const Payment& payment : *found) rows.push_back(with_money(payment));
  if (rows.size() > static_cast<std::size_t>(filter.limit)) rows.pop_back();
  context.print(rows, {"id", "time", "money", "status", "account"});
}

void show_payment(CliContext& context, const Asked& asked) {
  const auto found = context.read([&](Session& session) -> Result<Json> {
    const auto merchant = merchant_of_payment(session, asked.id);
    if (!merchant) return Error{Error::Kind::kNotFound, "no such payment: " + asked.id};
    PaymentRepository payments(system_random());
    Json json = render_payment(*payments.find(session, *merchant, asked.id));
    json["merchant"] = *merchant;
    Json& attempts = json["attempts"] = Json::array();
    for (const Attempt& attempt : payments.attempts_of(session, *merchant, asked.id)) attempts.push_back(render_attempt(attempt));
    return json;
  });
  if (found) std::cout << found->dump(2) << std::endl;
}

void tail_events(CliContext& context, const Asked& asked) {
  std::int64_t after = asked.after;
  for (;;) {
    const auto events = context.read([&](Session& session) -> Result<std::vector<StagedEvent>> {
      EventQuery query;
      query.limit = 500;
      if (after < 0) {
        // The last few, then what comes.
        const auto last = session.one<std::tuple<std::int64_t>>(
            "select value from event_counters where merchant = :merchant", asked.merchant);
        after = std::max<std::int64_t>(0, (last ? std::get<0>(*last) : 0) - asked.limit);
      }
      query.after = after;
      return events_after(session, asked.merchant, query);
    });
    if (!events) return;
    for (const StagedEvent& event : *events) {
      after = asked.merchant.empty() ? event.position : event.seq;
      if (context.json)
        std::cout << render_event_text(event) << "\n";
      else
        std::cout << to_text(from_micros(event.created)) << "  " << event.merchant << "  " << event.seq << "  " << event.type
                  << "  " << event.object_id << "\n";
    }
    std::cout.flush();
    if (!asked.follow || !std::cout) return;
    if (events->empty()) std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

}  // namespace

void add_payment_commands(CLI::App& app, CliContext& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* const payments = app.add_subcommand("payments", "Look at payments");
  payments->require_subcommand(1);
  CLI::App* const list = payments->add_subcommand("list", "A merchant's payments, newest first");
  list->add_option("--merchant", asked->merchant, "Whose")->required();
  list->add_option("--status", asked->status, "Only in this status");
  list->add_option("--limit", asked->limit, "How many")->capture_default_str();
  list->callback([&context, asked] { list_payments(context, *asked); });
  CLI::App* const show = payments->add_subcommand("show", "One payment with its attempts");
  show->add_option("id", asked->id, "pay_...")->required();
  show->callback([&context, asked] { show_payment(context, *asked); });

  CLI::App* const events = app.add_subcommand("events", "Look at events");
  events->require_subcommand(1);
  CLI::App* const tail = events->add_subcommand("tail", "The newest events, then what comes");
  tail->add_option("--merchant", asked->merchant, "Whose; default: everybody's");
  tail->add_option("--after", asked->after, "Begin after this number");
  tail->add_option("--limit", asked->limit, "How many old ones")->capture_default_str();
  tail->add_flag("--follow,-f", asked->follow, "Do not end");
  tail->callback([&context, asked] { tail_events(context, *asked); });
}

}  // namespace florin
