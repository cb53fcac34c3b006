// Figures for Prometheus: counters, gauges and histograms, made once with their labels, then bumped without
// a look-up. Names are "florin_...", base units (seconds, bytes), counters end in "_total".
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <florin/time.hpp>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace florin {

// Handles are small values, safe from any thread, and good for as long as their Metrics.
class Counter {
 public:
  void add(std::int64_t count = 1) const;  // count >= 0

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  void set(std::int64_t value) const;
  void add(std::int64_t change) const;

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  prometheus::Gauge* gauge_;
};

// Of durations; shown in seconds.
class Histogram {
 public:
  void observe(Duration took) const;

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  prometheus::Histogram* histogram_;
};

class Metrics {
 public:
  // Label values are few and ours (a status, an account's name), never what a request brought along: each
  // makes a time series for good.
  using Labels = std::map<std::string, std::string>;

  Metrics();
  ~Metrics();

  // The same name and labels give the same figure. A name keeps the kind and the help it was made with first;
  // one that Prometheus' conventions refuse is our bug.
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // `bounds` are the buckets' upper ends, ascending; empty: from 1 ms to 30 s.
  Histogram histogram(const std::string& name, const std::string& help, const Labels& labels = {},
                      const std::vector<Duration>& bounds = {});

  // The text exposition format, version 0.0.4: "text/plain; version=0.0.4; charset=utf-8".
  std::string render() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The process's own, which /metrics shows.
Metrics& metrics();

}  // namespace florin
