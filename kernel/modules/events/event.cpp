// The events, event_counters and event_cursors tables, and the only file that spells their columns.
#include "kernel/modules/events/event.hpp"

#include <map>

#include <fmt/format.h>

#include <florin/check.hpp>

#include "kernel/modules/api/json_text.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

void append_event(Session& session, const Event& event, Random& random, std::string id) {
  StagedEvent staged;
  staged.merchant = event.merchant;
  staged.id = id.empty() ? new_id("evt", event.created, random) : std::move(id);
  staged.type = event.type;
  staged.object_id = event.object_id;
  staged.payment_id = event.payment_id;
  staged.body = JsonText().raw("object", event.object).json("previous_attributes", event.previous).finish();
  staged.created = micros(event.created);
  session.stage(std::move(staged));
}

namespace {
// Takes `count` numbers of the counter at once and returns the last of them.
std::int64_t take_numbers(Session& session, std::string_view merchant, std::int64_t count) {
  const auto last = session.one<std::tuple<std::int64_t>>(
      "insert into event_counters (merchant, value) values (:merchant, :count) "
      "on conflict (merchant) do update set value = event_counters.value + excluded.value returning value",
      merchant, count);
  return std::get<0>(*last);
}
}  // namespace

void store_events(Session& session, std::vector<StagedEvent>& events) {
  if (events.empty()) return;
  std::map<std::string, std::int64_t> next;
  for (const StagedEvent& event : events) ++next[event.merchant];
  // In the order of their names, so that two nodes never wait for each other's counters in a circle.
  for (auto& [merchant, count] : next) count = take_numbers(session, merchant, count) - count;
  const auto total = static_cast<std::int64_t>(events.size());
  std::int64_t position = take_numbers(session, "", total) - total;
  for (StagedEvent& event : events) {
    event.seq = ++next[event.merchant];
    event.position = ++position;
    session.execute_later(
        "insert into events (position, merchant, seq, id, type, object_id, payment_id, body, created) "
        "values (:position, :merchant, :seq, :id, :type, :object_id, :payment_id, :body, :created)",
        event.position, event.merchant, event.seq, event.id, event.type, event.object_id, event.payment_id,
        event.body, event.created);
  }
}

std::string render_event_text(const StagedEvent& event) {
  // Ids, types and numbers are ours and need no escaping; the body is JSON already.
  return fmt::format(R"({{"id":"{}","object":"event","type":"{}","created":{},"seq":{},"data":{}}})", event.id,
                     event.type, unix_seconds(from_micros(event.created)), event.seq, event.body);
}

Json render_event(const StagedEvent& event) { return Json::parse(render_event_text(event)); }

namespace {
using EventRow = std::tuple<std::int64_t, std::string, std::int64_t, std::string, std::string, std::string,
                            std::string, std::string, std::int64_t>;
StagedEvent from_row(EventRow row) {
  auto& [position, merchant, seq, id, type, object_id, payment_id, body, created] = row;
  return StagedEvent{std::move(merchant), std::move(id), std::move(type), std::move(object_id),
                     std::move(payment_id), std::move(body), created, seq, position};
}
}  // namespace

bool is_wanted(const std::vector<std::string>& named, std::string_view type) {
  if (named.empty()) return true;
  for (const std::string& wanted : named) {
    if (wanted == "*" || wanted == type) return true;
    if (wanted.ends_with(".*") && type.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1))) return true;
  }
  return false;
}

std::vector<StagedEvent> events_after(Session& session, const std::string& merchant, const EventQuery& query) {
  std::string exact = query.type, prefix;
  if (exact.size() > 2 && exact.ends_with(".*")) {
    prefix = exact.substr(0, exact.size() - 1) + "%";
    exact.clear();
  }
  std::vector<EventRow> rows;
  if (!query.payment_id.empty()) {
    rows = session.all<EventRow>(
        "select position, merchant, seq, id, type, object_id, payment_id, body, created from events "
        "where payment_id = :payment and payment_id <> '' and merchant = :merchant and seq > :after "
        "order by position limit :limit",
        query.payment_id, merchant, query.after, query.limit);
  } else if (merchant.empty()) {
    rows = session.all<EventRow>(
        "select position, merchant, seq, id, type, object_id, payment_id, body, created from events "
        "where position > :after order by position limit :limit",
        query.after, query.limit);
  } else if (exact.empty() && prefix.empty()) {
    rows = session.all<EventRow>(
        "select position, merchant, seq, id, type, object_id, payment_id, body, created from events "
        "where merchant = :merchant and seq > :after order by seq limit :limit",
        merchant, query.after, query.limit);
  } else {
    rows = session.all<EventRow>(
        "select position, merchant, seq, id, type, object_id, payment_id, body, created from events "
        "where merchant = :merchant and seq > :after and (type = :exact or type like :prefix) "
        "order by seq limit :limit",
        merchant, query.after, exact, prefix, query.limit);
  }
  std::vector<StagedEvent> events;
  events.reserve(rows.size());
  for (EventRow& row : rows) events.push_back(from_row(std::move(row)));
  return events;
}

std::vector<StagedEvent> events_of_merchant_by_position(Session& session, const std::string& merchant,
                                                        std::int64_t after, int limit) {
  std::vector<StagedEvent> events;
  for (EventRow& row : session.all<EventRow>(
           "select position, merchant, seq, id, type, object_id, payment_id, body, created from events "
           "where merchant = :merchant and position > :after order by position limit :limit",
           merchant, after, limit))
    events.push_back(from_row(std::move(row)));
  return events;
}

std::vector<OutboxHead> outbox_after(Session& session, std::int64_t position, int limit) {
  std::vector<OutboxHead> heads;
  for (auto& [at, merchant, id, type, payment_id] :
       session.all<std::tuple<std::int64_t, std::string, std::string, std::string, std::string>>(
           "select position, merchant, id, type, payment_id from events where position > :after order by position "
           "limit :limit",
           position, limit))
    heads.push_back({at, merchant, id, type, payment_id});
  return heads;
}

std::int64_t last_position(Session& session) {
  return std::get<0>(*session.one<std::tuple<std::optional<std::int64_t>>>("select max(position) from events")).value_or(0);
}

std::optional<StagedEvent> find_event(Session& session, std::int64_t position) {
  auto row = session.one<EventRow>(
      "select position, merchant, seq, id, type, object_id, payment_id, body, created from events "
      "where position = :position",
      position);
  if (!row) return std::nullopt;
  return from_row(std::move(*row));
}

namespace {
// The bytes of the body's first member, {"object":...}: up to where its braces are balanced, outside of strings.
std::string object_of(const std::string& body) {
  constexpr std::string_view kBefore = R"({"object":)";
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = kBefore.size(); i < body.size(); ++i) {
    const char c = body[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && c == '{')
      ++depth;
    else if (!quoted && c == '}' && --depth == 0)
      return body.substr(kBefore.size(), i + 1 - kBefore.size());
  }
  FLORIN_CHECK(false, "append_event() writes an object first");
  return {};
}
}  // namespace

std::optional<std::string> find_event_object(Session& session, const std::string& merchant, const std::string& payment_id,
                                             const std::string& event_id) {
  const auto row = session.one<std::tuple<std::string>>(
      "select body from events where payment_id = :payment and payment_id <> '' and id = :id and merchant = :merchant",
      payment_id, event_id, merchant);
  if (!row) return std::nullopt;
  return object_of(std::get<0>(*row));
}

std::optional<std::int64_t> hold_cursor(Session& session, const std::string& reader) {
  const bool shared = session.engine() == Engine::kPostgres;
  const char* sql = shared ? "select position from event_cursors where reader = :reader for update skip locked"
                           : "select position from event_cursors where reader = :reader";
  auto row = session.one<std::tuple<std::int64_t>>(sql, reader);
  if (row) return std::get<0>(*row);
  // The first time, or held: whoever makes the row holds it.
  const std::int64_t made = session.execute(
      "insert into event_cursors (reader, position) values (:reader, 0) on conflict (reader) do nothing", reader);
  return made == 1 ? std::optional<std::int64_t>(0) : std::nullopt;
}

void move_cursor(Session& session, const std::string& reader, std::int64_t position) {
  session.execute(
      "insert into event_cursors (reader, position) values (:reader, :position) "
      "on conflict (reader) do update set position = excluded.position "
      "where event_cursors.position < excluded.position",
      reader, position);
}

}  // namespace florin
