// SQL of the nodes table, and of the locks that go with its rows.
#include "kernel/platform/nodes/node_table.hpp"

#include <tuple>

#include "kernel/platform/nodes/nodes.hpp"

namespace florin::nodes {

void insert(Session& session, const Row& row) {
  session.execute(
      "insert into nodes (id, process, lock_key, started, heartbeat) "
      "values (:id, :process, :lock_key, :started, :heartbeat)",
      row.id, row.process, row.lock_key, row.started, row.heartbeat);
}

std::vector<Other> others(Session& session, const std::string& me) {
  // A lock of one 64-bit key is shown as two halves, with objsubid 1 (PostgreSQL's pg_locks).
  const char* sql =
      session.engine() == Engine::kPostgres
          ? "select id, process, heartbeat, (select count(*) from pg_locks where locktype = 'advisory' and granted "
            "and objsubid = 1 and database = (select oid from pg_database where datname = current_database()) "
            "and cast(classid as bigint) = lock_key >> 32 and cast(objid as bigint) = (lock_key & 4294967295)) "
            "from nodes where id <> :me order by id"
          : "select id, process, heartbeat, 0 from nodes where id <> :me order by id";
  std::vector<Other> found;
  for (auto& [id, process, heartbeat, locks] :
       session.all<std::tuple<std::string, std::string, std::int64_t, std::int64_t>>(sql, me))
    found.push_back(Other{std::move(id), std::move(process), heartbeat, locks > 0});
  return found;
}

bool beat(Session& session, const std::string& id, std::int64_t now) {
  return session.execute("update nodes set heartbeat = :now where id = :id", now, id) == 1;
}

bool remove(Session& session, const std::string& id, std::int64_t heartbeat) {
  return session.execute("delete from nodes where id = :id and heartbeat = :heartbeat", id, heartbeat) == 1;
}

bool remove(Session& session, const std::string& id) {
  return session.execute("delete from nodes where id = :id", id) == 1;
}

bool try_lock(Session& session, std::int64_t lock_key) {
  const auto got = session.one<std::tuple<std::int64_t>>(
      "select cast(case when pg_try_advisory_lock(:lock_key) then 1 else 0 end as bigint)", lock_key);
  return got && std::get<0>(*got) == 1;
}

}  // namespace florin::nodes

namespace florin {

std::set<std::string> living_nodes(Session& session) {
  std::set<std::string> living;
  for (auto& [id] : session.all<std::tuple<std::string>>("select id from nodes")) living.insert(std::move(id));
  return living;
}

}  // namespace florin
