// What is checked while the run goes on: at each commit, each movement of money, each answer, each delivery.
#include "tests/simulation/oracles.hpp"

#include <fmt/format.h>

#include <florin/json.hpp>

namespace florin::simulation {

// Where a payment may stand later when it was once told to stand at `told`.
bool may_become(const std::string& told, const std::string& is) {
  if (told == is) return true;
  if (told == "succeeded" || told == "canceled") return false;
  if (told == "requires_capture") return is == "partially_captured" || is == "succeeded" || is == "canceled";
  if (told == "partially_captured") return is == "succeeded";
  return true;
}

void Oracles::violated(const std::string& what) {
  timeline_.note("VIOLATED", what);
  if (violations_.size() < 20) violations_.push_back(what);
}

void Oracles::durable() {
  // I4: zero per merchant, currency and transaction at every commit.
  disk_.look([this](Session& session) {
    using Row = std::tuple<std::string, std::string, std::int64_t>;
    for (const auto& [merchant, transaction, sum] : session.all<Row>(
             "select merchant, transaction_id, cast(sum(amount) as bigint) from ledger_entries "
             "group by merchant, transaction_id, currency having sum(amount) <> 0 limit 3"))
      violated(fmt::format("I4: transaction {} of {} sums to {}", transaction, merchant, sum));
    // I3, in Florin's own sums.
    using Sums = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
    for (const auto& [id, amount, captured, refunded, pending] : session.all<Sums>(
             "select id, amount, captured, refunded, refund_pending from payments where captured > amount "
             "or refunded + refund_pending > captured or captured < 0 or refunded < 0 or refund_pending < 0 limit 3"))
      violated(fmt::format("I3: {}: {} authorized, {} captured, {} refunded, {} being refunded", id, amount, captured, refunded, pending));
    return 0;
  });
}

std::string Oracles::payment_of(const std::string& plugin, const BookEntry& entry) {
  const std::string place = plugin + "/" + entry.reference;
  const auto known = payments_by_place_.find(place);
  if (known != payments_by_place_.end()) return known->second;
  const std::string payment = disk_.look([&](Session& session) {
    const auto row = session.one<std::tuple<std::string>>("select payment_id from attempts where id = :id", entry.attempt_id);
    return row ? std::get<0>(*row) : std::string();
  });
  if (!payment.empty()) payments_by_place_[place] = payment;
  return payment;
}

void Oracles::booked(const std::string& plugin, const BookEntry& entry) {
  const std::string place = plugin + "/" + entry.reference;
  timeline_.note("books", fmt::format("{} {} {} {}", place, to_text(entry.kind), entry.amount.text(), entry.attempt_id));
  const std::string payment = payment_of(plugin, entry);
  // Law 2: the attempt is durable before anything leaves.
  if (payment.empty()) return violated(fmt::format("law 2: {} {} of no durable attempt ({})", place, to_text(entry.kind), entry.attempt_id));
  using Kind = BookEntry::Kind;
  const std::int64_t minor = entry.amount.minor();
  if (entry.kind == Kind::kAuthorized) {
    charged_[payment].insert(place);
    authorized_[place] += minor;
    if (authorized_[place] > minor) violated(fmt::format("I2: {} of {} was authorized twice", place, payment));
    if (charged_[payment].size() > 1)
      violated(fmt::format("I2: {} is held or taken at {} places at once, the last is {}", payment, charged_[payment].size(), place));
  } else if (entry.kind == Kind::kVoided) {
    charged_[payment].erase(place);
  } else if (entry.kind == Kind::kCaptured) {
    taken_[place] += minor;
    if (taken_[place] > authorized_[place])
      violated(fmt::format("I3: {} of {}: {} captured of {}", place, payment, taken_[place], authorized_[place]));
  } else {
    given_back_[place] += minor;
    if (given_back_[place] > taken_[place])
      violated(fmt::format("I3: {} of {}: {} given back of {}", place, payment, given_back_[place], taken_[place]));
  }
}

void Oracles::answered(const std::string& merchant, const std::string& operation, const std::string& key,
                       const EdgeResponse& answer) {
  if (key.empty()) return;
  // Law 1: what is said of a payment is how it stands on the disk, or stood there a moment ago.
  if (const auto body = parse_json(answer.body); body && answer.status / 100 == 2 && text_at(*body, "object") == "payment")
    says(*body);
  const bool replayed = answer.headers.contains("Idempotent-Replayed");
  const bool counts = replayed || answer.status / 100 == 2 || answer.status == 402;
  if (!counts) return;
  // I5: whoever asks again is told the same, byte for byte.
  const std::string now = std::to_string(answer.status) + " " + answer.body;
  const auto [first, fresh] = answers_.try_emplace(merchant + " " + operation + " " + key, now);
  if (!fresh && first->second != now)
    violated(fmt::format("I5: {} {} under key {}: first {} then {}", merchant, operation, key, first->second, now));
}

void Oracles::says(const Json& payment) {
  using Row = std::tuple<std::string, std::int64_t, std::int64_t>;
  const std::string id = text_at(payment, "id"), told = text_at(payment, "status");
  const auto row = disk_.look([&id](Session& session) {
    return session.one<Row>("select status, captured, refunded from payments where id = :id", id);
  });
  if (!row) return violated("law 1: an answer tells of " + id + ", which is not durable");
  const auto& [is, captured, refunded] = *row;
  if (!may_become(told, is) || captured < integer_at(payment, "amount_captured").value_or(0))
    violated(fmt::format("law 1: an answer says that {} is {}, on the disk it is {} with {} captured", id, told, is, captured));
}

void Oracles::tried(const std::string& url, const HttpRequest& delivery) {
  const auto event = parse_json(delivery.body);
  const auto id = delivery.headers.find("webhook-id");
  if (!event || id == delivery.headers.end()) return violated("I6: a delivery that is no event: " + delivery.body.substr(0, 200));
  // Law 1: nothing is told that is not durable.
  using Row = std::tuple<std::string, std::int64_t>;
  const auto row = disk_.look([&id](Session& session) {
    return session.one<Row>("select payment_id, seq from events where id = :id", id->second);
  });
  if (!row) return violated("law 1: a webhook tells of an event that is not durable: " + id->second);
  const auto& [payment, seq] = *row;
  if (integer_at(*event, "seq") != seq) violated("I6: event " + id->second + " is told under another number");
  // I6: in order per payment, counted by each event's first try.
  if (!tried_.insert(url + " " + id->second).second) return;
  std::int64_t& last = last_tried_[url + " " + payment];
  if (seq < last) violated(fmt::format("I6: event {} of {} left after {} of the same payment", seq, payment, last));
  last = std::max(last, seq);
}

void Oracles::heard(const std::string& url, const HttpRequest& delivery) {
  const auto id = delivery.headers.find("webhook-id");
  if (id != delivery.headers.end()) heard_.insert(url + " " + id->second);
}

}  // namespace florin::simulation
