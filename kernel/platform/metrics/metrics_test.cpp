// What is counted is shown, in the format that Prometheus reads and under names that its own linter accepts.
#include "kernel/platform/metrics/metrics.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <unistd.h>

namespace florin {
namespace {

using namespace std::chrono_literals;

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, ShowsCountersGaugesAndHistograms) {
  Metrics figures;
  const Counter taken =
      figures.counter("florin_payments_total", "Payments taken.", {{"status", "succeeded"}});
  taken.add();
  taken.add(41);
  const Gauge open = figures.gauge("florin_connections", "Open connections.");
  open.set(7);
  open.add(-2);
  figures.histogram("florin_request_seconds", "Time to answer.", {}, {10ms, 1s}).observe(500ms);
  const std::string text = figures.render();
  EXPECT_TRUE(has_line(text, "florin_payments_total{status=\"succeeded\"} 42")) << text;
  EXPECT_TRUE(has_line(text, "florin_connections 5")) << text;
  EXPECT_TRUE(has_line(text, "florin_request_seconds_bucket{le=\"0.01\"} 0")) << text;
  EXPECT_TRUE(has_line(text, "florin_request_seconds_bucket{le=\"1\"} 1")) << text;
  EXPECT_TRUE(has_line(text, "florin_request_seconds_sum 0.5")) << text;
  EXPECT_TRUE(has_line(text, "# HELP florin_connections Open connections.")) << text;
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameFigureAlsoAcrossThreads) {
  Metrics figures;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&figures] {
      const Counter counter = figures.counter("florin_things_total", "Things.", {{"kind", "a"}});
      for (int n = 0; n < 10'000; ++n) counter.add();
    });
  for (std::thread& thread : threads) thread.join();
  figures.counter("florin_things_total", "Things.", {{"kind", "b"}}).add();
  EXPECT_TRUE(has_line(figures.render(), "florin_things_total{kind=\"a\"} 40000"));
  EXPECT_TRUE(has_line(figures.render(), "florin_things_total{kind=\"b\"} 1"));
}

TEST(MetricsDeathTest, NamesThatPrometheusWouldFrownAtAreOurBug) {
  Metrics figures;
  figures.gauge("florin_depth", "Depth.");
  EXPECT_DEATH(figures.counter("florin_payments", "x"), "_total");
  EXPECT_DEATH(figures.gauge("florin_x_total", "x"), "_total");
  EXPECT_DEATH(figures.gauge("florinDepth", "x"), "snake_case");
  EXPECT_DEATH(figures.gauge("florin_other", ""), "says what");
  EXPECT_DEATH(figures.gauge("florin_other", "x", {{"le", "1"}}), "label");
  EXPECT_DEATH(figures.histogram("florin_depth", "x"), "one kind");
  EXPECT_DEATH(figures.histogram("florin_seconds", "x", {}, {1s, 1s}), "ascend");
}

TEST(Metrics, PassPromtoolsOwnCheck) {
  if (std::system("promtool --version >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "promtool (package prometheus) is not here";
  Metrics figures;
  figures.counter("florin_payments_total", "Payments taken.", {{"account", "a\"\\\n\xC3\xA9"}}).add(3);
  figures.gauge("florin_queue_bytes", "Bytes waiting.").set(-1);
  figures.histogram("florin_request_seconds", "Time to answer.", {{"route", "/payments/{id}"}}).observe(3ms);
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("florin-metrics-" + std::to_string(getpid()) + ".txt");
  std::ofstream(file) << figures.render();
  const int result = std::system(("promtool check metrics < " + file.string()).c_str());
  EXPECT_EQ(result, 0) << figures.render();
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace florin
