// Law 8 on the built files: a plugin imports nothing that reaches the world (sockets, threads, clocks,
// files, processes, the environment) and exports its entry alone. Read with nm(1), as anybody can.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>

#include "tests/architecture/source_tree.hpp"

namespace {
using florin::architecture::listed;
namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::vector<std::string> lines;
  std::array<char, 4096> line{};
  while (pipe && std::fgets(line.data(), line.size(), pipe.get())) {
    lines.emplace_back(line.data());
    while (!lines.back().empty() && lines.back().back() == '\n') lines.back().pop_back();
  }
  return lines;
}

// Names without their versions ("connect@GLIBC_2.2.5").
std::set<std::string> symbols(const fs::path& file, const std::string& which) {
  std::set<std::string> names;
  for (const std::string& line : lines_of("nm -D --format=posix " + which + " '" + file.string() + "'"))
    names.insert(line.substr(0, line.find_first_of("@ ")));
  return names;
}

bool reaches_the_world(const std::string& symbol) {
  static const std::set<std::string> exact{
      // sockets
      "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "send", "sendto", "sendmsg", "recv",
      "recvfrom", "recvmsg", "getaddrinfo", "gethostbyname", "shutdown", "poll", "ppoll", "select", "epoll_create1",
      // threads
      "pthread_create", "thrd_create", "clone", "sigaction", "signal",
      // clocks
      "clock_gettime", "gettimeofday", "time", "clock", "times", "nanosleep", "clock_nanosleep", "usleep", "sleep",
      "timer_create",
      // files
      "open", "open64", "openat", "openat64", "creat", "fopen", "fopen64", "freopen", "fdopen", "read", "pread",
      "pread64", "write", "pwrite", "pwrite64", "fread", "fwrite", "unlink", "rename", "mkdir", "stat", "opendir",
      "mmap", "mmap64", "mprotect", "ioctl", "fcntl", "close", "dup", "dup2", "pipe", "puts", "printf", "fprintf",
      "syscall", "__open_2", "__open64_2", "__read_chk", "__fread_chk", "__printf_chk", "__fprintf_chk",
      // processes, environment, other code
      "fork", "vfork", "execve", "execv", "execvp", "execl", "execlp", "posix_spawn", "system", "popen", "kill",
      "raise", "abort", "exit", "_exit", "quick_exit", "_Exit", "getenv", "secure_getenv", "setenv", "environ",
      "dlopen", "dlsym", "ptrace", "prctl",
      // randomness of its own: two runs would differ
      "rand", "srand", "random", "getrandom", "getentropy", "arc4random"};
  // The same through the C++ library: chrono clocks, thread, streams on files, random_device, filesystem.
  static const std::regex cpp(
      "^_ZNSt6chrono.*(system_clock|steady_clock).*3now|^_ZNSt6thread|^_ZNKSt6thread|^_ZNSt13random_device|"
      "basic_(i|o)?f(stream|ilebuf)|^_ZNSt10filesystem|^_ZSt4(cout|cerr|clog)$|^_ZSt3cin$");
  return exact.contains(symbol) || std::regex_search(symbol, cpp);
}

std::vector<fs::path> built_plugins() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(FLORIN_BINARY_DIR) / "plugins"))
    if (entry.path().extension() == ".so") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(PluginImports, NoPluginReachesTheWorld) {
  const auto plugins = built_plugins();
  ASSERT_GE(plugins.size(), 2U) << "build the target florin_plugins first";
  std::vector<std::string> faults;
  for (const fs::path& plugin : plugins) {
    const auto imported = symbols(plugin, "--undefined-only");
    EXPECT_FALSE(imported.empty()) << "nm read nothing from " << plugin;
    for (const std::string& symbol : imported)
      if (reaches_the_world(symbol)) faults.push_back(plugin.string() + " imports " + symbol);
  }
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(PluginImports, PluginsExportTheirEntryAlone) {
  for (const fs::path& plugin : built_plugins())
    EXPECT_EQ(symbols(plugin, "--defined-only"), std::set<std::string>{"florin_plugin_entry"}) << plugin;
}

TEST(PluginImports, ReachingOneIsSeen) {
  const fs::path misbehaving = fs::path(FLORIN_BINARY_DIR) / "fixtures/plugins/misbehaving.so";
  if (!fs::exists(misbehaving)) GTEST_SKIP() << "the fixtures are built with plugin_host_test";
  const auto imported = symbols(misbehaving, "--undefined-only");
  EXPECT_TRUE(std::any_of(imported.begin(), imported.end(), reaches_the_world));
  EXPECT_TRUE(reaches_the_world("_ZNSt6chrono3_V212system_clock3nowEv"));
  EXPECT_FALSE(reaches_the_world("memcpy"));
}
}  // namespace
