// The far sides' books as JSON: for saving them, and for tests that hold Florin's ledger against them.
#pragma once

#include <florin/json.hpp>
#include <florin/result.hpp>
#include <florin/sandbox.hpp>

namespace florin {

// {kind, account, reference, operation, idempotency_key, attempt_id, amount, currency, at}; `amount` in
// minor units, `at` in microseconds since 1970.
Json to_json(const BookEntry& entry);

// {"entries": [...], "totals": {reference: {account, currency, authorized, captured, refunded, voided,
// authorizations}}}. `authorizations` counts entries: more than one is a double charge.
Json describe_books(const Books& books);

// All there is, and back. Errors: kInvalid when the file was not written by us.
Json save_books(const Books& books);
Result<Books> load_books(const Json& json);

}  // namespace florin
