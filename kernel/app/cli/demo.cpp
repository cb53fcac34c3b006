// florin sandbox and florin demo: the far sides in a process of their own, and the daemon beside them
// under a supervisor that starts it again when it dies; on request over TLS by a certificate of its own.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <thread>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/app/cli/cli.hpp"
#include "kernel/app/paths.hpp"
#include "kernel/app/sandbox_host/run_sandbox_host.hpp"
#include "kernel/platform/edge/tls.hpp"

namespace florin {

namespace {

struct Asked {
  int port = 8090;
  bool standalone = false, tls = false;
  std::string books;
};

void run_sandbox(CliContext& context, const Asked& asked) {
  SandboxProcessOptions options;
  options.port = static_cast<std::uint16_t>(asked.port);
  const auto bare = context.bare_config();
  if (!bare) return;
  options.plugin_folder = plugins_folder(*bare);
  options.books_file = asked.books;
  if (!asked.standalone) {
    options.config = context.config();
    if (!options.config) return;
  }
  context.exit_code = run_sandbox_host(options);
}

// The child dies with its parent, also when that is killed.
pid_t start(const std::vector<std::string>& command) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  std::cerr << "cannot start " << command[0] << std::endl;
  ::_exit(127);
}

// A certificate for localhost beside the store, and the settings that have the daemon show it: the certificate's
// path, for clients that are to trust it. "" when the configuration has a certificate of its own, nothing
// when there is none to be had.
std::optional<std::string> add_certificate(CliContext& context) {
  const auto bare = context.bare_config();
  if (!bare) return std::nullopt;
  if (!bare->server.certificate_file.empty()) return "";
  // Absolute, because paths in settings count from the configuration's directory.
  const std::string folder = std::filesystem::absolute(state_file(*bare, "tls")).string();
  const auto files = make_self_signed_certificate(
      folder, std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
  if (!files) {
    context.fail(files.error().message);
    return std::nullopt;
  }
  context.overrides.push_back("server.tls.certificate=" + files->certificate);
  context.overrides.push_back("server.tls.key=" + files->key);
  return files->certificate;
}

void print_what_next(const AppConfig& config, int sandbox_port, const std::string& trusted) {
  const std::string s = config.server.certificate_file.empty() ? "" : "s";
  const std::string authority = "://localhost:" + std::to_string(config.server.port);
  std::cout << "\nTake a payment:\n\n"
            << "  curl " << (trusted.empty() ? "" : "--cacert '" + trusted + "' ") << "http" << s << authority
            << "/api/v1/payments -H 'Authorization: Bearer sk_test_lisbon_books' \\\n"
            << "    -H 'Content-Type: application/json' -H \"Idempotency-Key: $RANDOM$RANDOM\" \\\n"
            << "    -d '{\"amount\":1250,\"currency\":\"EUR\",\"payment_method\":{\"type\":\"card\",\"card\":"
               "{\"number\":\"4242424242424242\",\"exp_month\":12,\"exp_year\":2034,\"cvc\":\"123\"}}}'\n\n"
            << "  API        http" << s << authority << "/api/v1     described at http" << s << authority << "/openapi.json\n"
            << "  Live feed  ws" << s << authority << "/ws/merchant/lisbon-books     (docs/live.md)\n"
            << "  Health     http" << s << authority << "/readyz     Figures: /metrics\n"
            << "  Far sides  http://localhost:" << sandbox_port << "\n\n"
            << "  Keys       sk_test_lisbon_books  sk_test_tokyo_teas  sk_test_load_lab   (pk_test_... for browsers)\n"
            << "  Cards      4242 4242 4242 4242 approves, 4000 0000 0000 0002 is declined, 4000 0000 0000 3220 asks for 3-D Secure\n\n";
  if (!trusted.empty())
    std::cout << "The certificate was made for this demo: browsers warn of it, clients trust it by " << trusted << "\n\n";
  std::cout << "Ctrl-C ends it." << std::endl;
}

// florind refuses its configuration or its store with 1, its command line with 100 and more: it said why on standard
// error, and would say so again. Every other end that nobody asked for is a plugin's doing, status 0 as well.
bool has_refused(int status) {
  if (!WIFEXITED(status)) return false;
  return WEXITSTATUS(status) == 1 || WEXITSTATUS(status) >= 100;
}
std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return "ended with status " + std::to_string(WEXITSTATUS(status)) + " without being asked";
  return "was ended by signal " + std::to_string(WTERMSIG(status));
}

// Starts florind again when it dies, slower each time it dies at once: after a crash the books are right
// without a human, and a plugin that crashes twice is left out.
void supervise(CliContext& context, const Asked& asked) {
  const std::optional<std::string> trusted = asked.tls ? add_certificate(context) : "";
  if (!trusted) return;
  const auto config = context.config();
  if (!config) return;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  const std::string sandbox_url = "http://127.0.0.1:" + std::to_string(asked.port);
  std::vector<std::string> common = {"--config", context.directory};
  for (const std::string& one : context.overrides) {
    common.push_back("--set");
    common.push_back(one);
  }
  std::vector<std::string> sandbox = {program.string(), "sandbox", "--port", std::to_string(asked.port)};
  std::vector<std::string> daemon = {(program.parent_path() / "florind").string()};
  for (auto* command : {&sandbox, &daemon}) command->insert(command->end(), common.begin(), common.end());
  daemon.insert(daemon.end(), {"--set", "sandbox.url=" + sandbox_url});
  const std::string books = state_file(*config, "sandbox-books.json");
  sandbox.insert(sandbox.end(), {"--books", books});

  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  const pid_t far_sides = start(sandbox);
  pid_t florind = start(daemon);
  print_what_next(*config, asked.port, *trusted);
  auto started = std::chrono::steady_clock::now();
  auto pause = std::chrono::milliseconds(100);
  bool ending = false;
  while (!ending) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal == SIGHUP) {
      ::kill(florind, SIGHUP);
      continue;
    }
    ending = signal != SIGCHLD;
    int status = 0;
    for (pid_t gone = ::waitpid(-1, &status, WNOHANG); gone > 0 && !ending; gone = ::waitpid(-1, &status, WNOHANG)) {
      if (gone == far_sides) {
        context.fail("the sandboxes ended: is port " + std::to_string(asked.port) + " taken?");
        ending = true;
      } else if (has_refused(status)) {
        context.exit_code = WEXITSTATUS(status);
        ending = true;
      } else {
        const bool at_once = std::chrono::steady_clock::now() - started < std::chrono::seconds(10);
        pause = at_once ? std::min(pause * 2, std::chrono::milliseconds(10'000)) : std::chrono::milliseconds(100);
        std::cerr << "florind " << how_it_ended(status) << "; starting it again" << std::endl;
        std::this_thread::sleep_for(pause);
        started = std::chrono::steady_clock::now();
        florind = start(daemon);
      }
    }
  }
  ::kill(florind, SIGTERM);
  ::waitpid(florind, nullptr, 0);
  ::kill(far_sides, SIGTERM);
  ::waitpid(far_sides, nullptr, 0);
}

}  // namespace

void add_demo_commands(CLI::App& app, CliContext& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* const sandbox = app.add_subcommand("sandbox", "Serve every provider's far side, simulated, on one port");
  sandbox->add_option("--port", asked->port, "The port")->capture_default_str();
  sandbox->add_option("--books", asked->books, "A file that keeps the far sides' books; default: none");
  sandbox->add_flag("--standalone", asked->standalone, "Take any credentials, send no webhooks: a mock server for others");
  sandbox->callback([&context, asked] { run_sandbox(context, *asked); });
  CLI::App* const demo = app.add_subcommand("demo", "The far sides and the daemon, started and kept running");
  demo->add_option("--sandbox-port", asked->port, "The far sides' port")->capture_default_str();
  demo->add_flag("--tls", asked->tls, "Serve https and wss, by a certificate for localhost that is made once and kept beside the store");
  demo->callback([&context, asked] { supervise(context, *asked); });
}

}  // namespace florin
