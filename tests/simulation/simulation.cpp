// The world is made anew for every seed; only plugins and configuration are kept.
#include "tests/simulation/simulation.hpp"

#include <fmt/format.h>

#include "tests/simulation/shop.hpp"

namespace florin::simulation {

using namespace std::chrono_literals;

namespace {

class World {
 public:
  World(std::uint64_t seed, RunOptions options)
      : timeline_(seed, options.tells),
        weather_(timeline_),
        oracles_(timeline_, disk_),
        far_sides_(timeline_, weather_, oracles_, *Installation::get().plugins, *Installation::get().config),
        network_(timeline_, weather_, far_sides_, [this] { daemon_.moment(); }, options.doubling_network),
        daemon_(seed, timeline_, weather_, disk_, network_, oracles_, options.forgetful_store),
        shops_(timeline_, weather_, daemon_, far_sides_, oracles_) {}

  Outcome run(std::uint64_t seed);

 private:
  // Runs until `done` or the time is over; false: it is over, or a law is broken.
  bool run_until(Duration limit, const std::function<bool()>& done);
  bool safety_phase();
  bool liveness_phase();
  bool a_week_later();
  void settle_within(Duration limit, std::string_view law);

  Timeline timeline_;
  Weather weather_;
  Disk disk_;
  Oracles oracles_;
  FarSides far_sides_;
  Network network_;
  Daemon daemon_;
  Shops shops_;
};

bool World::run_until(Duration limit, const std::function<bool()>& done) {
  const Duration end = timeline_.now() + limit;
  while (timeline_.now() < end && !oracles_.failed()) {
    if (done()) return true;
    if (!timeline_.step()) break;
  }
  return false;
}

bool World::safety_phase() {
  const Duration length = timeline_.dice.pause(20s, 90s);
  // Some machines are idle, some are loaded.
  timeline_.stretch = timeline_.dice.pick(std::vector<Duration>{20ms, 100ms, 250ms});
  daemon_.start();
  shops_.open(timeline_.dice.between(4, 16), length - 10s);
  run_until(length, [] { return false; });
  return !oracles_.failed();
}

bool World::liveness_phase() {
  timeline_.note("the faults are over");
  weather_.clear();
  run_until(60s, [this] { return daemon_.is_ready(); });
  if (!daemon_.is_ready()) oracles_.violated("I10: the daemon does not start");
  timeline_.stretch = 20ms;
  run_until(5s, [] { return false; });
  for (const std::string merchant : {"porto", "kyoto"}) shops_.probe(merchant);
  run_until(30s, [] { return false; });
  // Nobody is in a hurry any more.
  timeline_.stretch = 2s;
  if (!run_until(20min, [this] { return shops_.at_work() == 0; }))
    oracles_.violated(fmt::format("I5: {} merchants' and providers' requests never came to an end", shops_.at_work()));
  // Who has paid and told nobody is asked for by then.
  run_until(12min, [] { return false; });
  settle_within(3h, "I6, I7");
  oracles_.compare();
  return !oracles_.failed();
}

// I7: nothing stays unknown; I6: whoever is to be told has been told.
void World::settle_within(Duration limit, std::string_view law) {
  timeline_.stretch = 5s;
  Duration next_look = timeline_.now();
  run_until(limit, [this, &next_look] {
    if (timeline_.now() < next_look) return false;
    next_look = timeline_.now() + 20s;
    return oracles_.unsettled().empty();
  });
  if (const std::string what = oracles_.unsettled(); !what.empty()) oracles_.violated(fmt::format("{}: {}", law, what));
}

// What nobody captured is given back and what no payer finished is canceled, whatever became of the process
// that took it.
bool World::a_week_later() {
  timeline_.stretch = 1h;
  run_until(std::chrono::hours(24 * 8), [] { return false; });
  settle_within(3h, "I7");
  const std::string held = disk_.look([](Session& session) {
    const auto row = session.one<std::tuple<std::string>>("select id from payments where status = 'requires_capture'");
    return row ? std::get<0>(*row) : std::string();
  });
  if (!held.empty()) oracles_.violated("I7: " + held + " is still held a week after nobody captured it");
  const std::string waiting = disk_.look([](Session& session) {
    const auto row = session.one<std::tuple<std::string>>("select id from payments where status = 'requires_action'");
    return row ? std::get<0>(*row) : std::string();
  });
  if (!waiting.empty()) oracles_.violated("I7: " + waiting + " still waits for its payer after a week");
  oracles_.compare();
  return !oracles_.failed();
}

Outcome World::run(std::uint64_t seed) {
  if (safety_phase() && liveness_phase()) a_week_later();
  Outcome outcome;
  outcome.seed = seed;
  outcome.digest = timeline_.digest();
  outcome.violations = oracles_.violations();
  outcome.steps = timeline_.steps();
  outcome.crashes = daemon_.crashes();
  outcome.payments = disk_.look([](Session& session) {
    return std::get<0>(*session.one<std::tuple<std::int64_t>>("select cast(count(*) as bigint) from payments"));
  });
  for (const auto& [plugin, books] : far_sides_.books()) outcome.movements += static_cast<std::int64_t>(books.entries().size());
  return outcome;
}

}  // namespace

Outcome run_seed(std::uint64_t seed, RunOptions options) { return World(seed, options).run(seed); }

}  // namespace florin::simulation
