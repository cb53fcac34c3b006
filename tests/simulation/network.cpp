// An exchange is an object of its own; only its answer needs the process that asked.
#include "tests/simulation/network.hpp"

namespace florin::simulation {

using namespace std::chrono_literals;

struct Network::Exchange {
  SimExecutor& process;
  Completion<Result<HttpResponse>>& told;  // In a frame of that process: untouched once it is dead.
  std::string account;
  HttpRequest request;
  std::string url;
  std::chrono::milliseconds limit;
  std::function<void()> left;
  Fate fate = Fate::kCarried;
  bool answered = false;
};

class Network::Wire final : public HttpWire {
 public:
  Wire(Network& network, SimExecutor& process) : network_(network), process_(process) {}
  Task<Result<HttpResponse>> carry(const Route& route, const HttpRequest& request, std::string url,
                                   std::chrono::milliseconds limit, std::function<void()> left) override {
    Completion<Result<HttpResponse>> told(process_);
    network_.depart(std::make_shared<Exchange>(
        Exchange{process_, told, route.key, request, std::move(url), limit, std::move(left)}));
    co_return co_await told;
  }
  void stop() override {}

 private:
  Network& network_;
  SimExecutor& process_;
};

std::unique_ptr<HttpWire> Network::wire(SimExecutor& process) { return std::make_unique<Wire>(*this, process); }

void Network::depart(const std::shared_ptr<Exchange>& exchange) {
  Dice& dice = timeline_.dice;
  const Fate fate = exchange->fate = weather_.fate_of(exchange->account);
  const std::string what = exchange->account + " " + exchange->request.method + " " + exchange->url;
  timeline_.note(fate == Fate::kCarried ? "leaves" : to_text(fate), what);
  far_sides_.depart(exchange->url, exchange->request);
  moment_();
  if (fate == Fate::kRefused)
    return answer(exchange, dice.pause(0us, 5ms), Error{Error::Kind::kUnreachable, "connection refused", "connect_failed", ""});
  if (fate == Fate::kUnavailable) return answer(exchange, dice.pause(1ms, 60ms), HttpResponse{503, {}, ""});
  answer(exchange, exchange->limit, Error{Error::Kind::kTimedOut, "no answer in time", "timed_out", ""});
  if (fate == Fate::kLost) return;
  // Plugins may take it that a request arrives within five seconds or never.
  const Duration takes = dice.chance(900) ? dice.pause(500us, 40ms) : dice.pause(40ms, 1500ms);
  timeline_.in(takes, [this, exchange] { arrive(exchange); });
}

void Network::arrive(const std::shared_ptr<Exchange>& exchange) {
  if (doubles_ && exchange->request.method == "POST") {
    HttpRequest double_one = exchange->request;
    for (const char* key : {"Idempotency-Key", "PayPal-Request-Id"})
      if (double_one.headers.contains(key)) double_one.headers[key] += "-double";
    far_sides_.arrive(exchange->url, double_one);
  }
  SandboxReply reply = far_sides_.arrive(exchange->url, exchange->request);
  moment_();
  HttpResponse response = std::move(reply.response);
  Duration back = Duration(reply.delay) + timeline_.dice.pause(500us, 40ms);
  switch (exchange->fate) {
    case Fate::kAnswerLost:
      return;
    case Fate::kBroken:
      return answer(exchange, back, Error{Error::Kind::kBroken, "the connection broke", "connection_broke", ""});
    case Fate::kUnavailableAfter:
      response = HttpResponse{503, {}, ""};
      break;
    case Fate::kGarbage:
      response.body = "<html><body>Bad gateway</body></html>";
      break;
    case Fate::kTruncated:
      response.body.resize(response.body.size() / 2);
      break;
    case Fate::kEmpty:
      response.body.clear();
      break;
    case Fate::kSlow:
      back += timeline_.dice.pause(500ms, 6s);
      break;
    default:
      break;
  }
  answer(exchange, back, std::move(response));
}

void Network::answer(const std::shared_ptr<Exchange>& exchange, Duration pause, Result<HttpResponse> answer) {
  timeline_.in(pause, [exchange, answer = std::move(answer)] {
    if (exchange->process.dead() || std::exchange(exchange->answered, true)) return;
    exchange->left();
    exchange->told.set(answer);
  });
}

}  // namespace florin::simulation
