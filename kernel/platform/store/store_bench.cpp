// The bare store loop that ./dev bench holds payments against: the rows of a payment and nothing else.
// Each of 256 coroutines writes payments one after the other, as the API does: what is intended in one
// durable unit, what came of it in a second. Prints one line an engine:
//   store_bench [seconds]    (PostgreSQL too when FLORIN_TEST_POSTGRES names a cluster)
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "kernel/platform/store/open.hpp"
#include "kernel/platform/store/store.hpp"
#include "tests/support/store_fixture.hpp"

namespace {

using namespace florin;
using SteadyClock = std::chrono::steady_clock;

constexpr int kWriters = 256;
constexpr int kRowsPerPayment = 13;

std::vector<Migration> tables(Engine) {
  return {
      make_migration(1, "bench", "tables",
                     "CREATE TABLE payments (id TEXT PRIMARY KEY, merchant TEXT, amount BIGINT, state TEXT);"
                     "CREATE INDEX payments_by_merchant ON payments (merchant, id);"
                     "CREATE TABLE attempts (id TEXT PRIMARY KEY, payment TEXT, state TEXT, exchange TEXT);"
                     "CREATE TABLE answers (id TEXT PRIMARY KEY, digest TEXT, body TEXT);"
                     "CREATE TABLE entries (id TEXT PRIMARY KEY, payment TEXT, account TEXT, amount BIGINT);"
                     "CREATE TABLE balances (account TEXT PRIMARY KEY, amount BIGINT);"
                     "CREATE TABLE events (position BIGINT PRIMARY KEY, payment TEXT, body TEXT);"
                     "CREATE TABLE counters (name TEXT PRIMARY KEY, last BIGINT);"
                     "CREATE TABLE deliveries (id TEXT PRIMARY KEY, due BIGINT);"
                     "INSERT INTO counters VALUES ('position', 0);"
                     "INSERT INTO balances VALUES ('merchant', 0), ('provider', 0), ('fees', 0);")};
}

void number_events(Session& session, std::vector<StagedEvent>& events) {
  std::int64_t last = std::get<0>(
      *session.one<std::tuple<std::int64_t>>("SELECT last FROM counters WHERE name = 'position'"));
  for (const StagedEvent& event : events)
    session.execute("INSERT INTO events (position, payment, body) VALUES (:position, :payment, :body)",
                    ++last, event.payment_id, event.body);
  session.execute("UPDATE counters SET last = :last WHERE name = 'position'", last);
}

Result<Done> intend(Session& session, const std::string& id) {
  session.execute("INSERT INTO answers (id, digest) VALUES (:id, :digest)", id, std::string(64, 'd'));
  session.execute(
      "INSERT INTO payments (id, merchant, amount, state) VALUES (:id, 'load-lab', 1200, 'processing')", id);
  session.execute("INSERT INTO attempts (id, payment, state) VALUES (:id, :payment, 'sending')", "att_" + id,
                  id);
  return Done{};
}

Result<Done> conclude(Session& session, const std::string& id) {
  session.execute("UPDATE attempts SET state = 'approved', exchange = :exchange WHERE id = :id",
                  std::string(300, 'x'), "att_" + id);
  session.execute("UPDATE payments SET state = 'succeeded' WHERE id = :id", id);
  for (const char* account : {"merchant", "provider", "fees"}) {
    session.execute(
        "INSERT INTO entries (id, payment, account, amount) VALUES (:id, :payment, :account, 1200)",
        account + id, id, account);
    session.execute("UPDATE balances SET amount = amount + 1200 WHERE account = :account", account);
  }
  session.execute("UPDATE answers SET body = :body WHERE id = :id", std::string(900, 'b'), id);
  StagedEvent event;
  event.payment_id = id;
  event.body = std::string(900, 'e');
  session.stage(std::move(event));
  return Done{};
}

struct Load {
  std::atomic<bool> running{true};
  std::atomic<std::int64_t> payments{0}, failures{0};
};

Task<void> write_payments(Store& store, int writer, Load& load) {
  for (int i = 0; load.running; ++i) {
    const std::string id = fmt::format("pay_019a8f3c{:08x}{:08x}", i, writer);
    const auto intent = [id](Session& session) { return intend(session, id); };
    auto intending = store.write(intent);
    const auto intended = co_await intending;
    const auto outcome = [id](Session& session) { return conclude(session, id); };
    auto concluding = store.write(outcome);
    const auto concluded = co_await concluding;
    (intended && concluded ? load.payments : load.failures) += 1;
  }
}

int measure(Engine engine, const char* name, std::chrono::seconds time) {
  const auto database = test::Database::make(engine);
  if (!database) return 0;
  ThreadExecutor executor;
  const MigrationList migrations = tables;
  StoreOptions options;
  options.url = database->url();
  options.executor = &executor;
  options.migrations = &migrations;
  const auto store = open_store(options);
  if (!store) {
    fmt::print(stderr, "store_bench: {}\n", store.error().message);
    return 1;
  }
  (*store)->on_closing(number_events);
  Load load;
  const auto before = SteadyClock::now();
  for (int writer = 0; writer < kWriters; ++writer)
    executor.spawn("writer", write_payments(**store, writer, load));
  std::this_thread::sleep_for(time);
  load.running = false;
  const bool drained = executor.drain(std::chrono::seconds(30));
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - before).count();
  const std::int64_t rate = load.payments * 1000 / took;
  fmt::print("bare store loop, {}: {} payments/s, {} row operations/s\n", name, rate, rate * kRowsPerPayment);
  return drained && load.failures == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  const std::chrono::seconds time(count > 1 ? std::atoi(words[1]) : 5);
  return measure(Engine::kSqlite, "sqlite", time) + measure(Engine::kPostgres, "postgresql", time);
}
