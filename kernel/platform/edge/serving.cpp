// Between the loops and the workers: what is in line holds its request, what is being served a coroutine.
#include "kernel/platform/edge/serving.hpp"

#include <new>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "kernel/platform/edge/connection.hpp"
#include "kernel/platform/edge/http_writer.hpp"
#include "kernel/platform/edge/refusal.hpp"

namespace florin {
namespace {

// One request on a worker. It holds all it needs: connection and edge may have gone when it ends.
Task<void> serve(std::shared_ptr<EdgeCore> core, std::shared_ptr<LoopInbox> inbox,
                 std::shared_ptr<Connection> connection, std::uint64_t sequence, EdgeRequest request,
                 AnswerWanted wanted) {
  core->admission.begun(core->clock.monotonic());
  RequestBytes bytes(*core);
  bytes.hold(request.body.capacity());
  EdgeResponse response;
  bool failed = false;
  try {
    Task<EdgeResponse> answering = core->handler(request);
    response = co_await answering;
  } catch (const std::exception& e) {
    failed = true;
    spdlog::error("{} {} {} ended by an exception: {}", request.request_id, request.method, request.path,
                  e.what());
  } catch (...) {
    failed = true;
    spdlog::error("{} {} {} ended by an exception that is no std::exception", request.request_id,
                  request.method, request.path);
  }
  LoopMessage answer;
  answer.kind = LoopMessage::Kind::kAnswer;
  answer.connection = std::move(connection);
  answer.sequence = sequence;
  answer.close = true;
  try {
    if (failed)
      response = problem_response(500, "internal_error",
                                  "Something went wrong on our side; the log has it under this request's id.",
                                  request.request_id);
    const bool keep = wanted.keep_alive && !core->draining && !response.raw;
    AnswerFrame frame{request.request_id, core->clock.now(), wanted.head_only, keep, wanted.http_1_0};
    answer.text = response.raw ? std::move(*response.raw) : serialize(response, frame);
    answer.close = !keep;
  } catch (const std::bad_alloc&) {
    // There is no memory for an answer: the connection ends without one.
  }
  inbox->push(std::move(answer));
  core->admission.done(core->clock.monotonic());
}

class Asking final : public Admission::Caller {
 public:
  Asking(Connection& connection, std::uint64_t sequence, EdgeRequest request, AnswerWanted wanted)
      : core_(connection.loop().shared_core()),
        inbox_(connection.loop().inbox()),
        connection_(connection.shared_from_this()),
        sequence_(sequence),
        request_(std::move(request)),
        wanted_(wanted),
        bytes_(*core_) {
    bytes_.hold(request_.body.capacity());
  }

  bool begin() override {
    try {
      Task<void> serving = serve(core_, inbox_, connection_, sequence_, std::move(request_), wanted_);
      core_->executor.spawn("edge.request", std::move(serving));
      return true;
    } catch (const std::bad_alloc&) {
      answer({}, false);
      return false;
    }
  }
  void turn_away() override {
    core_->refused.fetch_add(1, std::memory_order_relaxed);
    const bool keep = wanted_.keep_alive && !core_->draining;
    try {
      const AnswerFrame frame{request_.request_id, core_->clock.now(), wanted_.head_only, keep, wanted_.http_1_0};
      answer(serialize(overloaded(request_.request_id), frame), keep);
    } catch (const std::bad_alloc&) {
      answer({}, false);
    }
  }

 private:
  void answer(std::string text, bool keep) {
    LoopMessage answer;
    answer.kind = LoopMessage::Kind::kAnswer;
    answer.connection = std::move(connection_);
    answer.sequence = sequence_;
    answer.text = std::move(text);
    answer.close = !keep;
    inbox_->push(std::move(answer));
  }

  const std::shared_ptr<EdgeCore> core_;
  const std::shared_ptr<LoopInbox> inbox_;
  std::shared_ptr<Connection> connection_;
  const std::uint64_t sequence_;
  EdgeRequest request_;
  const AnswerWanted wanted_;
  RequestBytes bytes_;
};

}  // namespace

std::unique_ptr<Admission::Caller> asking(Connection& connection, std::uint64_t sequence, EdgeRequest request, AnswerWanted wanted) {
  return std::make_unique<Asking>(connection, sequence, std::move(request), wanted);
}

}  // namespace florin
