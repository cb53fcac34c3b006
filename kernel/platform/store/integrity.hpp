// Whether a database file is sound in itself: its pages, its indices and its constraints. What its rows say is for those
// who know them to verify.
#pragma once

#include <string>
#include <vector>

#include "kernel/platform/store/store.hpp"

namespace florin {

// Reads the whole database; a sentence for each fault, at most a hundred. PostgreSQL looks after its own pages (initdb
// --data-checksums): there it finds nothing.
std::vector<std::string> integrity_faults(Session& session);

}  // namespace florin
