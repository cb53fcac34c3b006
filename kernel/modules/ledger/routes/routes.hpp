// The books' routes and schema.
#pragma once

#include <map>
#include <string>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/ledger/ledger.hpp"

namespace florin {

Json render_ledger_entry(const LedgerEntry& entry);
ApiRoute list_balances_route(Store& store);
ApiRoute list_ledger_entries_route(Store& store);
std::map<std::string, Json> ledger_schemas();

}  // namespace florin
