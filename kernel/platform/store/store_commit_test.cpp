// Law 1 at its narrowest place: the connection to PostgreSQL goes while COMMIT is under way, once before
// the server has it and once after it has done it and before it can say so. A relay between store and
// server cuts the wire exactly there.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "kernel/platform/store/store.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

sockaddr_un address(const std::string& directory) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  const std::string path = directory + "/.s.PGSQL.5432";
  path.copy(where.sun_path, sizeof where.sun_path - 1);
  return where;
}

// Hands bytes between clients of its own socket and the server's; one thread a connection.
class Relay {
 public:
  enum Cut { kNever, kBeforeCommit, kAfterCommit };

  Relay(std::string directory, std::string server)
      : server_(std::move(server)), listener_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    const sockaddr_un here = address(directory);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
        listen(listener_, 16) != 0)
      throw std::runtime_error("the relay cannot listen in " + directory);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~Relay() {
    shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    for (std::thread& connection : connections_) connection.join();
    close(listener_);
  }
  // At the next COMMIT, once.
  void cut(Cut where) { cut_ = where; }
  int cuts() const { return cuts_; }

 private:
  void accept_all() {
    for (;;) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      connections_.emplace_back([this, client] { relay(client); });
    }
  }

  void relay(int client) {
    const int server = socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un there = address(server_);
    bool open = connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
    while (open) {
      pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      poll(both, 2, -1);
      if (both[0].revents != 0) open = pass(client, server, true);
      if (open && both[1].revents != 0) open = pass(server, client, false);
    }
    close(server);
    close(client);
  }

  bool pass(int from, int to, bool to_server) {
    char bytes[65536];
    const ssize_t count = recv(from, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    // With the end of its text: BEGIN says READ COMMITTED.
    const std::string said(bytes, static_cast<std::size_t>(count));
    const bool commits = to_server && said.find(std::string("COMMIT\0", 7)) != std::string::npos;
    const Cut cut = commits ? cut_.exchange(kNever) : kNever;
    if (cut != kNever) ++cuts_;
    if (cut == kBeforeCommit) return false;
    if (send(to, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL) != count) return false;
    if (cut != kAfterCommit) return true;
    recv(to, bytes, sizeof bytes, 0);  // The server's answer, which the store never sees.
    return false;
  }

  const std::string server_;
  const int listener_;
  std::atomic<Cut> cut_{kNever};
  std::atomic<int> cuts_{0};
  std::vector<std::thread> connections_;  // Of the accepting thread, until that has ended.
  std::thread accepting_;
};

std::vector<Migration> tables(Engine) {
  return {make_migration(1, "test", "things", "CREATE TABLE things (id BIGINT NOT NULL);\n")};
}

class StoreCommit : public test::StoreTest {
 protected:
  void SetUp() override {
    use_migrations(tables);
    StoreTest::SetUp();
    if (IsSkipped()) return;
    const std::string base = std::getenv("FLORIN_TEST_POSTGRES");
    const std::size_t host = base.find("host=");
    if (host == std::string::npos) GTEST_SKIP() << "the cluster has no local socket to put a relay before";
    relay_.emplace(directory_.path(), base.substr(host + 5, base.find('&', host) - host - 5));
    StoreOptions through = options();
    through.url += "&host=" + directory_.path();
    auto opened = open_store(through);
    ASSERT_TRUE(opened) << opened.error().message;
    relayed_ = std::move(*opened);
  }
  void TearDown() override {
    relayed_.reset();
    relay_.reset();
    StoreTest::TearDown();
  }

  // Writes one row with that wire cut; nothing here would keep a second row with the same number away.
  void write_through(Relay::Cut cut) {
    relay_->cut(cut);
    const auto written = relayed_
                             ->write([](Session& session) -> Result<Done> {
                               session.execute("INSERT INTO things (id) VALUES (1)");
                               return Done{};
                             })
                             .run();
    EXPECT_TRUE(written) << written.error().message;
    EXPECT_EQ(relay_->cuts(), 1);
  }
  std::int64_t rows() {
    const auto found = read([](Session& session) -> Result<std::int64_t> {
      return std::get<0>(*session.one<std::tuple<std::int64_t>>("SELECT count(*) FROM things"));
    });
    return found ? *found : -1;
  }

  test::TemporaryDirectory directory_;
  std::optional<Relay> relay_;
  std::unique_ptr<Store> relayed_;
};
INSTANTIATE_TEST_SUITE_P(On, StoreCommit, testing::Values(Engine::kPostgres), test::engine_name);

TEST_P(StoreCommit, ThatNeverReachedTheServerIsRunAgain) {
  write_through(Relay::kBeforeCommit);

  EXPECT_EQ(rows(), 1);
}

TEST_P(StoreCommit, ThatTheServerDidAndCouldNotSayIsFoundOutAndNotRunAgain) {
  write_through(Relay::kAfterCommit);

  EXPECT_EQ(rows(), 1);
}

}  // namespace
}  // namespace florin
