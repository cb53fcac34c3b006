// Members are made in the order in which they are needed, so that they go in reverse.
#include "kernel/app/gateway.hpp"

#include "kernel/app/housekeeping.hpp"
#include "kernel/platform/logging/logging.hpp"
#include "kernel/platform/metrics/metrics.hpp"

namespace florin {

Gateway::Gateway(GatewayDoors doors, MerchantDirectory& merchants, std::shared_ptr<const AppConfig> config)
    : doors_(doors), merchants_(merchants) {
  auto& [store, executor, clock, random, http, mail, vault] = doors_;
  NodeOptions shared;
  shared.store_url = config->store.url;
  nodes_ = Nodes::make(store, executor, clock, random, std::move(shared));
  jobs_ = Jobs::make(store, executor, clock, random, [this] { return nodes_->me(); });
  keys_ = std::make_unique<ApiKeys>(store, clock, random);
  tokens_ = std::make_unique<CardTokens>(vault, clock, random);
  methods_ = std::make_unique<PaymentMethods>(store, clock, random, vault, *tokens_);
  counters_ = std::make_unique<RiskCounters>(store);
  risk_ = std::make_unique<Risk>(*counters_);
  routing_ = std::make_unique<Routing>(http, record_);
  carrier_ = std::make_unique<Carrier>(http, clock, *nodes_);
  payments_ = std::make_unique<PaymentService>(PaymentDoors{store, executor, clock, random, *jobs_, vault, *nodes_},
                                               merchants_, *tokens_, *methods_, *risk_, *routing_, record_, *carrier_);
  refunds_ = std::make_unique<RefundService>(*payments_);
  webhooks_out_ = std::make_unique<WebhooksOut>(WebhooksOut::Doors{store, executor, clock, random, *jobs_, vault, http},
                                                merchants_);
  webhooks_in_ = std::make_unique<WebhooksIn>(*payments_, *refunds_, http);
  notifications_ = std::make_unique<Notifications>(
      Notifications::Doors{store, executor, clock, random, *jobs_, vault, http, mail}, merchants_);
  live_backend_ = std::make_unique<AppLiveBackend>(store, *keys_, *payments_);
  live_ = LiveHub::make(executor, clock, *live_backend_, config->server.allowed_origins);
  wire_news();
  nodes_->on_death([this](Session& session, const std::string& node) {
    jobs_->release(session, node);
    payments_->take_over(session, node);
  });
  payments_->add_job_kinds();
  webhooks_out_->add_job_kinds();
  webhooks_in_->add_job_kinds();
  notifications_->add_job_kinds();
  jobs_->add_kind(housekeeping(store, clock, *tokens_));
  keys_->configure(std::move(config));
  add_api();
  add_routes();
}

Gateway::~Gateway() = default;

void Gateway::wire_news() {
  doors_.store.on_closing(store_events);
  doors_.store.on_committed([this](const std::vector<StagedEvent>& events) {
    if (events.empty()) return;
    live_->publish(events);
    webhooks_out_->wake();
    notifications_->wake();
  });
  keys_->on_ended([this](const std::string& key_id, std::string_view why) { live_->revoke(key_id, why); });
}

void Gateway::configure(const std::shared_ptr<const AppConfig>& config) {
  keys_->configure(config);
  counters_->forget_all();
}

void Gateway::add_api() {
  ApiServerOptions api;
  api.clock = &doors_.clock;
  api.authenticate = [this](const std::string& token) { return keys_->authenticate(token); };
  api.look_up = [this](std::string token) { return keys_->look_up(std::move(token)); };
  api.rate_of = [this](const Caller& caller) -> std::int64_t {
    const auto merchant = merchants_.find(caller.merchant);
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
}

Task<Result<Done>> Gateway::recover() {
  Task<Result<Done>> loading = keys_->load();
  if (const Result<Done> loaded = co_await loading; !loaded) co_return loaded.error();
  Task<Result<Done>> joining = nodes_->join();
  if (const Result<Done> joined = co_await joining; !joined) co_return joined.error();
  Task<Result<Done>> recovering = payments_->recover();
  if (const Result<Done> recovered = co_await recovering; !recovered) co_return recovered.error();
  Task<Result<Done>> keeping = start_housekeeping(doors_.store, *jobs_, doors_.clock);
  if (const Result<Done> kept = co_await keeping; !kept) co_return kept.error();
  nodes_->start();
  keys_->start(doors_.executor);
  payments_->start();
  webhooks_out_->start();
  notifications_->start();
  jobs_->start();
  co_return Done();
}

}  // namespace florin
