// A process is all that a crash takes with it.
#include "tests/simulation/daemon.hpp"

#include <spdlog/spdlog.h>


namespace florin::simulation {

namespace {

// No merchant of the simulation sends mail.
class NoMail final : public Mail {
 public:
  Task<Result<Done>> send(const MailServer&, const MailMessage&) override {
    co_return Error{Error::Kind::kUnreachable, "the simulation has no mail", "", ""};
  }
};

}  // namespace

const Installation& Installation::get() {
  static const Installation installation = [] {
    spdlog::set_level(spdlog::level::off);
    Installation made;
    PluginHostOptions host;
    host.folder = FLORIN_BINARY_DIR "/plugins";
    host.sandboxes = true;
    made.plugins = PluginHost::open(host);
    const std::string folder = FLORIN_SOURCE_DIR "/tests/simulation/config";
    const ConfigOutcome outcome = load_config(folder, {}, *made.plugins);
    for (const ConfigFault& fault : outcome.faults) std::fprintf(stderr, "%s\n", fault.text().c_str());
    FLORIN_CHECK(outcome.config, "the simulation's configuration has no faults");
    made.config = outcome.config;
    return made;
  }();
  return installation;
}

struct Daemon::Process {
  Process(Daemon& daemon, std::uint64_t seed)
      : executor(std::make_unique<SimExecutor>(daemon.timeline_)),
        clock(daemon.timeline_, *executor),
        random(seed),
        store(daemon.timeline_, *executor, daemon.disk_, daemon.weather_,
              [&daemon](bool news) {
                if (news) daemon.oracles_.durable();
                daemon.moment();
              },
              daemon.forgetful_store_),
        merchants(*Installation::get().plugins) {
    const std::shared_ptr<const AppConfig>& config = Installation::get().config;
    http = make_http_client(daemon.network_.wire(*executor), clock, HttpClient::Options());
    vault = std::move(*Vault::make("sim", {{"sim", Secret(std::string(32, 'k'))}}, random));
    const auto faults = merchants.configure(config);
    FLORIN_CHECK(faults.empty(), "the simulation's merchants can be built");
    gateway = std::make_unique<Gateway>(GatewayDoors{store, *executor, clock, random, *http, mail, *vault}, merchants, config);
  }
  // Tasks go first: their frames hold what the rest owns.
  ~Process() {
    if (executor) executor->kill();
  }

  std::unique_ptr<SimExecutor> executor;
  SimClock clock;
  SimRandom random;
  SimStore store;
  NoMail mail;
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<Vault> vault;
  MerchantDirectory merchants;
  std::unique_ptr<Gateway> gateway;
  bool ready = false;
};

Daemon::Daemon(std::uint64_t seed, Timeline& timeline, Weather& weather, Disk& disk, Network& network, Oracles& oracles,
               bool forgetful_store)
    : seed_(seed),
      timeline_(timeline),
      weather_(weather),
      disk_(disk),
      network_(network),
      oracles_(oracles),
      forgetful_store_(forgetful_store) {}

Daemon::~Daemon() = default;

bool Daemon::is_ready() const { return process_ && process_->ready; }

namespace {
Task<void> recover(Gateway& gateway, bool& ready, Timeline& timeline, std::function<void()> failed) {
  Task<Result<Done>> recovering = gateway.recover();
  const Result<Done> recovered = co_await recovering;
  ready = recovered.has_value();
  timeline.note(ready ? "ready" : "does not start", ready ? "" : recovered.error().message);
  // As its supervisor would: once more.
  if (!ready) failed();
}

Task<void> serve(Gateway& gateway, EdgeRequest request, std::function<void(std::optional<EdgeResponse>)> answer) {
  Task<EdgeResponse> answering = gateway.answer(request);
  EdgeResponse response = co_await answering;
  answer(std::move(response));
}
}  // namespace

void Daemon::start() {
  timeline_.note("starts");
  process_ = std::make_unique<Process>(*this, seed_ * 1000 + static_cast<std::uint64_t>(++starts_));
  process_->executor->spawn("recover", recover(*process_->gateway, process_->ready, timeline_, [this] { crash_soon(); }));
}

void Daemon::crash_soon() {
  if (std::exchange(dying_, true)) return;
  timeline_.next([this] { crash(); });
}

void Daemon::crash() {
  timeline_.note("crashes");
  ++crashes_;
  process_->executor->kill();
  dead_.push_back(std::move(process_->executor));
  process_.reset();
  dying_ = false;
  timeline_.in(weather_.down_for(), [this] { start(); });
}

void Daemon::arrive(EdgeRequest request, std::function<void(std::optional<EdgeResponse>)> answer) {
  if (!is_ready()) return answer(std::nullopt);
  moment();
  process_->executor->spawn("request", serve(*process_->gateway, std::move(request), std::move(answer)));
}

}  // namespace florin::simulation
