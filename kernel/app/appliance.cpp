// Everything is made here and nowhere else. Members are declared in the order in which they are needed, so
// that they go in reverse; stop() says in which order they are told to rest.
#include "kernel/app/appliance.hpp"

#include <atomic>

#include <spdlog/spdlog.h>

#include <florin/crypto.hpp>

#include "kernel/app/control.hpp"
#include "kernel/app/gateway.hpp"
#include "kernel/app/key_commands.hpp"
#include "kernel/app/ops_routes.hpp"
#include "kernel/app/paths.hpp"
#include "kernel/app/version.hpp"
#include "kernel/platform/config/reload.hpp"
#include "kernel/platform/config/vault_key.hpp"
#include "kernel/platform/logging/logging.hpp"
#include "kernel/platform/mail/smtp_mail.hpp"
#include "kernel/platform/metrics/metrics.hpp"
#include "kernel/platform/plugin_host/watched.hpp"
#include "kernel/platform/store/open.hpp"

namespace florin {

namespace {

Error config_error(const std::vector<ConfigFault>& faults) {
  std::string text;
  for (const ConfigFault& fault : faults) text += (text.empty() ? "" : "\n") + fault.text();
  return Error{Error::Kind::kInvalid, text, "invalid_configuration", ""};
}

class RunningAppliance final : public Appliance {
 public:
  static Result<std::unique_ptr<Appliance>> start(const ApplianceOptions& options) {
    auto made = std::make_unique<RunningAppliance>();
    if (auto done = made->configure(options); !done) return done.error();
    if (auto done = made->open_stores(); !done) return done.error();
    made->build();
    if (auto done = made->recover(); !done) return done.error();
    if (auto done = made->open_edge(); !done) return done.error();
    return std::unique_ptr<Appliance>(std::move(made));
  }
  ~RunningAppliance() override { stop(); }

  std::uint16_t port() const override { return edge_->port(); }
  std::string url() const override { return merchants_->base_url(); }
  std::vector<ConfigFault> reload() override { return config_->reload(); }
  void stop() override;

 private:
  Result<Done> configure(const ApplianceOptions& options);
  Result<Done> open_stores();
  void build();
  void add_ops_routes();
  Result<Done> recover();
  void leave();
  Result<Done> open_edge();
  Task<Json> readiness();
  Task<Result<Done>> probe_writer();
  Result<Json> control(const std::string& command, const Json& arguments);

  std::atomic<bool> stopped_ = false;  // Whoever asks for readiness does so on a thread of their own.
  std::unique_ptr<ThreadExecutor> executor_;
  std::unique_ptr<PluginHost> plugins_;
  std::unique_ptr<ConfigHolder> config_;
  std::unique_ptr<SystemClock> clock_;
  WriterHealth writer_health_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<SmtpMail> mail_;
  std::unique_ptr<MerchantDirectory> merchants_;
  std::unique_ptr<Gateway> gateway_;
  Json openapi_;
  std::unique_ptr<Edge> edge_;
  std::unique_ptr<ControlSocket> control_;
};

Result<Done> RunningAppliance::configure(const ApplianceOptions& options) {
  const ConfigOutcome bare = load_bare_config(options.directory, options.overrides);
  if (!bare.config) return config_error(bare.faults);
  if (auto logging = start_logging(bare.config->log_level); !logging) return logging.error();
  PluginHostOptions host;
  host.folder = plugins_folder(*bare.config);
  host.state_file = state_file(*bare.config, "plugins.state");
  executor_ = std::make_unique<ThreadExecutor>();
  plugins_ = open_watched_plugins(host, *executor_);
  for (const PluginStatus& plugin : plugins_->statuses())
    if (plugin.state != PluginStatus::State::kLoaded) spdlog::warn("plugin not loaded: {}", plugin.why);
  const ConfigOutcome full = load_config(options.directory, options.overrides, *plugins_);
  if (!full.config) return config_error(full.faults);
  FLORIN_TRY(config, ensure_vault_key(full.config, system_random()));
  config_ = std::make_unique<ConfigHolder>(config, options.overrides, *plugins_, system_random());
  merchants_ = std::make_unique<MerchantDirectory>(*plugins_);
  if (const auto faults = merchants_->configure(config); !faults.empty()) return config_error(faults);
  return Done();
}

Result<Done> RunningAppliance::open_stores() {
  const AppConfig& config = *config_->current();
  clock_ = std::make_unique<SystemClock>(*executor_);
  StoreOptions store;
  store.url = config.store.url;
  store.executor = executor_.get();
  store.health = &writer_health_;
  store.readers = static_cast<int>(config.store.readers);
  FLORIN_TRY(opened, open_store(store));
  store_ = std::move(opened);
  std::map<std::string, Secret> keys = config.vault_old_keys;
  keys[config.vault_key_id] = config.vault_key;
  for (auto& [id, key] : keys) {
    FLORIN_TRY(bytes, from_base64(key.expose()));
    key = Secret(bytes);
  }
  FLORIN_TRY(vault, Vault::make(config.vault_key_id, std::move(keys), system_random()));
  vault_ = std::move(vault);
  return Done();
}

void RunningAppliance::build() {
  http_ = HttpClient::make(*executor_, *clock_, HttpClient::Options());
  mail_ = SmtpMail::make(*executor_, *clock_, SmtpMail::Options());
  gateway_ = std::make_unique<Gateway>(
      GatewayDoors{*store_, *executor_, *clock_, system_random(), *http_, *mail_, *vault_}, *merchants_, config_->current());
  config_->also_check([this](const ConfigHolder::Snapshot& next) { return MerchantDirectory(*plugins_).configure(next); });
  config_->subscribe([this](const ConfigHolder::Snapshot& next) {
    merchants_->configure(next);
    gateway_->configure(next);
  });
  add_ops_routes();
}

void RunningAppliance::add_ops_routes() {
  OpsParts ops;
  ops.keys = &gateway_->keys();
  ops.plugins = plugins_.get();
  ops.readiness = [this] { return readiness(); };
  ops.openapi = [this] { return openapi_; };
  ops.before_metrics = [this] {
    const Edge::Counts counts = edge_->counts();
    metrics().gauge("florin_connections", "Open connections.").set(counts.connections);
    metrics().gauge("florin_websocket_connections", "Open WebSocket connections.").set(counts.websockets);
    metrics().gauge("florin_tasks", "Tasks under way.").set(executor_->running());
    for (const PluginStatus& plugin : plugins_->statuses())
      metrics()
          .gauge("florin_plugin_exceptions", "Exceptions that a plugin let out.", {{"plugin", plugin.name}})
          .set(plugin.exceptions);
  };
  for (ApiRoute& route : ops_routes(std::move(ops))) gateway_->api().add(std::move(route));
  openapi_ = gateway_->describe();
}

Result<Done> RunningAppliance::recover() {
  Task<Result<Done>> recovering = gateway_->recover();
  return recovering.run();
}

Result<Done> RunningAppliance::open_edge() {
  const AppConfig& config = *config_->current();
  EdgeOptions edge;
  edge.addresses = config.server.addresses;
  edge.port = static_cast<std::uint16_t>(config.server.port);
  edge.certificate_file = config.server.certificate_file;
  edge.key_file = config.server.key_file;
  edge.limits = config.server.limits;
  edge.body_limit = [this](std::string_view method, std::string_view path) { return gateway_->api().router().body_limit(method, path); };
  edge.urgency = [this](std::string_view method, std::string_view path) { return gateway_->api().router().urgency(method, path); };
  edge.backlog = [this] { return waiting_in(*store_); };
  FLORIN_TRY(opened, Edge::open(std::move(edge), *executor_, *clock_,
                                [this](const EdgeRequest& request) { return gateway_->answer(request); }, &gateway_->live()));
  edge_ = std::move(opened);
  merchants_->listening_on(edge_->port());
  control_ = ControlSocket::open(state_file(config, "florind.sock"), [this](const std::string& command, const Json& arguments) {
    return control(command, arguments);
  });
  return Done();
}

// A unit that changes nothing costs the disk nothing. Only when the last change did not arrive, and nobody may come to
// make another because we are not ready, does the probe make one: then it is what finds out that all is well again.
Task<Result<Done>> RunningAppliance::probe_writer() {
  const bool troubled = writer_health_.trouble().has_value();
  auto unit = [troubled](Session& session) -> Result<Done> {
    // A row that no merchant can have, gone again: SQLite writes nothing for an update to what is there.
    if (troubled) {
      session.execute("insert into event_counters (merchant, value) values ('.probe', 0) on conflict do nothing");
      session.execute("delete from event_counters where merchant = '.probe'");
    }
    return Done();
  };
  Task<Result<Done>> writing = store_->write(unit);
  co_return co_await writing;
}

Task<Json> RunningAppliance::readiness() {
  // What comes back shows that the store reads and takes work; a store that hangs is found by the prober's own limit.
  auto query = [](Session& session) -> Result<bool> {
    return session.one<std::tuple<std::int64_t>>("select count(*) from event_counters where merchant = ''").has_value();
  };
  Task<Result<bool>> reading = store_->read(query);
  const Result<bool> read = co_await reading;
  Task<Result<Done>> probing = probe_writer();
  const Result<Done> written = co_await probing;
  Json state{{"ready", !stopped_ && read.has_value() && written.has_value()},
             {"version", kFlorinVersion},
             {"store", store_->engine() == Engine::kSqlite ? "sqlite" : "postgresql"},
             {"merchants", merchants_->all().size()},
             {"subscribers", gateway_->live().subscribers()},
             {"tasks", executor_->running()}};
  if (!written) state["store_error"] = written.error().message;
  if (!read) state["store_error"] = read.error().message;
  co_return state;
}

Result<Json> RunningAppliance::control(const std::string& command, const Json& arguments) {
  if (command == "reload") {
    Json faults = Json::array();
    for (const ConfigFault& fault : reload()) faults.push_back(fault.text());
    return Json{{"faults", faults}};
  }
  if (command == "plugin.list") {
    Json list = Json::array();
    for (const PluginStatus& plugin : plugins_->statuses()) list.push_back(render_plugin(plugin));
    return list;
  }
  if (command == "plugin.lift") {
    if (auto lifted = plugins_->lift_quarantine(text_at(arguments, "name")); !lifted) return lifted.error();
    return Json::object();
  }
  if (command == "key.create") {
    std::set<std::string> scopes;
    for (const auto& route : gateway_->api().routes()) scopes.insert(route->scope);
    scopes.erase("");
    return create_api_key(gateway_->keys(), *merchants_, scopes, clock_->now(), arguments);
  }
  if (command == "key.rotate") return rotate_api_key(gateway_->keys(), arguments);
  if (command == "key.revoke") return revoke_api_key(gateway_->keys(), arguments);
  if (command == "vault.rotate") return rotate_vault(*store_, *vault_);
  return Error{Error::Kind::kInvalid, "no such command: " + command};
}

// What is left has nobody any more: the other nodes, or the next start, need not find that out.
void RunningAppliance::leave() {
  if (!gateway_) return;
  Task<Result<Done>> leaving = gateway_->leave();
  if (const auto left = leaving.run(); !left) spdlog::warn("this node could not be signed off: {}", left.error().message);
}

void RunningAppliance::stop() {
  if (stopped_.exchange(true)) return;
  control_.reset();
  const auto limit = config_ ? config_->current()->server.drain : std::chrono::milliseconds(0);
  if (edge_ && !edge_->drain(limit)) spdlog::warn("requests were still under way after {} ms of draining", limit.count());
  if (gateway_) gateway_->stop_jobs();
  if (clock_) clock_->stop();
  if (http_) http_->stop();
  if (mail_) mail_->stop();
  // What is still under way ends now (its exchanges broke off) or is left to recovery.
  if (executor_ && !executor_->drain(std::chrono::seconds(5)))
    spdlog::warn("{} tasks were left to recovery", executor_->running());
  leave();
  edge_.reset();
  store_.reset();
  if (executor_) executor_->stop();
}

}  // namespace

Result<std::unique_ptr<Appliance>> Appliance::start(ApplianceOptions options) { return RunningAppliance::start(options); }

}  // namespace florin
