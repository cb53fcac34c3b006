// The facade over prometheus-cpp, which counts in floating point: exact up to 2^53, and no money is here.
#include "kernel/platform/metrics/metrics.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <florin/check.hpp>

namespace florin {
namespace {

// prometheus-cpp's own number.
using Number = prometheus::Histogram::BucketBoundaries::value_type;
using Seconds = std::chrono::duration<Number>;

bool is_name(const std::string& name) {
  return std::ranges::all_of(name, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
  });
}

// What `promtool check metrics` holds against names, where it is cheapest to mend.
void check_name(const std::string& name, const std::string& help, const Metrics::Labels& labels,
                bool counts) {
  FLORIN_CHECK(name.starts_with("florin_") && is_name(name), "a metric is called florin_..., in snake_case");
  FLORIN_CHECK(name.ends_with("_total") == counts, "a counter, and nothing else, ends in _total");
  FLORIN_CHECK(!help.empty(), "a metric says what it counts");
  for (const auto& [label, value] : labels)
    FLORIN_CHECK(is_name(label) && !label.empty() && !label.starts_with("__") && label != "le" &&
                     label != "quantile" && (label[0] < '0' || label[0] > '9'),
                 "a label's name is snake_case and not one of Prometheus' own");
}

prometheus::Histogram::BucketBoundaries boundaries(const std::vector<Duration>& bounds) {
  using namespace std::chrono_literals;
  static const std::vector<Duration> kUsual = {1ms,   2500us, 5ms, 10ms,   25ms, 50ms, 100ms,
                                               250ms, 500ms,  1s,  2500ms, 5s,   10s,  30s};
  prometheus::Histogram::BucketBoundaries ends;
  for (const Duration bound : bounds.empty() ? kUsual : bounds) ends.push_back(Seconds(bound).count());
  FLORIN_CHECK(std::ranges::adjacent_find(ends, std::greater_equal<>()) == ends.end(), "buckets ascend");
  return ends;
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, prometheus::Family<prometheus::Counter>*> counters;
  std::map<std::string, prometheus::Family<prometheus::Gauge>*> gauges;
  std::map<std::string, prometheus::Family<prometheus::Histogram>*> histograms;

  // The family of this name; prometheus-cpp would refuse a second one by an exception.
  template <class Kind, class Builder>
  Kind& family(std::map<std::string, Kind*>& known, Builder&& builder, const std::string& name,
               const std::string& help) {
    Kind*& found = known[name];
    if (found == nullptr) {
      FLORIN_CHECK(counters.count(name) + gauges.count(name) + histograms.count(name) == 1,
                   "one name is one kind of metric");
      found = &builder.Name(name).Help(help).Register(registry);
    }
    return *found;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  check_name(name, help, labels, true);
  const std::lock_guard lock(state_->mutex);
  return Counter(state_->family(state_->counters, prometheus::BuildCounter(), name, help).Add(labels));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  check_name(name, help, labels, false);
  const std::lock_guard lock(state_->mutex);
  return Gauge(state_->family(state_->gauges, prometheus::BuildGauge(), name, help).Add(labels));
}

Histogram Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                             const std::vector<Duration>& bounds) {
  check_name(name, help, labels, false);
  const std::lock_guard lock(state_->mutex);
  return Histogram(state_->family(state_->histograms, prometheus::BuildHistogram(), name, help)
                       .Add(labels, boundaries(bounds)));
}

std::string Metrics::render() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

void Counter::add(std::int64_t count) const {
  FLORIN_CHECK(count >= 0, "a counter only goes up");
  counter_->Increment(static_cast<Number>(count));
}
void Gauge::set(std::int64_t value) const { gauge_->Set(static_cast<Number>(value)); }
void Gauge::add(std::int64_t change) const { gauge_->Increment(static_cast<Number>(change)); }
void Histogram::observe(Duration took) const { histogram_->Observe(Seconds(took).count()); }

Metrics& metrics() {
  static Metrics all;
  return all;
}

}  // namespace florin
