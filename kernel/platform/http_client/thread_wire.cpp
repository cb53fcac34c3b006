// Hands the job to an I/O thread and to the watchdog, and waits without a thread.
#include "kernel/platform/http_client/thread_wire.hpp"

#include "kernel/platform/http_client/wire.hpp"

namespace florin {

ThreadWire::ThreadWire(Executor& executor, const std::string& ca_file, int threads)
    : executor_(executor), carrier_(ca_file), threads_(threads) {}

void ThreadWire::stop() {
  watchdog_.stop();
  threads_.stop();
  carrier_.forget_connections();
}

Task<Result<HttpResponse>> ThreadWire::carry(const Route& route, const HttpRequest& request, std::string url,
                                             std::chrono::milliseconds limit, std::function<void()> left) {
  const Result<std::shared_ptr<HttpJob>> made = make_job(route, request, url, limit);
  if (!made) {
    left();
    co_return made.error();
  }
  const std::shared_ptr<HttpJob> job = *made;
  const std::unique_ptr<Watchdog::Watch> watch = watchdog_.watch(job);
  start(job, left);
  co_return co_await job->done;
}

Result<std::shared_ptr<HttpJob>> ThreadWire::make_job(const Route& route, const HttpRequest& request,
                                                      const std::string& url, std::chrono::milliseconds limit) const {
  FLORIN_TRY(target, parse_target(url));
  FLORIN_TRY(wire, render_request(request, target));
  auto job = std::make_shared<HttpJob>(executor_, std::chrono::steady_clock::now() + limit);
  job->target = std::move(target);
  job->wire = std::move(wire);
  job->method = request.method;
  job->repeatable = request.repeatable;
  job->allow_private = route.allow_private;
  return job;
}

void ThreadWire::start(const std::shared_ptr<HttpJob>& job, const std::function<void()>& left) {
  const bool taken = threads_.submit([this, left, job] {
    const Error late{Error::Kind::kUnreachable, "no I/O thread came free in time", "connect_timed_out", ""};
    Result<HttpResponse> answer = job->is_over() ? Result<HttpResponse>(late) : carrier_.carry(*job);
    // First the place, then the answer: who was answered may send the next at once.
    left();
    job->finish(std::move(answer));
  });
  if (taken) return;
  left();
  job->finish(Error{Error::Kind::kUnreachable, "the system gives no I/O thread, or we are stopping", "no_thread", ""});
}

}  // namespace florin
