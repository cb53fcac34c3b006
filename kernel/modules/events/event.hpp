// What happened to an object, as it is told to everyone: the outbox. An event is written in the
// transaction that makes it true (law 5), numbered as the last thing before COMMIT, and read by webhooks,
// live feed and notifications with a cursor of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <florin/json.hpp>
#include <florin/time.hpp>

#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct Event {
  std::string merchant;
  std::string type;        // "resource.action": "payment.succeeded"
  std::string object_id;   // pay_..., ref_...
  std::string payment_id;  // The payment it belongs to; may be empty.
  std::string object;      // JSON: as the API shows it, without anything secret.
  Json previous = Json::object();  // The attributes that changed, as they were.
  Instant created;
};

// In a unit of work: tells it if, and only if, the unit commits. `id`: what it is called; "" : a new name.
void append_event(Session& session, const Event& event, Random& random, std::string id = "");

// The store's closing hook: gives the group's events their numbers and stores them.
void store_events(Session& session, std::vector<StagedEvent>& events);

// As API, live feed and webhooks show it:
// {"id","object":"event","type","created","seq","data":{"object":{...},"previous_attributes":{...}}}
Json render_event(const StagedEvent& event);
// The same as text, without parsing the body again.
std::string render_event_text(const StagedEvent& event);

// Whether a reader that named these wants events of `type`: exact types, "payment.*", "*"; none named: all.
bool is_wanted(const std::vector<std::string>& named, std::string_view type);

struct EventQuery {
  std::int64_t after = 0;  // A seq of the merchant; with merchant "" a position over all.
  std::string payment_id;  // "" : all
  std::string type;        // "" : all; exact or "payment.*"
  int limit = 100;
};
// Oldest first. `merchant` "" is for operators and readers of the whole outbox only.
std::vector<StagedEvent> events_after(Session& session, const std::string& merchant, const EventQuery& query);

// For operators who look at one merchant: after a position, oldest first.
std::vector<StagedEvent> events_of_merchant_by_position(Session& session, const std::string& merchant,
                                                        std::int64_t after, int limit);

// What a reader of the whole outbox needs to choose by, without the bodies.
struct OutboxHead {
  std::int64_t position = 0;
  std::string merchant, id, type, payment_id;
};
std::vector<OutboxHead> outbox_after(Session& session, std::int64_t position, int limit);
// Of the newest event; 0 while there is none.
std::int64_t last_position(Session& session);
// The object that a payment's event told of, as it was written there.
std::optional<std::string> find_event_object(Session& session, const std::string& merchant, const std::string& payment_id,
                                             const std::string& event_id);
std::optional<StagedEvent> find_event(Session& session, std::int64_t position);

// A reader's durable place in the outbox, as a position over all merchants: 0 at first. Held until the unit
// ends; nothing: another node holds it at this moment, and is taking what comes after it.
std::optional<std::int64_t> hold_cursor(Session& session, const std::string& reader);
void move_cursor(Session& session, const std::string& reader, std::int64_t position);

}  // namespace florin
