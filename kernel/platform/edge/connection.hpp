// One connection on its loop: the socket, the few bytes in between, and when to give up. What the bytes
// mean is its stage's. While it waits it holds no buffers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/platform/edge/edge_core.hpp"
#include "kernel/platform/edge/loop.hpp"
#include "kernel/platform/edge/stage.hpp"
#include "kernel/platform/edge/transport.hpp"

namespace florin {

class HttpStage;

class Connection final : public Watched, public std::enable_shared_from_this<Connection> {
 public:
  // Takes over `fd`, which is non-blocking.
  Connection(Loop& loop, int fd, std::string address);
  ~Connection() override;

  // For the loop, on its thread.
  void begin();
  void ready(std::uint32_t events) override;
  void out_of_memory() override { close_now(); }
  void move();       // Reads, works and writes as far as it goes.
  void move_soon();  // The same, together with whatever else this turn brings.
  void answered(std::uint64_t sequence, std::string bytes, bool close);
  void expire_if_due(Duration alarm);
  void drain();
  void close_now();
  // Nothing: it is being served, or goes already.
  std::optional<Duration> waiting_since() const;

  // For its stage.
  Loop& loop() { return loop_; }
  EdgeCore& core() { return loop_.core(); }
  const std::string& address() const { return address_; }
  bool secure() const { return transport_->secure(); }
  // After the present stage's bytes, `next` speaks: the upgrade.
  void become(std::unique_ptr<Stage> next) { next_ = std::move(next); }

 private:
  bool take_input();
  bool give_output();
  void feed(std::string_view fresh);
  bool change_stage();
  void discard_input();
  void conclude();
  void arm();
  Duration deadline() const;

  Loop& loop_;
  const int fd_;
  const std::string address_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Stage> stage_, next_;
  HttpStage* http_ = nullptr;  // stage_, as long as it is HTTP.

  std::string in_;   // Received and not yet taken by the stage.
  std::string out_;  // To be sent, from sent_ on.
  std::size_t sent_ = 0;
  RequestBytes held_;  // in_, and what the stage holds.

  // Edge-triggered: what epoll has said holds until the socket says otherwise.
  bool readable_ = true, writable_ = true;
  bool hung_up_ = false;  // The far side's end stands behind the bytes still unread.
  bool ended_ = false, end_told_ = false;
  bool lingering_ = false, closed_ = false, queued_ = false;
  Duration linger_until_{0}, stalled_since_{0};
  Duration alarm_ = Duration::max();
};

}  // namespace florin
