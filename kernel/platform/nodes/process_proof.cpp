// Reads /proc. Whatever cannot be read proves nothing.
#include "kernel/platform/nodes/process_proof.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace florin::nodes {

namespace {

namespace fs = std::filesystem;

struct Status {
  char state = '?';
  std::string started;  // Clock ticks since boot.
};

// proc(5), /proc/<pid>/stat: the name in brackets may hold anything, so fields are counted from the last
// bracket. The state is the 3rd field of the whole line, the start time the 22nd.
std::optional<Status> status_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const std::size_t bracket = line.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(bracket + 1));
  Status status;
  fields >> status.state;
  for (int field = 4; field <= 22; ++field) fields >> status.started;
  if (!fields) return std::nullopt;
  return status;
}

// "" when it cannot be told.
std::string this_machine() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::getline(file, boot);
  std::error_code failed;
  const std::string pids = fs::read_symlink("/proc/self/ns/pid", failed).string();
  const std::string self = fs::read_symlink("/proc/self", failed).string();
  // A /proc of another namespace than ours would show us strangers under our numbers.
  if (failed || boot.empty() || self != std::to_string(getpid())) return "";
  return boot + "/" + pids;
}

}  // namespace

std::string this_process() {
  const std::string machine = this_machine(), pid = std::to_string(getpid());
  const auto status = status_of(pid);
  if (machine.empty() || !status) return "";
  return fmt::format("{}/{}/{}", machine, pid, status->started);
}

bool is_gone(const std::string& process) {
  const std::size_t before_start = process.rfind('/');
  if (before_start == std::string::npos || before_start == 0) return false;
  const std::size_t before_pid = process.rfind('/', before_start - 1);
  if (before_pid == std::string::npos) return false;
  const std::string machine = this_machine();
  if (machine.empty() || process.substr(0, before_pid) != machine) return false;
  const std::string pid = process.substr(before_pid + 1, before_start - before_pid - 1);
  if (pid.empty() || pid.size() > 9 || pid.find_first_not_of("0123456789") != std::string::npos) return false;
  if (kill(static_cast<pid_t>(std::stol(pid)), 0) != 0 && errno == ESRCH) return true;
  const auto status = status_of(pid);
  if (!status) return false;
  return status->state == 'Z' || status->state == 'X' || status->started != process.substr(before_start + 1);
}

}  // namespace florin::nodes
