// Puts the parts together: a door looks at its route, takes a place in the lane, hands the request to the
// wire and writes down what was exchanged.
#include "kernel/platform/http_client/http_client.hpp"

#include <utility>

#include <Poco/Exception.h>
#include <Poco/Net/NetSSL.h>
#include <fmt/format.h>

#include "kernel/platform/http_client/exchange_log.hpp"
#include "kernel/platform/http_client/lanes.hpp"
#include "kernel/platform/http_client/thread_wire.hpp"

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
  Client(std::unique_ptr<HttpWire> wire, Clock& clock, Options options)
      : clock_(clock), options_(std::move(options)), lanes_(clock, options_.threads), wire_(std::move(wire)) {}
  ~Client() override { stop(); }

  std::unique_ptr<Http> door(Route route, std::vector<Exchange>* log) override;
  RouteHealth health(const std::string& key) const override { return lanes_.health(key); }

  void stop() override { wire_->stop(); }

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
    const Result<std::string> url = url_of(route, request);
    if (!url) co_return url.error();
    const Result<Done> entered = lanes_.enter(route);
    if (!entered) co_return entered.error();
    const Duration begun = clock_.monotonic();
    const auto limit = request.timeout.count() > 0 ? request.timeout : route.timeout;
    std::function<void()> left = [this, key = route.key] { lanes_.leave(key); };
    Task<Result<HttpResponse>> carrying = wire_->carry(route, request, *url, limit, std::move(left));
    Result<HttpResponse> answer = co_await carrying;
    lanes_.record(route.key, outcome(answer), clock_.monotonic() - begun);
    co_return answer;
  }

  static Lanes::Outcome outcome(const Result<HttpResponse>& answer) {
    if (answer) return answer->status >= 500 ? Lanes::Outcome::kFailed : Lanes::Outcome::kSucceeded;
    const std::string& code = answer.error().code;
    const bool ours = code == "address_refused" || code == "no_thread" || code == "invalid_url" || code == "invalid_request";
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

  Clock& clock_;
  const Options options_;
  Lanes lanes_;
  const std::unique_ptr<HttpWire> wire_;  // Last: what it carries still leaves its lane.
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
  auto wire = std::make_unique<ThreadWire>(executor, options.ca_file, options.threads);
  return make_http_client(std::move(wire), clock, std::move(options));
}

std::unique_ptr<HttpClient> make_http_client(std::unique_ptr<HttpWire> wire, Clock& clock, HttpClient::Options options) {
  return std::make_unique<Client>(std::move(wire), clock, std::move(options));
}

}  // namespace florin
