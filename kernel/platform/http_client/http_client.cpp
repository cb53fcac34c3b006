// Puts the parts together: a door looks at its route, takes a place in the lane, hands the job to an I/O
// thread and to the watchdog, waits without a thread, and writes down what was exchanged.
#include "kernel/platform/http_client/http_client.hpp"

#include <utility>

#include <Poco/Exception.h>
#include <Poco/Net/NetSSL.h>
#include <fmt/format.h>

#include "kernel/platform/http_client/carrier.hpp"
#include "kernel/platform/http_client/exchange_log.hpp"
#include "kernel/platform/http_client/lanes.hpp"
#include "kernel/platform/http_client/wire.hpp"
#include "kernel/platform/io/io_threads.hpp"
#include "kernel/platform/io/watchdog.hpp"

namespace florin {
namespace {

Error unreachable(std::string code, std::string message) {
  return Error{Error::Kind::kUnreachable, std::move(message), std::move(code), ""};
}

// The base URL that the route gives the request's host, with the request's path behind it.
Result<std::string> url_of(const Route& route, const HttpRequest& request) {
  const auto place = route.hosts.find(request.host);
  if (place == route.hosts.end())
    return unreachable("unknown_host", fmt::format("{} has no host named \"{}\"", route.key, request.host));
  if (!request.path.starts_with('/'))
    return unreachable("invalid_request", "the path does not begin with a slash");
  std::string base = place->second;
  while (base.ends_with('/')) base.pop_back();
  return base + request.path;
}

class Client final : public HttpClient {
 public:
  Client(Executor& executor, Clock& clock, Options options)
      : executor_(executor),
        clock_(clock),
        options_(std::move(options)),
        carrier_(options_.ca_file),
        lanes_(clock, options_.threads),
        threads_(options_.threads) {}
  ~Client() override { stop(); }

  std::unique_ptr<Http> door(Route route, std::vector<Exchange>* log) override;
  RouteHealth health(const std::string& key) const override { return lanes_.health(key); }

  void stop() override {
    watchdog_.stop();
    threads_.stop();
    carrier_.forget_connections();
  }

  // Both outlive the Task: a door awaits it where it is made.
  Task<Result<HttpResponse>> send(const Route& route, const HttpRequest& request,
                                  std::vector<Exchange>* log) {
    const Instant started = clock_.now();
    const Duration begun = clock_.monotonic();
    Result<HttpResponse> answer = co_await exchange(route, request);
    if (log != nullptr) log->push_back(describe(route, request, answer, started, clock_.monotonic() - begun));
    co_return answer;
  }

 private:
  Task<Result<HttpResponse>> exchange(const Route& route, const HttpRequest& request) {
    const Result<std::shared_ptr<HttpJob>> made = make_job(route, request);
    if (!made) co_return made.error();
    const Result<Done> entered = lanes_.enter(route);
    if (!entered) co_return entered.error();
    const std::shared_ptr<HttpJob> job = *made;
    const Duration begun = clock_.monotonic();
    const std::unique_ptr<Watchdog::Watch> watch = watchdog_.watch(job);
    start(route.key, job);
    Result<HttpResponse> answer = co_await job->done;
    lanes_.record(route.key, outcome(answer), clock_.monotonic() - begun);
    co_return answer;
  }

  Result<std::shared_ptr<HttpJob>> make_job(const Route& route, const HttpRequest& request) const {
    FLORIN_TRY(url, url_of(route, request));
    FLORIN_TRY(target, parse_target(url));
    FLORIN_TRY(wire, render_request(request, target));
    const auto limit = request.timeout.count() > 0 ? request.timeout : route.timeout;
    auto job = std::make_shared<HttpJob>(executor_, std::chrono::steady_clock::now() + limit);
    job->target = std::move(target);
    job->wire = std::move(wire);
    job->method = request.method;
    job->repeatable = request.repeatable;
    job->allow_private = route.allow_private;
    return job;
  }

  void start(const std::string& key, const std::shared_ptr<HttpJob>& job) {
    const bool taken = threads_.submit([this, key, job] {
      const Error late = unreachable("connect_timed_out", "no I/O thread came free in time");
      Result<HttpResponse> answer = job->is_over() ? Result<HttpResponse>(late) : carrier_.carry(*job);
      // First the place, then the answer: who was answered may send the next at once.
      lanes_.leave(key);
      job->finish(std::move(answer));
    });
    if (taken) return;
    lanes_.leave(key);
    job->finish(unreachable("no_thread", "the system gives no I/O thread, or we are stopping"));
  }

  static Lanes::Outcome outcome(const Result<HttpResponse>& answer) {
    if (answer) return answer->status >= 500 ? Lanes::Outcome::kFailed : Lanes::Outcome::kSucceeded;
    const std::string& code = answer.error().code;
    const bool ours = code == "address_refused" || code == "no_thread";
    return ours ? Lanes::Outcome::kNotCarried : Lanes::Outcome::kFailed;
  }

  Exchange describe(const Route& route, const HttpRequest& request, const Result<HttpResponse>& answer,
                    Instant started, Duration took) const {
    Exchange exchange;
    exchange.method = request.method;
    const Result<std::string> url = url_of(route, request);
    exchange.url = redact_url(url ? *url : request.path, options_.is_secret);
    exchange.headers = redact_headers(request.headers, options_.is_secret);
    exchange.request_body = redact_body(request.body, options_.is_secret);
    exchange.started = started;
    exchange.took = took;
    if (answer) {
      exchange.status = answer->status;
      exchange.response_body = redact_body(answer->body, options_.is_secret);
    } else {
      exchange.error = answer.error().message;
    }
    return exchange;
  }

  Executor& executor_;
  Clock& clock_;
  const Options options_;
  Carrier carrier_;
  Lanes lanes_;
  Watchdog watchdog_;
  IoThreads threads_;
};

class Door final : public Http {
 public:
  Door(Client& client, Route route, std::vector<Exchange>* log)
      : client_(client), route_(std::move(route)), log_(log) {}
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    return client_.send(route_, request, log_);
  }

 private:
  Client& client_;
  const Route route_;
  std::vector<Exchange>* const log_;
};

std::unique_ptr<Http> Client::door(Route route, std::vector<Exchange>* log) {
  return std::make_unique<Door>(*this, std::move(route), log);
}

}  // namespace

std::unique_ptr<HttpClient> HttpClient::make(Executor& executor, Clock& clock, Options options) {
  Poco::Net::initializeSSL();
  return std::make_unique<Client>(executor, clock, std::move(options));
}

}  // namespace florin
