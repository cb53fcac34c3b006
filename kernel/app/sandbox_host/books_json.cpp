// Entries and totals; amounts stay integers of minor units all the way.
#include "kernel/app/sandbox_host/books_json.hpp"

#include <array>
#include <optional>

namespace florin {
namespace {

using Kind = BookEntry::Kind;
constexpr std::array kKinds = {Kind::kAuthorized, Kind::kCaptured, Kind::kVoided, Kind::kRefunded};

Error unreadable() {
  return Error{Error::Kind::kInvalid, "a book entry in the file is not as we write them", "invalid_books",
               ""};
}

std::optional<Kind> kind_of(const std::string& text) {
  for (const Kind kind : kKinds)
    if (to_text(kind) == text) return kind;
  return std::nullopt;
}

Result<BookEntry> read_entry(const Json& json) {
  const auto kind = kind_of(text_at(json, "kind"));
  const auto amount = integer_at(json, "amount"), at = integer_at(json, "at");
  const Result<Currency> currency = Currency::parse(text_at(json, "currency"));
  if (!kind || !amount || !at || !currency) return unreadable();
  return BookEntry{*kind,
                   text_at(json, "account"),
                   text_at(json, "reference"),
                   text_at(json, "operation"),
                   text_at(json, "idempotency_key"),
                   text_at(json, "attempt_id"),
                   Money(*amount, *currency),
                   Instant(Duration(*at))};
}

const char* total_name(Kind kind) {
  switch (kind) {
    case Kind::kAuthorized:
      return "authorized";
    case Kind::kCaptured:
      return "captured";
    case Kind::kVoided:
      return "voided";
    case Kind::kRefunded:
      return "refunded";
  }
  return "authorized";
}

}  // namespace

Json to_json(const BookEntry& entry) {
  return {{"kind", to_text(entry.kind)},
          {"account", entry.account},
          {"reference", entry.reference},
          {"operation", entry.operation},
          {"idempotency_key", entry.idempotency_key},
          {"attempt_id", entry.attempt_id},
          {"amount", entry.amount.minor()},
          {"currency", entry.amount.currency().code()},
          {"at", entry.at.time_since_epoch().count()}};
}

Json describe_books(const Books& books) {
  Json entries = Json::array(), totals = Json::object();
  for (const BookEntry& entry : books.entries()) {
    entries.push_back(to_json(entry));
    Json& total = totals[entry.reference];
    if (total.is_null())
      total = {{"account", entry.account},
               {"currency", entry.amount.currency().code()},
               {"authorized", 0},
               {"captured", 0},
               {"refunded", 0},
               {"voided", 0},
               {"authorizations", 0}};
    Json& sum = total[total_name(entry.kind)];
    sum = sum.get<std::int64_t>() + entry.amount.minor();
    if (entry.kind == Kind::kAuthorized)
      total["authorizations"] = total["authorizations"].get<std::int64_t>() + 1;
  }
  return {{"entries", std::move(entries)}, {"totals", std::move(totals)}};
}

Json save_books(const Books& books) {
  Json entries = Json::array();
  for (const BookEntry& entry : books.entries()) entries.push_back(to_json(entry));
  return {{"state", books.state()}, {"entries", std::move(entries)}, {"counter", books.counter()}};
}

Result<Books> load_books(const Json& json) {
  const Json* state = find(json, "state");
  const Json* saved = find(json, "entries");
  const auto counter = integer_at(json, "counter");
  if (state == nullptr || saved == nullptr || !saved->is_array() || !counter) return unreadable();
  std::vector<BookEntry> entries;
  for (const Json& one : *saved) {
    FLORIN_TRY(entry, read_entry(one));
    entries.push_back(std::move(entry));
  }
  return Books(*state, std::move(entries), *counter);
}

}  // namespace florin
