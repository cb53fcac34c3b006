// Who is alive, who is not, and that nobody is taken for dead who may still begin something.
#include "kernel/platform/nodes/nodes.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "kernel/platform/nodes/process_proof.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

// A connection beside the store's, as another process would have one.
class Beside {
 public:
  explicit Beside(const std::string& url) : connection_(PQconnectdb(url.c_str())) {}
  ~Beside() { PQfinish(connection_); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  void run(const std::string& sql) {
    PGresult* const result = PQexec(connection_, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) << sql << ": " << PQerrorMessage(connection_);
    PQclear(result);
  }

 private:
  PGconn* connection_;
};

class LivingNodes : public test::StoreTest {
 protected:
  // What was handed over, and what `watched` might have begun at that moment.
  struct Deaths {
    std::mutex mutex;
    std::vector<std::string> nodes;
    bool could_begin = false;
    bool has(const std::string& node) {
      const std::lock_guard lock(mutex);
      return std::count(nodes.begin(), nodes.end(), node) > 0;
    }
  };

  void TearDown() override {
    stop_all();
    StoreTest::TearDown();
  }
  void stop_all() {
    clock_.stop();
    executor().drain(10s);
    nodes_.clear();
  }

  Nodes& make(Deaths& deaths, const std::string& more_of_url = "", const Nodes* watched = nullptr) {
    NodeOptions options;
    options.store_url = database().url() + more_of_url;
    options.beat = 20ms;
    options.fence = 700ms;
    options.silence = 1500ms;
    nodes_.push_back(Nodes::make(store(), executor(), clock_, system_random(), options));
    nodes_.back()->on_death([&deaths, watched](Session&, const std::string& node) {
      const std::lock_guard lock(deaths.mutex);
      deaths.nodes.push_back(node);
      if (watched != nullptr && watched->may_begin(node)) deaths.could_begin = true;
    });
    return *nodes_.back();
  }
  static void join(Nodes& nodes) {
    const auto joined = nodes.join().run();
    ASSERT_TRUE(joined) << joined.error().message;
    nodes.start();
  }
  void enter(const std::string& id, const std::string& process, std::int64_t lock_key) {
    ASSERT_TRUE(write([=](Session& session) -> Result<Done> {
      session.execute("insert into nodes (id, process, lock_key, started, heartbeat) values (:id, :process, :key, 1, 1)", id, process, lock_key);
      return Done();
    }));
  }
  std::set<std::string> living() {
    return *read([](Session& session) -> Result<std::set<std::string>> { return living_nodes(session); });
  }
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
  // The name of a process that has ended.
  static std::string ended_process() {
    std::string name = nodes::this_process();
    return name.replace(name.rfind('/') + 1, std::string::npos, "1");
  }

  SystemClock clock_{executor()};
  Deaths deaths_, others_deaths_;
  std::vector<std::unique_ptr<Nodes>> nodes_;
};
FLORIN_BOTH_ENGINES(LivingNodes);

TEST_P(LivingNodes, ANodeThatHasJoinedLivesAndMayBegin) {
  Nodes& node = make(deaths_);
  EXPECT_FALSE(node.may_begin("node_of_somebody_else"));
  join(node);

  EXPECT_TRUE(node.may_begin(node.me()));
  EXPECT_EQ(living(), std::set<std::string>{node.me()});
}

TEST_P(LivingNodes, WhoLeavesHandsOverAndIsGone) {
  Nodes& node = make(deaths_);
  join(node);
  ASSERT_TRUE(node.leave().run());
  std::this_thread::sleep_for(100ms);  // Several looks: it does not come back.

  EXPECT_TRUE(living().empty());
  EXPECT_TRUE(deaths_.has(node.me()));
}

TEST_P(LivingNodes, WhatADeadProcessLeftIsHandedOverWhenTheNextOneJoins) {
  enter("node_dead", ended_process(), 7);
  Nodes& node = make(deaths_);
  join(node);

  EXPECT_TRUE(deaths_.has("node_dead"));
  EXPECT_EQ(living(), std::set<std::string>{node.me()});
}

class NodesTogether : public LivingNodes {};
INSTANTIATE_TEST_SUITE_P(On, NodesTogether, testing::Values(Engine::kPostgres), test::engine_name);

TEST_P(NodesTogether, LeaveEachOtherAlone) {
  Nodes& first = make(deaths_);
  Nodes& second = make(others_deaths_);
  join(first);
  join(second);
  std::this_thread::sleep_for(1800ms);  // Longer than a silence.

  EXPECT_EQ(living().size(), 2u);
  EXPECT_TRUE(first.may_begin(first.me()));
  EXPECT_FALSE(first.may_begin(second.me()));
  EXPECT_TRUE(deaths_.nodes.empty() && others_deaths_.nodes.empty());
}

TEST_P(NodesTogether, AProcessElsewhereThatHoldsItsLockIsAliveHoweverSilent) {
  enter("node_far", "", 4'711'000'000'123);
  auto far_process = std::make_unique<Beside>(database().url());
  far_process->run("select pg_advisory_lock(4711000000123)");
  join(make(deaths_));
  std::this_thread::sleep_for(1800ms);
  EXPECT_FALSE(deaths_.has("node_far"));

  far_process.reset();

  EXPECT_TRUE(eventually([this] { return deaths_.has("node_far"); }));
}

TEST_P(NodesTogether, ALockThatIsLostWithItsConnectionIsTakenAgain) {
  Nodes& first = make(deaths_, "&application_name=first_node");
  Nodes& second = make(others_deaths_);
  join(first);
  join(second);
  const std::string before = first.me();
  Beside(database().url()).run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'first_node'");
  std::this_thread::sleep_for(1800ms);

  EXPECT_EQ(first.me(), before);
  EXPECT_TRUE(eventually([&] { return first.may_begin(before); }));
  EXPECT_FALSE(others_deaths_.has(before));
}

TEST_P(NodesTogether, WhoCannotReachTheDatabaseStopsBeforeItIsTakenForDeadAndGoesOnUnderANewName) {
  const std::string role = fmt::format("florin_cut_off_{}", getpid());
  Beside operators(database().url());
  operators.run("create role " + role + " superuser login");
  Nodes& cut_off = make(deaths_, "&user=" + role);
  Nodes& other = make(others_deaths_, "", &cut_off);
  join(cut_off);
  join(other);
  const std::string before = cut_off.me();
  ASSERT_TRUE(cut_off.may_begin(before));

  operators.run("alter role " + role + " nologin");
  operators.run("select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + role + "'");
  EXPECT_TRUE(eventually([&] { return others_deaths_.has(before); }));
  EXPECT_FALSE(others_deaths_.could_begin);
  operators.run("alter role " + role + " login");

  EXPECT_TRUE(eventually([&] { return cut_off.me() != before && cut_off.may_begin(cut_off.me()); }));
  EXPECT_FALSE(cut_off.may_begin(before)) << "what it carried is somebody else's now";
  EXPECT_EQ(living().count(cut_off.me()), 1u);
  stop_all();
  operators.run("drop role " + role);
}

}  // namespace
}  // namespace florin
