// One request: faults drawn, the sandbox asked (or not), the answer given (or spoilt), webhooks on their way.
#include "kernel/app/sandbox_host/sandbox_host.hpp"

#include <atomic>
#include <utility>

#include <fmt/format.h>

#include "kernel/app/sandbox_host/books_file.hpp"
#include "kernel/app/sandbox_host/books_json.hpp"
#include "kernel/app/sandbox_host/control.hpp"
#include "kernel/app/sandbox_host/spoil.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {
namespace {

constexpr std::chrono::seconds kSilence{60};
// Held answers look this often whether the host is stopping.
constexpr std::chrono::milliseconds kGlance{100};

std::unique_ptr<HttpClient> make_client(Executor& executor, Clock& clock, const std::string& ca_file) {
  HttpClient::Options options;
  options.ca_file = ca_file;
  return HttpClient::make(executor, clock, std::move(options));
}

// The request as the provider would have received it: without the sandbox's own part of the path.
HttpRequest without_prefix(const EdgeRequest& request, std::size_t prefix) {
  HttpRequest asked;
  asked.method = request.method;
  asked.path = request.path.substr(prefix);
  if (asked.path.empty()) asked.path = "/";
  const std::size_t query = request.target.find('?');
  if (query != std::string::npos) asked.path += request.target.substr(query);
  asked.headers = request.headers;
  asked.body = request.body;
  return asked;
}

class Host final : public SandboxHost {
 public:
  Host(SandboxHostOptions options, Executor& executor, Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        client_(make_client(executor, clock, options_.ca_file)),
        webhooks_(executor, *client_),
        desk_(webhooks_) {}
  ~Host() override { stop(); }

  Result<Done> begin(std::vector<HostedSandbox> sandboxes, Executor& executor);
  std::uint16_t port() const override { return edge_->port(); }
  void stop() override;

 private:
  // Counts the answers under way: they refer to the host.
  struct Presence {
    explicit Presence(std::atomic<int>& count) : count_(count) { ++count_; }
    ~Presence() { --count_; }
    std::atomic<int>& count_;
  };

  Task<EdgeResponse> serve(const EdgeRequest& request);
  Task<EdgeResponse> ask(Shelf& shelf, HttpRequest request);
  Task<void> wait(Duration pause);
  std::vector<Fault> draw(const Shelf& shelf, const HttpRequest& request);
  void send_off(std::vector<SandboxWebhook> webhooks, const std::vector<Fault>& faults);
  Result<Done> restore();

  const SandboxHostOptions options_;
  Clock& clock_;
  const std::unique_ptr<HttpClient> client_;
  WebhookQueue webhooks_;
  SandboxDesk desk_;
  std::string public_url_;
  std::unique_ptr<BooksFile> file_;
  std::unique_ptr<Edge> edge_;
  std::atomic<bool> ready_{false}, stopping_{false};
  std::atomic<int> present_{0};
  std::atomic<unsigned> reordered_{0};
};

Result<Done> Host::begin(std::vector<HostedSandbox> sandboxes, Executor& executor) {
  for (HostedSandbox& sandbox : sandboxes)
    desk_.shelves.push_back(std::make_unique<Shelf>(std::move(sandbox)));
  FLORIN_TRY(restored, restore());
  static_cast<void>(restored);
  EdgeOptions edge;
  edge.port = options_.port;
  edge.limits.connections_per_address = 0;  // Everyone comes from this machine.
  FLORIN_TRY(opened, Edge::open(
                         edge, executor, clock_,
                         [this](const EdgeRequest& request) { return serve(request); }, nullptr));
  edge_ = std::move(opened);
  public_url_ =
      options_.public_url.empty() ? fmt::format("http://localhost:{}", edge_->port()) : options_.public_url;
  ready_ = true;
  return Done{};
}

Result<Done> Host::restore() {
  if (options_.books_file.empty()) return Done{};
  FLORIN_TRY(saved, BooksFile::read(options_.books_file));
  for (const auto& shelf : desk_.shelves) {
    if (!saved.contains(shelf->name())) continue;
    FLORIN_TRY(books, load_books(saved[shelf->name()]));
    shelf->restore(std::move(books));
  }
  file_ = std::make_unique<BooksFile>(options_.books_file, [this] {
    Json all = Json::object();
    for (const auto& shelf : desk_.shelves) all[shelf->name()] = shelf->save();
    return all;
  });
  return Done{};
}

void Host::stop() {
  if (stopping_.exchange(true)) return;
  if (edge_) edge_->drain(std::chrono::seconds(2));
  client_->stop();
  webhooks_.stop();
  edge_.reset();
  while (present_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (file_) file_->stop();
}

Task<EdgeResponse> Host::serve(const EdgeRequest& request) {
  const Presence here(present_);
  if (!ready_)
    co_return control_problem(503, Error{Error::Kind::kUnavailable, "starting; try again", "starting", ""});
  if (request.path == "/") co_return answer_page(desk_);
  if (request.path.starts_with("/_control/")) co_return answer_control(desk_, request);
  const std::size_t end = request.path.find('/', 1);
  Shelf* shelf =
      desk_.shelf(std::string_view(request.path).substr(1, end == std::string::npos ? end : end - 1));
  if (shelf == nullptr)
    co_return control_problem(
        404, Error{Error::Kind::kNotFound, "no sandbox is served here; see /", "not_found", ""});
  Task<EdgeResponse> asking = ask(*shelf, without_prefix(request, shelf->name().size() + 1));
  co_return co_await asking;
}

Task<EdgeResponse> Host::ask(Shelf& shelf, HttpRequest request) {
  const std::vector<Fault> faults = draw(shelf, request);
  const Fault* spoiler = answer_fault(faults);
  SandboxReply reply;
  if (spoiler == nullptr || lets_act(spoiler->mode)) {
    reply = shelf.handle(request, public_url_ + "/" + shelf.name(), clock_.now());
    send_off(std::move(reply.webhooks), faults);
    if (file_) file_->changed();
  }
  const EdgeResponse response = spoiler == nullptr ? whole(reply.response) : spoilt(*spoiler, reply.response);
  desk_.requests.add(shelf.name(), request, response.raw ? 0 : response.status,
                     spoiler == nullptr ? "" : to_text(spoiler->mode), clock_.now());
  Duration pause = reply.delay;
  if (spoiler != nullptr && spoiler->mode == Fault::Mode::kSlow) pause += spoiler->delay;
  if (spoiler != nullptr && is_silent(spoiler->mode)) pause = kSilence;
  Task<void> waiting = wait(pause);
  co_await waiting;
  co_return response;
}

Task<void> Host::wait(Duration pause) {
  const Duration until = clock_.monotonic() + pause;
  for (Duration now = clock_.monotonic(); now < until && !stopping_; now = clock_.monotonic()) {
    Task<void> glance = clock_.sleep(std::min<Duration>(until - now, kGlance));
    co_await glance;
  }
}

std::vector<Fault> Host::draw(const Shelf& shelf, const HttpRequest& request) {
  const std::lock_guard lock(desk_.faults_mutex);
  return desk_.faults.draw(shelf.name(), request.method, request.path, system_random());
}

void Host::send_off(std::vector<SandboxWebhook> webhooks, const std::vector<Fault>& faults) {
  for (SandboxWebhook& webhook : webhooks) {
    if (webhook.url.empty()) continue;
    bool dropped = false, doubled = false;
    for (const Fault& fault : faults) {
      dropped = dropped || fault.mode == Fault::Mode::kDropWebhooks;
      doubled = doubled || fault.mode == Fault::Mode::kDuplicateWebhooks;
      if (fault.mode == Fault::Mode::kReorderWebhooks && reordered_++ % 2 == 0) webhook.delay += fault.delay;
    }
    if (dropped) continue;
    if (doubled) webhooks_.add(webhook);
    webhooks_.add(std::move(webhook));
  }
}

}  // namespace

Result<std::unique_ptr<SandboxHost>> SandboxHost::open(SandboxHostOptions options,
                                                       std::vector<HostedSandbox> sandboxes,
                                                       Executor& executor, Clock& clock) {
  auto host = std::make_unique<Host>(std::move(options), executor, clock);
  FLORIN_TRY(begun, host->begin(std::move(sandboxes), executor));
  static_cast<void>(begun);
  return std::unique_ptr<SandboxHost>(std::move(host));
}

}  // namespace florin
