// SQL of the jobs table.
#include "kernel/platform/jobs/job_table.hpp"

#include <tuple>

namespace florin::jobs {

void insert(Session& session, const Job& job, std::int64_t due, std::int64_t now) {
  session.execute(
      "INSERT INTO jobs (id, kind, payload, state, attempt, due, owner, last_error, stored) "
      "VALUES (:id, :kind, :payload, 'waiting', :attempt, :due, '', '', :now) ON CONFLICT (id) DO NOTHING",
      job.id, job.kind, job.payload, job.attempt, due, now);
}

void remove(Session& session, const std::string& id) {
  session.execute("DELETE FROM jobs WHERE id = :id", id);
}

bool any_due(Session& session, const std::string& kind, std::int64_t now) {
  return session
      .one<std::tuple<std::string>>(
          "SELECT id FROM jobs WHERE kind = :kind AND state <> 'dead' AND due <= :now LIMIT 1", kind, now)
      .has_value();
}

std::vector<Job> claim(Session& session, const std::string& kind, std::int64_t now, std::int64_t lease_end,
                       const std::string& owner, std::int64_t count) {
  // SQLite has one writer, so there is nobody to pass over.
  const char* sql =
      session.engine() == Engine::kPostgres
          ? "WITH picked AS (SELECT id AS job FROM jobs WHERE kind = :kind AND state <> 'dead' AND "
            "due <= :now ORDER BY due LIMIT :count FOR UPDATE SKIP LOCKED) "
            "UPDATE jobs SET state = 'running', due = :lease_end, owner = :owner FROM picked "
            "WHERE id = job RETURNING id, payload, attempt"
          : "WITH picked AS (SELECT id AS job FROM jobs WHERE kind = :kind AND state <> 'dead' AND "
            "due <= :now ORDER BY due LIMIT :count) "
            "UPDATE jobs SET state = 'running', due = :lease_end, owner = :owner FROM picked "
            "WHERE id = job RETURNING id, payload, attempt";
  std::vector<Job> claimed;
  for (auto& [id, payload, attempt] : session.all<std::tuple<std::string, std::string, std::int64_t>>(
           sql, kind, now, count, lease_end, owner))
    claimed.push_back(Job{std::move(id), kind, std::move(payload), attempt});
  return claimed;
}

void renew(Session& session, const std::string& id, const std::string& owner, std::int64_t lease_end) {
  session.execute("UPDATE jobs SET due = :due WHERE id = :id AND owner = :owner AND state = 'running'",
                  lease_end, id, owner);
}

void finish(Session& session, const std::string& id, const std::string& owner) {
  session.execute("DELETE FROM jobs WHERE id = :id AND owner = :owner", id, owner);
}

void put_back(Session& session, const std::string& id, const std::string& owner, std::int64_t due, std::int64_t now,
              bool counts, const std::string& last_error) {
  session.execute(
      "UPDATE jobs SET state = 'waiting', attempt = attempt + :counts, due = :due, stored = :now, "
      "owner = '', last_error = :last_error "
      "WHERE id = :id AND owner = :owner",
      counts, due, now, last_error, id, owner);
}

void bury(Session& session, const std::string& id, const std::string& owner, const std::string& last_error) {
  session.execute(
      "UPDATE jobs SET state = 'dead', attempt = attempt + 1, owner = '', last_error = :last_error "
      "WHERE id = :id AND owner = :owner",
      last_error, id, owner);
}

void release(Session& session, const std::string& owner, std::int64_t now) {
  session.execute("UPDATE jobs SET state = 'waiting', due = :now, owner = '' WHERE state = 'running' AND owner = :owner",
                  now, owner);
}

void bring_forward(Session& session, std::int64_t now, std::int64_t by) {
  session.execute("UPDATE jobs SET due = due - :by, stored = stored - :by WHERE due > :now AND state <> 'dead'", by, now);
}

std::int64_t correct(Session& session, std::int64_t now) {
  return session.execute(
      "UPDATE jobs SET due = due - (stored - :now), stored = :now WHERE stored > :now AND state = 'waiting'", now);
}

void release_all(Session& session, std::int64_t now) {
  session.execute("UPDATE jobs SET state = 'waiting', due = :now, owner = '' WHERE state = 'running'", now);
}

Jobs::Counts count(Session& session) {
  Jobs::Counts counts;
  for (const auto& [state, number] : session.all<std::tuple<std::string, std::int64_t>>(
           "SELECT state, count(*) FROM jobs GROUP BY state")) {
    if (state == "waiting") counts.waiting = number;
    if (state == "running") counts.running = number;
    if (state == "dead") counts.dead = number;
  }
  return counts;
}

}  // namespace florin::jobs
