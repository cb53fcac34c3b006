// How many trivial requests a second the edge answers, measured by wrk (apt install wrk) over loopback:
// 64 connections, then 64 with 16 requests pipelined, then a connection a request.
//   edge_bench [seconds]    without wrk it says so and fails
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "kernel/platform/edge/edge_under_test.hpp"

namespace {

florin::Task<florin::EdgeResponse> hello(const florin::EdgeRequest&) {
  florin::EdgeResponse response;
  response.headers.emplace("Content-Type", "text/plain");
  response.body = "hello";
  co_return response;
}

// The processor's time that this process has had, in microseconds: unlike requests a second it hardly
// depends on what else runs on the machine.
std::int64_t cpu_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 + used.ru_utime.tv_usec +
         used.ru_stime.tv_usec;
}

int run_wrk(const char* what, const std::string& options, florin::testing::EdgeUnderTest& server) {
  std::printf("== %s\n", what);
  std::fflush(stdout);
  const std::int64_t before = cpu_time(), served = server.edge().counts().requests;
  const std::string command = fmt::format("wrk -t1 {} http://127.0.0.1:{}/hello", options, server.port());
  const int failed = std::system(command.c_str());
  const std::int64_t requests = server.edge().counts().requests - served;
  if (requests > 0)
    std::printf("Server's processor time a request: %.2f us\n",
                static_cast<double>(cpu_time() - before) / static_cast<double>(requests));
  return failed;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string seconds = count > 1 ? arguments[1] : "5";
  florin::EdgeOptions options;
  options.limits.connections_per_address = 0;
  florin::testing::EdgeUnderTest server(hello, options);

  const std::string script = fmt::format("/tmp/florin_edge_bench_{}.lua", server.port());
  std::ofstream(script) << "init = function(args) local r = {} for i = 1, 16 do r[i] = wrk.format() end\n"
                           "req = table.concat(r) end\nrequest = function() return req end\n";
  int failed = run_wrk("64 connections, kept", "-c64 --latency -d" + seconds, server);
  failed |= run_wrk("64 connections, 16 requests pipelined", "-c64 -s " + script + " -d" + seconds, server);
  failed |= run_wrk("a connection a request", "-c64 -H 'Connection: close' -d" + seconds, server);
  std::remove(script.c_str());
  return failed == 0 ? 0 : 1;
}
