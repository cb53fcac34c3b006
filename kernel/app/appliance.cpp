// Everything is made here and nowhere else. Members are declared in the order in which they are needed, so
// that they go in reverse; stop() says in which order they are told to rest.
#include "kernel/app/appliance.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <florin/crypto.hpp>

#include "kernel/app/control.hpp"
#include "kernel/app/housekeeping.hpp"
#include "kernel/app/live_backend.hpp"
#include "kernel/app/ops_routes.hpp"
#include "kernel/app/paths.hpp"
#include "kernel/app/version.hpp"
#include "kernel/modules/api/openapi.hpp"
#include "kernel/modules/api/server.hpp"
#include "kernel/modules/cards/routes/routes.hpp"
#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/events/routes/routes.hpp"
#include "kernel/modules/ledger/routes/routes.hpp"
#include "kernel/modules/notifications/notifications.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/routes/routes.hpp"
#include "kernel/modules/providers/routes/routes.hpp"
#include "kernel/modules/refunds/routes/routes.hpp"
#include "kernel/modules/webhooks_in/webhooks_in.hpp"
#include "kernel/modules/webhooks_out/routes/routes.hpp"
#include "kernel/platform/config/reload.hpp"
#include "kernel/platform/config/vault_key.hpp"
#include "kernel/platform/logging/logging.hpp"
#include "kernel/platform/mail/smtp_mail.hpp"
#include "kernel/platform/metrics/metrics.hpp"
#include "kernel/platform/store/open.hpp"

namespace florin {

namespace {

Error config_error(const std::vector<ConfigFault>& faults) {
  std::string text;
  for (const ConfigFault& fault : faults) text += (text.empty() ? "" : "\n") + fault.text();
  return Error{Error::Kind::kInvalid, text, "invalid_configuration", ""};
}

std::map<std::string, Expansion> payment_expansions(PaymentService& payments, RefundService& refunds) {
  std::map<std::string, Expansion> all;
  all["attempts"] = [&payments](Session& session, const Payment& payment) {
    Json list = Json::array();
    for (const Attempt& attempt : payments.repository().attempts_of(session, payment.merchant, payment.id))
      list.push_back(render_attempt(attempt));
    return list;
  };
  const auto decisions = [](bool risk) {
    return [risk](Session& session, const Payment& payment) {
      Json list = Json::array();
      for (const Decision& decision : decisions_of(session, payment.merchant, payment.id))
        list.push_back(risk ? decision.risk : decision.routing);
      return list;
    };
  };
  all["risk"] = decisions(true);
  all["routing"] = decisions(false);
  all["refunds"] = [&refunds](Session& session, const Payment& payment) {
    Json list = Json::array();
    for (const Refund& refund : refunds.of_payment(session, payment.merchant, payment.id)) list.push_back(render_refund(refund));
    return list;
  };
  all["events"] = [](Session& session, const Payment& payment) {
    EventQuery query;
    query.payment_id = payment.id;
    Json list = Json::array();
    for (const StagedEvent& event : events_after(session, payment.merchant, query)) list.push_back(render_event(event));
    return list;
  };
  all["ledger"] = [](Session& session, const Payment& payment) {
    Json list = Json::array();
    for (const LedgerEntry& entry : entries_of_payment(session, payment.merchant, payment.id))
      list.push_back(render_ledger_entry(entry));
    return list;
  };
  return all;
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
  std::string url() const override {
    const AppConfig& now = *config_->current();
    if (!now.server.public_url.empty()) return now.server.public_url;
    return fmt::format("{}://localhost:{}", now.server.certificate_file.empty() ? "http" : "https", edge_->port());
  }
  std::vector<ConfigFault> reload() override { return config_->reload(); }
  void stop() override;

 private:
  Result<Done> configure(const ApplianceOptions& options);
  Result<Done> open_stores();
  void build();
  void add_routes();
  Result<Done> recover();
  Result<Done> open_edge();
  Json readiness();
  Result<Json> control(const std::string& command, const Json& arguments);

  bool stopped_ = false;
  std::unique_ptr<PluginHost> plugins_;
  std::unique_ptr<ConfigHolder> config_;
  std::unique_ptr<ThreadExecutor> executor_;
  std::unique_ptr<SystemClock> clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Jobs> jobs_;
  std::unique_ptr<MerchantDirectory> merchants_;
  std::unique_ptr<ApiKeys> keys_;
  std::unique_ptr<CardTokens> tokens_;
  std::unique_ptr<RiskCounters> counters_;
  std::unique_ptr<Risk> risk_;
  AccountRecord record_;
  std::unique_ptr<Routing> routing_;
  std::unique_ptr<Carrier> carrier_;
  std::unique_ptr<PaymentService> payments_;
  std::unique_ptr<RefundService> refunds_;
  std::unique_ptr<WebhooksOut> webhooks_out_;
  std::unique_ptr<WebhooksIn> webhooks_in_;
  std::unique_ptr<SmtpMail> mail_;
  std::unique_ptr<Notifications> notifications_;
  std::unique_ptr<AppLiveBackend> live_backend_;
  std::unique_ptr<LiveHub> live_;
  std::unique_ptr<ApiServer> api_;
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
  plugins_ = PluginHost::open(host);
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
  executor_ = std::make_unique<ThreadExecutor>();
  clock_ = std::make_unique<SystemClock>(*executor_);
  StoreOptions store;
  store.url = config.store.url;
  store.executor = executor_.get();
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
  Random& random = system_random();
  http_ = HttpClient::make(*executor_, *clock_, HttpClient::Options());
  jobs_ = Jobs::make(*store_, *executor_, *clock_, random);
  keys_ = std::make_unique<ApiKeys>(*store_, *clock_, random);
  tokens_ = std::make_unique<CardTokens>(*vault_, *clock_, random);
  counters_ = std::make_unique<RiskCounters>(*store_);
  risk_ = std::make_unique<Risk>(*counters_);
  routing_ = std::make_unique<Routing>(*http_, record_);
  carrier_ = std::make_unique<Carrier>(*http_, *clock_);
  payments_ = std::make_unique<PaymentService>(PaymentDoors{*store_, *executor_, *clock_, random, *jobs_, *vault_},
                                               *merchants_, *tokens_, *risk_, *routing_, record_, *carrier_);
  refunds_ = std::make_unique<RefundService>(*payments_);
  webhooks_out_ = std::make_unique<WebhooksOut>(
      WebhooksOut::Doors{*store_, *executor_, *clock_, random, *jobs_, *vault_, *http_}, *merchants_);
  webhooks_in_ = std::make_unique<WebhooksIn>(*payments_, *refunds_, *http_);
  mail_ = SmtpMail::make(*executor_, *clock_, SmtpMail::Options());
  notifications_ = std::make_unique<Notifications>(
      Notifications::Doors{*store_, *executor_, *clock_, random, *jobs_, *vault_, *http_, *mail_}, *merchants_);
  live_backend_ = std::make_unique<AppLiveBackend>(*store_, *keys_, *payments_);
  live_ = LiveHub::make(*executor_, *clock_, *live_backend_, config_->current()->server.allowed_origins);
  store_->on_closing(store_events);
  store_->on_committed([this](const std::vector<StagedEvent>& events) {
    if (events.empty()) return;
    live_->publish(events);
    webhooks_out_->wake();
    notifications_->wake();
  });
  keys_->on_revoked([this](const std::string& key_id) { live_->revoke(key_id); });
  payments_->add_job_kinds();
  webhooks_out_->add_job_kinds();
  webhooks_in_->add_job_kinds();
  notifications_->add_job_kinds();
  jobs_->add_kind(housekeeping(*store_, *clock_, *tokens_));

  keys_->configure(config_->current());
  config_->also_check([this](const ConfigHolder::Snapshot& next) { return MerchantDirectory(*plugins_).configure(next); });
  config_->subscribe([this](const ConfigHolder::Snapshot& next) {
    merchants_->configure(next);
    keys_->configure(next);
    counters_->forget_all();
  });

  ApiServerOptions api;
  api.clock = clock_.get();
  api.authenticate = [this](const std::string& token) { return keys_->authenticate(token); };
  api.rate_of = [this](const Caller& caller) -> std::int64_t {
    const auto merchant = merchants_->find(caller.merchant);
    return merchant ? merchant->config->requests_per_second : 0;
  };
  const Histogram took = metrics().histogram("florin_http_request_duration_seconds", "Time to answer API requests.");
  std::array<Counter, 5> by_class = {
      metrics().counter("florin_http_requests_total", "API requests answered.", {{"status", "1xx"}}),
      metrics().counter("florin_http_requests_total", "API requests answered.", {{"status", "2xx"}}),
      metrics().counter("florin_http_requests_total", "API requests answered.", {{"status", "3xx"}}),
      metrics().counter("florin_http_requests_total", "API requests answered.", {{"status", "4xx"}}),
      metrics().counter("florin_http_requests_total", "API requests answered.", {{"status", "5xx"}})};
  api.answered = [took, by_class](const ApiRoute&, const ApiAnswer& answer, Duration spent, const EdgeRequest& request) {
    took.observe(spent);
    by_class[static_cast<std::size_t>(std::clamp(answer.status / 100, 1, 5) - 1)].add();
    if (answer.status >= 500)
      log(LogLevel::kWarning, "answered with a failure",
          {{"request_id", request.request_id}, {"path", request.path}, {"status", std::to_string(answer.status)}});
  };
  api_ = std::make_unique<ApiServer>(std::move(api));
  add_routes();
}

void RunningAppliance::add_routes() {
  api_->add(create_payment_route(*payments_));
  api_->add(create_intent_route(*payments_));
  api_->add(confirm_payment_route(*payments_));
  api_->add(list_payments_route(*payments_));
  api_->add(show_payment_route(*payments_, payment_expansions(*payments_, *refunds_)));
  api_->add(capture_payment_route(*payments_));
  api_->add(cancel_payment_route(*payments_));
  api_->add(create_refund_route(*refunds_));
  api_->add(payer_return_route(*payments_));
  api_->add(create_token_route(*tokens_, *vault_, *store_, *clock_));
  api_->add(list_events_route(*store_));
  api_->add(list_balances_route(*store_));
  api_->add(list_ledger_entries_route(*store_));
  api_->add(list_providers_route(*merchants_, *http_, record_));
  for (ApiRoute& route : webhook_out_routes(*webhooks_out_)) api_->add(std::move(route));
  api_->add(receive_webhook_route(*webhooks_in_));
  for (ApiRoute& route : notification_routes(*notifications_)) api_->add(std::move(route));

  OpsParts ops;
  ops.keys = keys_.get();
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
  for (ApiRoute& route : ops_routes(std::move(ops))) api_->add(std::move(route));

  std::map<std::string, Json> schemas = payment_schemas();
  schemas.merge(refund_schemas());
  schemas.merge(event_schemas());
  schemas.merge(ledger_schemas());
  schemas.merge(provider_schemas());
  schemas.merge(webhook_out_schemas());
  schemas.merge(notification_schemas());
  openapi_ = openapi_document(api_->routes(), schemas, std::string(kFlorinVersion));
}

Result<Done> RunningAppliance::recover() {
  Task<Result<Done>> loading = keys_->load();
  if (auto loaded = loading.run(); !loaded) return loaded.error();
  Task<Result<Done>> recovering = payments_->recover();
  if (auto recovered = recovering.run(); !recovered) return recovered.error();
  Task<Result<Done>> keeping = start_housekeeping(*store_, *jobs_, *clock_);
  if (auto kept = keeping.run(); !kept) return kept.error();
  payments_->start();
  Task<Result<Done>> following = webhooks_out_->start();
  if (auto followed = following.run(); !followed) return followed.error();
  notifications_->start();
  jobs_->start();
  return Done();
}

Result<Done> RunningAppliance::open_edge() {
  const AppConfig& config = *config_->current();
  EdgeOptions edge;
  edge.addresses = config.server.addresses;
  edge.port = static_cast<std::uint16_t>(config.server.port);
  edge.certificate_file = config.server.certificate_file;
  edge.key_file = config.server.key_file;
  edge.limits = config.server.limits;
  edge.body_limit = [this](std::string_view method, std::string_view path) { return api_->router().body_limit(method, path); };
  FLORIN_TRY(opened, Edge::open(std::move(edge), *executor_, *clock_,
                                [this](const EdgeRequest& request) { return api_->router().answer(request); }, live_.get()));
  edge_ = std::move(opened);
  control_ = ControlSocket::open(state_file(config, "florind.sock"), [this](const std::string& command, const Json& arguments) {
    return control(command, arguments);
  });
  return Done();
}

Json RunningAppliance::readiness() {
  // A read that comes back shows that the store works; a store that hangs is found by the prober's own limit.
  return Json{{"ready", !stopped_},
              {"version", kFlorinVersion},
              {"store", store_->engine() == Engine::kSqlite ? "sqlite" : "postgresql"},
              {"merchants", merchants_->all().size()},
              {"subscribers", live_->subscribers()},
              {"tasks", executor_->running()}};
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
    const std::string merchant = text_at(arguments, "merchant");
    const bool for_operators = text_at(arguments, "kind") == "admin" && merchant.empty();
    if (!for_operators && !merchants_->find(merchant)) return Error{Error::Kind::kNotFound, "no such merchant: " + merchant};
    std::vector<std::string> scopes = {"*"};
    if (const Json* given = find(arguments, "scopes")) scopes = given->get<std::vector<std::string>>();
    const std::string wanted = text_at(arguments, "kind");
    const KeyKind kind = wanted == "admin" ? KeyKind::kAdmin : wanted == "publishable" ? KeyKind::kPublishable : KeyKind::kSecret;
    Task<Result<NewApiKey>> creating = keys_->create(merchant, kind, scopes, std::nullopt);
    const Result<NewApiKey> made = creating.run();
    if (!made) return made.error();
    // The one time that a key is shown: to its owner, over a socket that only the operator can open.
    return Json{{"id", made->key.id}, {"key", made->text.expose()}};
  }
  if (command == "key.revoke") {
    Task<Result<Done>> revoking = keys_->revoke(text_at(arguments, "merchant"), text_at(arguments, "id"));
    if (auto revoked = revoking.run(); !revoked) return revoked.error();
    return Json::object();
  }
  return Error{Error::Kind::kInvalid, "no such command: " + command};
}

void RunningAppliance::stop() {
  if (std::exchange(stopped_, true)) return;
  control_.reset();
  const auto limit = config_ ? config_->current()->server.drain : std::chrono::milliseconds(0);
  if (edge_ && !edge_->drain(limit)) spdlog::warn("requests were still under way after {} ms of draining", limit.count());
  if (jobs_) jobs_->stop();
  if (clock_) clock_->stop();
  if (http_) http_->stop();
  if (mail_) mail_->stop();
  // What is still under way ends now (its exchanges broke off) or is left to recovery.
  if (executor_ && !executor_->drain(std::chrono::seconds(5)))
    spdlog::warn("{} tasks were left to recovery", executor_->running());
  edge_.reset();
  store_.reset();
  if (executor_) executor_->stop();
}

}  // namespace

Result<std::unique_ptr<Appliance>> Appliance::start(ApplianceOptions options) { return RunningAppliance::start(options); }

}  // namespace florin
