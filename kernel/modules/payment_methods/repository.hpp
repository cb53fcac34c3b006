// Saved payment methods in the database. No query is without the merchant (law 6), and a status changes only
// by advance_method(), which writes its event in the same transaction (law 5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/modules/payment_methods/saved_method.hpp"
#include "kernel/modules/resealing/sealed_column.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct MethodFilter {
  std::string customer, type;  // "" : any
  std::string starting_after, ending_before;
  int limit = 10;
};

// The numbers of all that can pay or is put aside for it.
SealedColumn sealed_method_numbers();

// A new method. An active one tells "payment_method.created", a pending one tells nothing.
void insert_method(Session& session, const SavedMethod& method, Random& random);
// Pending ones are not there yet.
std::optional<SavedMethod> find_method(Session& session, const std::string& merchant, const std::string& id);
// Active ones, newest first (with ending_before: the page before it, oldest first); one more than `limit`
// when there is more.
std::vector<SavedMethod> list_methods(Session& session, const std::string& merchant, const MethodFilter& filter);
// What a payment has put aside.
std::optional<SavedMethod> find_pending_method(Session& session, const std::string& merchant,
                                               const std::string& payment_id);
void delete_pending_methods(Session& session, const std::string& merchant, const std::string& payment_id);

// Moves to `to`, stores customer, number and face as `method` has them, and tells it with what was before. A
// move that the table lacks is our bug. Errors: kConflict when somebody else moved it since it was read.
Result<Done> advance_method(Session& session, const SavedMethod& before, SavedMethod& method, MethodStatus to,
                            Random& random);

}  // namespace florin
