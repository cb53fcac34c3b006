// Runs a load (open_loop.hpp) and prints one line of JSON: what was asked and sent, what was answered, how often, how
// fast, and what the generator itself took. The load drills and ./dev bench run it; a closed loop (wrk) asks less the
// slower it is served. Whoever reads the line compares `sent` with `asked`: a generator that could not send what it
// was asked for has measured itself, or a far side that left it no connection.
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <utility>

#include "tests/load/open_loop.hpp"

namespace {

using florin::load::Latencies;
using florin::load::OpenLoop;
using florin::load::Options;
using florin::load::Seen;

long long wide(auto number) { return static_cast<long long>(number); }

void print(const Options& options, const Seen& seen) {
  const std::int64_t asked = options.rate == 0 ? seen.sent : options.rate * options.seconds;
  std::printf("{\"asked\":%lld,\"sent\":%lld,\"unanswered\":%lld,\"broken\":%lld,\"told_when\":%lld,", wide(asked), wide(seen.sent),
              wide(seen.sent - seen.answered), wide(seen.broken), wide(seen.told_when));
  std::printf("\"cpu_share\":%.2f,\"late_p99_us\":%lld,\"stood_us\":%lld,\"no_connection\":%lld,\"answers\":{",
              static_cast<double>(seen.cpu_us) / 1e6 / static_cast<double>(options.seconds), wide(seen.late.at(99)), wide(seen.stood_us), wide(seen.no_connection));
  const char* comma = "";
  for (const auto& [status, times] : seen.answers) {
    std::printf("%s\"%d\":{\"count\":%lld,\"p50_us\":%lld,\"p99_us\":%lld,\"max_us\":%lld}", comma, status, wide(times.count()),
                wide(times.at(50)), wide(times.at(99)), wide(times.longest()));
    comma = ",";
  }
  std::printf("}}\n");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--port") options.port = static_cast<std::uint16_t>(std::stoi(value));
    if (name == "--rate") options.rate = std::stoll(value);
    if (name == "--seconds") options.seconds = std::stoll(value);
    if (name == "--connections") options.connections = std::stoll(value);
    if (name == "--patience") options.patience = std::stoll(value);
    if (name == "--first-amount") options.first_amount = std::stoll(value);
    if (name == "--key") options.key = value;
    if (name == "--body") options.body = value;
  }
  if (options.port == 0 || options.rate < 0 || options.seconds < 1 || options.connections < 1) {
    std::fputs("open_loop: --port N --rate N --seconds N --connections N --patience N --first-amount N --key KEY --body JSON\n", stderr);
    return 2;
  }
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  prctl(PR_SET_TIMERSLACK, 1UL);  // Rounds of 0.1 ms, not of that and what the kernel adds to save power.
  OpenLoop loop(options);
  const Seen seen = loop.run();
  print(options, seen);
}
