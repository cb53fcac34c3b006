// The jobs table, and the only file that spells its columns. Internal to jobs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/platform/jobs/jobs.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin::jobs {

void insert(Session& session, const Job& job, std::int64_t due, std::int64_t now);
void remove(Session& session, const std::string& id);

// Whether a claim() of this kind would find something.
bool any_due(Session& session, const std::string& kind, std::int64_t now);

// Leases up to `count` jobs that are due, or whose lease has run out, to `owner` until `lease_end`.
// Jobs that another node is claiming at this moment are passed over.
std::vector<Job> claim(Session& session, const std::string& kind, std::int64_t now, std::int64_t lease_end,
                       const std::string& owner, std::int64_t count);
void renew(Session& session, const std::string& id, const std::string& owner, std::int64_t lease_end);

// Ends of a run. They change nothing when `owner` has lost the lease in the meantime.
void finish(Session& session, const std::string& id, const std::string& owner);
// `counts`: this run is one of those that its schedule is made for.
void put_back(Session& session, const std::string& id, const std::string& owner, std::int64_t due, std::int64_t now,
              bool counts, const std::string& last_error);
void bury(Session& session, const std::string& id, const std::string& owner, const std::string& last_error);

// Ends the leases of `owner` at once: it is dead.
void release(Session& session, const std::string& owner, std::int64_t now);
// Everything that is due after `now`, and leases too, by `by` microseconds earlier.
void bring_forward(Session& session, std::int64_t now, std::int64_t by);
// What was stored later than `now` was stored by a clock that was ahead, and is due that much too late: it is brought
// forward. Gives back how many there were.
std::int64_t correct(Session& session, std::int64_t now);
// Ends every lease at once: for a database of which we are the only user.
void release_all(Session& session, std::int64_t now);

Jobs::Counts count(Session& session);

}  // namespace florin::jobs
