// HTTP on one connection: requests are read one after the other, run on workers, and answered in the order
// in which they came. Requests run at the same time only while none of them can change anything (RFC 9112
// section 9.3.2): a GET behind a POST sees what the POST did.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernel/platform/edge/http_parser.hpp"
#include "kernel/platform/edge/stage.hpp"

namespace florin {

class Connection;

class HttpStage final : public Stage {
 public:
  explicit HttpStage(Connection& connection);

  std::size_t consume(std::string_view bytes) override;
  bool wants_input() const override;
  void input_ended() override { input_ended_ = true; }
  void refill(std::string& out) override;
  bool finished() const override;
  Duration deadline() const override;
  void expired() override;
  void drain() override;
  std::optional<Duration> waiting_since() const override;
  std::size_t held() const override;
  void crowded() override;
  void gone() override {}

  // The answer to the request that was dispatched under `sequence`.
  void answered(std::uint64_t sequence, std::string bytes, bool close);

 private:
  struct Slot {
    bool ready = false;
    std::string bytes;
  };

  bool turned_away(std::string_view bytes);
  bool may_overlap() const;
  void advance();
  void dispatch();
  bool upgrade(EdgeRequest& request);
  void refuse(int status, std::string_view code, std::string_view message, std::string_view retry_after = {});
  void push_ready(std::string bytes);
  void answer_now(const EdgeRequest& request, const EdgeResponse& response, bool keep_alive);

  Connection& connection_;
  std::unique_ptr<HttpParser> parser_;  // Null between requests.
  std::vector<Slot> slots_;             // Answers owed, oldest first.
  std::uint64_t first_ = 0;             // The sequence of slots_.front().
  int running_ = 0;                     // Slots that wait for a worker.
  bool overlap_closed_ = false;         // The last request dispatched must end before another begins.
  bool welcomed_ = false;               // The head has been looked at and its body is wanted.
  bool ending_ = false;                 // No further request will be read.
  bool input_ended_ = false;
  bool fresh_ = true;  // Nothing has come yet.
  Duration since_{0};  // When the present wait (idle, head or body) began.
};

}  // namespace florin
