// Collects the story as one JSON object, then prints that: people and programs are told the same.
#include "kernel/app/cli/explain.hpp"

#include <iostream>

#include <fmt/format.h>

#include <florin/decline.hpp>

#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/repository.hpp"

namespace florin {

namespace {

std::string money(const Money& amount) { return amount.text() + " " + std::string(amount.currency().code()); }

std::string after_decline(const Attempt& attempt) {
  const auto reason = decline_reason_from(attempt.decline_reason);
  if (!reason || attempt.kind != AttemptKind::kAuthorize) return "";
  if (retry_hint(*reason) == RetryHint::kAnotherProvider)
    return "another provider might take it, but no account of the route was left";
  return fmt::format("nobody else was asked: the advice after {} is \"{}\"", attempt.decline_reason,
                     to_text(retry_hint(*reason)));
}

// What followed from how an attempt ended; "" where that goes without saying. `next`: the try's next attempt.
std::string consequence(const Attempt& attempt, const Attempt* next) {
  switch (attempt.state) {
    case AttemptState::kFailed:
      if (attempt.kind != AttemptKind::kAuthorize) return "nothing was changed there";
      if (next) return fmt::format("a definite no, nothing was taken there: so {} was asked", next->account);
      return "nothing was taken there, and no account of the route was left";
    case AttemptState::kDeclined: return after_decline(attempt);
    case AttemptState::kInDoubt: return "the provider is asked until it says what happened, and nobody else meanwhile";
    case AttemptState::kWaiting: return "it goes on when the payer has acted";
    case AttemptState::kApproved:
      return attempt.message.empty() ? "" : "in doubt at first, then looked up: its books have it, so it was adopted";
    case AttemptState::kSending: break;
  }
  return "";
}

Json tell(const Attempt& attempt, const Attempt* next) {
  Json json = render_attempt(attempt);
  json["decision"] = attempt.decision_id.empty() ? Json() : Json(attempt.decision_id);
  json["money"] = money(attempt.amount);
  json["started"] = to_text(attempt.started);
  json["took_ms"] = attempt.ended ? Json((micros(*attempt.ended) - micros(attempt.started)) / 1000) : Json();
  json["then"] = consequence(attempt, next);
  json["idempotency_key"] = attempt.idem_key.empty() ? Json() : Json(attempt.idem_key);
  return json;
}

Json tell(const Payment& payment, const std::vector<Decision>& decisions, const std::vector<Attempt>& attempts) {
  Json story{{"merchant", payment.merchant}, {"payment", render_payment(payment)}, {"money", money(payment.amount)},
             {"captured", money(payment.captured)}, {"refunded", money(payment.refunded)},
             {"decisions", Json::array()}, {"attempts", Json::array()}};
  for (const Decision& decision : decisions)
    story["decisions"].push_back({{"id", decision.id},
                                  {"created", to_text(decision.created)},
                                  {"outcome", to_text(decision.outcome)},
                                  {"risk", decision.risk},
                                  {"routing", decision.routing}});
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const bool goes_on = i + 1 < attempts.size() && !attempts[i].decision_id.empty() &&
                         attempts[i + 1].decision_id == attempts[i].decision_id;
    story["attempts"].push_back(tell(attempts[i], goes_on ? &attempts[i + 1] : nullptr));
  }
  return story;
}

void print_signal(const Json& signal) {
  std::cout << fmt::format("  fraud rule {}: score {}\n", text_at(signal, "rule"), integer_at(signal, "score").value_or(0));
  const Json windows = signal.value("windows", Json::array()), histories = signal.value("histories", Json::array()),
             reasons = signal.value("reasons", Json::array());
  for (const Json& window : windows)
    std::cout << fmt::format("    by {} in {} s: {} tries, {} declined, {} minor units\n", text_at(window, "by"),
                             window.value("seconds", 0LL), window.value("count", 0LL), window.value("declined", 0LL),
                             window.value("sum_minor", 0LL));
  for (const Json& history : histories)
    std::cout << fmt::format("    of the {}: {} payments, median {}, largest {} minor units\n", text_at(history, "of"),
                             history.value("count", 0LL), history.value("median_minor", 0LL), history.value("max_minor", 0LL));
  for (const Json& reason : reasons) std::cout << "    " << reason.get<std::string>() << "\n";
  const std::string failed = text_at(signal, "failed");
  if (!failed.empty()) std::cout << "    it failed: " << failed << "\n";
  if (windows.empty() && histories.empty() && reasons.empty() && failed.empty()) std::cout << "    it had nothing to count by\n";
}

void print_risk(const Json& risk) {
  const Json signals = risk.value("signals", Json::array());
  if (signals.empty()) std::cout << "  fraud rules: none\n";
  for (const Json& signal : signals) print_signal(signal);
  const std::string policy = text_at(risk, "policy.name");
  std::cout << fmt::format("  risk policy {} ({}): {}, score {}\n", policy.empty() ? "none" : policy,
                           text_at(risk, "policy.version"), text_at(risk, "decision"), integer_at(risk, "score").value_or(0));
  for (const Json& reason : risk.value("reasons", Json::array())) std::cout << "    " << reason.get<std::string>() << "\n";
}

void print_routing(const Json& routing) {
  if (routing.empty()) {
    std::cout << "  routing was not asked\n";
    return;
  }
  const std::string policy = text_at(routing, "policy.name");
  std::cout << fmt::format("  routing policy {} ({}): {}\n", policy.empty() ? "none" : policy,
                           text_at(routing, "policy.version"), text_at(routing, "reason"));
  for (const Json& account : routing.value("accounts", Json::array())) {
    const std::string provider = text_at(account, "provider");
    std::cout << fmt::format("    {} {}{}: {}\n", account.value("kept", false) ? "kept   " : "dropped",
                             text_at(account, "name"), provider.empty() ? "" : " (" + provider + ")",
                             text_at(account, "why"));
  }
}

void print_attempt(const Json& attempt) {
  const std::string declined = text_at(attempt, "decline_code"), message = text_at(attempt, "message"),
                    then = text_at(attempt, "then"), key = text_at(attempt, "idempotency_key");
  std::cout << fmt::format("  attempt {}: {} {} at {} ({}) from {}", integer_at(attempt, "number").value_or(0),
                           text_at(attempt, "kind"), text_at(attempt, "money"), text_at(attempt, "account"),
                           text_at(attempt, "provider"), text_at(attempt, "started"));
  if (const auto took = integer_at(attempt, "took_ms")) std::cout << fmt::format(", {} ms", *took);
  if (!key.empty()) std::cout << ", Idempotency-Key " << key;
  std::cout << "\n";
  for (const Json& exchange : attempt.value("exchanges", Json::array())) {
    const std::int64_t status = integer_at(exchange, "status").value_or(0);
    std::cout << fmt::format("    {} {}: {} in {} ms\n", text_at(exchange, "method"), text_at(exchange, "url"),
                             status == 0 ? "no answer (" + text_at(exchange, "error") + ")" : std::to_string(status),
                             integer_at(exchange, "took_us").value_or(0) / 1000);
  }
  std::cout << "    " << text_at(attempt, "status");
  if (!declined.empty()) std::cout << fmt::format(", {} ({})", declined, text_at(attempt, "provider_code"));
  if (!message.empty()) std::cout << ": " << message;
  if (!then.empty()) std::cout << "\n    " << then;
  std::cout << "\n";
}

void print(const Json& story) {
  const Json& payment = story["payment"];
  std::cout << fmt::format("{} of {}: {} by {}, {}; captured {}, refunded {}\n", text_at(payment, "id"),
                           text_at(story, "merchant"), text_at(story, "money"),
                           text_at(payment, "payment_method.type").empty() ? "no method yet" : text_at(payment, "payment_method.type"),
                           text_at(payment, "status"), text_at(story, "captured"), text_at(story, "refunded"));
  if (story["decisions"].empty()) std::cout << "nothing was decided yet\n";
  int number = 0;
  for (const Json& decision : story["decisions"]) {
    std::cout << fmt::format("try {} at {}: {}\n", ++number, text_at(decision, "created"), text_at(decision, "outcome"));
    print_risk(decision["risk"]);
    print_routing(decision["routing"]);
    for (const Json& attempt : story["attempts"])
      if (text_at(attempt, "decision") == text_at(decision, "id")) print_attempt(attempt);
  }
  bool first = true;
  for (const Json& attempt : story["attempts"]) {
    if (!text_at(attempt, "decision").empty()) continue;
    if (std::exchange(first, false)) std::cout << "afterwards\n";
    print_attempt(attempt);
  }
  std::cout.flush();
}

}  // namespace

void explain_payment(CliContext& context, const std::string& id) {
  const auto story = context.read([&id](Session& session) -> Result<Json> {
    const auto merchant = merchant_of_payment(session, id);
    if (!merchant) return Error{Error::Kind::kNotFound, "no such payment: " + id};
    PaymentRepository payments(system_random());
    return tell(*payments.find(session, *merchant, id), decisions_of(session, *merchant, id),
                payments.attempts_of(session, *merchant, id));
  });
  if (!story) return;
  if (context.json)
    std::cout << story->dump(2) << std::endl;
  else
    print(*story);
}

}  // namespace florin
