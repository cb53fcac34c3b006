// What can be proven of a process from beside it.
#include "kernel/platform/nodes/process_proof.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

namespace florin::nodes {
namespace {

// A process that does nothing, and what it calls itself.
class Child {
 public:
  Child() {
    int ends[2] = {};
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      const std::string name = this_process();
      if (write(ends[1], name.data(), name.size()) < 0) _exit(1);
      close(ends[1]);
      for (;;) pause();
    }
    close(ends[1]);
    char text[256];
    for (ssize_t got = 0; (got = read(ends[0], text, sizeof text)) > 0;) name_.append(text, static_cast<std::size_t>(got));
    close(ends[0]);
  }
  ~Child() {
    if (!ended_) kill(pid_, SIGKILL);
    reap();
  }
  const std::string& name() const { return name_; }
  // Dead, and nobody has asked for its exit status yet.
  void become_zombie() {
    kill(pid_, SIGKILL);
    siginfo_t info;
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT), 0);
    ended_ = true;
  }
  void reap() {
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
  bool ended_ = false;
  std::string name_;
};

TEST(ProcessProof, ARunningProcessIsNotGone) {
  const Child child;
  ASSERT_NE(child.name(), "");
  EXPECT_NE(child.name(), this_process());
  EXPECT_FALSE(is_gone(child.name()));
  EXPECT_FALSE(is_gone(this_process()));
}

TEST(ProcessProof, AKilledProcessIsGoneBeforeAndAfterItsParentHasNoticed) {
  Child child;
  child.become_zombie();
  EXPECT_TRUE(is_gone(child.name()));
  child.reap();
  EXPECT_TRUE(is_gone(child.name()));
}

TEST(ProcessProof, AnotherProcessUnderTheSameNumberIsNotTakenForTheFirst) {
  std::string name = this_process();
  name.replace(name.rfind('/') + 1, std::string::npos, "1");  // Started right after boot.
  EXPECT_TRUE(is_gone(name));
}

TEST(ProcessProof, OfAnotherMachineOrOfNonsenseNothingIsProven) {
  Child child;
  child.become_zombie();
  child.reap();
  EXPECT_FALSE(is_gone("elsewhere" + child.name()));
  for (const char* nonsense : {"", "/", "//", "a/b/c", "a/-1/1", "a/99999999999999/1"}) EXPECT_FALSE(is_gone(nonsense)) << nonsense;
}

}  // namespace
}  // namespace florin::nodes
