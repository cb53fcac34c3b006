// Moving bytes between a socket and a stage.
#include "kernel/platform/edge/connection.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>

#include "kernel/platform/edge/http_stage.hpp"
#include "kernel/platform/edge/tls.hpp"

namespace florin {
namespace {
// How often a connection may read before the others on its loop have their turn.
constexpr int kTurns = 8;
// After our last byte we read on for a moment: closing a socket with unread bytes resets it, and the far
// side would lose the answer that says what was wrong.
constexpr std::chrono::seconds kLinger{1};
}  // namespace

Connection::Connection(Loop& loop, int fd, std::string address)
    : loop_(loop), fd_(fd), address_(std::move(address)), held_(loop.core()) {
  transport_ = core().tls != nullptr ? tls_transport(*core().tls, fd) : plain_transport(fd);
  auto http = std::make_unique<HttpStage>(*this);
  http_ = http.get();
  stage_ = std::move(http);
}

Connection::~Connection() {
  // Only a connection that its loop never began is still open here.
  if (!closed_) close(fd_);
}

void Connection::begin() {
  if (!loop_.watch(fd_, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, this)) return close_now();
  if (core().draining) stage_->drain();
  move();
}

void Connection::ready(std::uint32_t events) {
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable_ = true;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) hung_up_ = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) writable_ = true;
  move();
}

void Connection::move_soon() {
  if (closed_ || queued_) return;
  queued_ = true;
  loop_.again(shared_from_this());
}

void Connection::move() {
  queued_ = false;
  if (closed_) return;
  if (lingering_) {
    discard_input();
    return arm();
  }
  bool more = true;
  for (int turn = 0; more && turn < kTurns; ++turn) {
    more = take_input();
    if (closed_) return;
    more = give_output() || more;
    if (closed_) return;
  }
  if (more) move_soon();
  conclude();
}

// True: something changed, so that it is worth another turn.
bool Connection::take_input() {
  bool progress = change_stage();
  if (!in_.empty() && stage_->wants_input()) {
    const std::size_t before = in_.size();
    feed({});
    progress = progress || in_.size() != before;
  }
  if (readable_ && !ended_ && stage_->wants_input()) {
    std::string& scratch = loop_.scratch();
    const Moved got = transport_->read(scratch.data(), scratch.size());
    switch (got.how) {
      case Moved::How::kSome:
        if (got.bytes < scratch.size() && transport_->short_read_is_empty() && !hung_up_) readable_ = false;
        feed(std::string_view(scratch.data(), got.bytes));
        progress = true;
        break;
      case Moved::How::kAgain:
        readable_ = false;
        break;
      case Moved::How::kEnd:
        ended_ = true;
        progress = true;
        break;
      case Moved::How::kBroken:
        close_now();
        return false;
    }
  }
  // What was received before the end is served first.
  if (ended_ && !end_told_ && (in_.empty() || stage_->wants_input())) {
    end_told_ = true;
    stage_->input_ended();
  }
  return progress;
}

// Gives the stage what was kept and `fresh` behind it; keeps what it leaves.
void Connection::feed(std::string_view fresh) {
  if (in_.empty()) {
    const std::size_t used = stage_->consume(fresh);
    in_.assign(fresh.substr(used));
  } else {
    in_.append(fresh);
    const std::size_t used = stage_->consume(in_);
    in_.erase(0, used);
  }
  if (in_.empty()) std::string().swap(in_);
  change_stage();
}

bool Connection::change_stage() {
  if (!next_) return false;
  while (!stage_->finished()) stage_->refill(out_);
  stage_ = std::move(next_);
  http_ = nullptr;
  return true;
}

bool Connection::give_output() {
  bool progress = false;
  for (;;) {
    if (sent_ == out_.size()) {
      std::string().swap(out_);
      sent_ = 0;
      stage_->refill(out_);
      stalled_since_ = loop_.now();
      if (out_.empty()) return progress;
    }
    if (!writable_) return progress;
    const Moved put = transport_->write(std::string_view(out_).substr(sent_));
    if (put.how == Moved::How::kSome) {
      sent_ += put.bytes;
      stalled_since_ = loop_.now();
      progress = true;
    } else if (put.how == Moved::How::kAgain) {
      writable_ = false;
    } else {
      close_now();
      return false;
    }
  }
}

void Connection::discard_input() {
  for (int turn = 0; readable_ && turn < kTurns; ++turn) {
    const Moved got = transport_->read(loop_.scratch().data(), loop_.scratch().size());
    if (got.how == Moved::How::kAgain) readable_ = false;
    if (got.how == Moved::How::kEnd || got.how == Moved::How::kBroken) return close_now();
  }
  if (readable_) move_soon();
}

void Connection::conclude() {
  if (!held_.hold(in_.capacity() + stage_->held())) {
    stage_->crowded();
    move_soon();
  }
  if (sent_ == out_.size() && stage_->finished()) {
    if (ended_) return close_now();
    transport_->end_writing();
    lingering_ = true;
    linger_until_ = loop_.now() + kLinger;
    std::string().swap(in_);
    move_soon();
  }
  arm();
}

Duration Connection::deadline() const {
  if (lingering_) return linger_until_;
  if (sent_ == out_.size()) return stage_->deadline();
  // A reader that takes nothing for as long as a slow body may last has gone.
  return std::min(stage_->deadline(), stalled_since_ + Duration(loop_.core().options.limits.body_time));
}

void Connection::arm() {
  if (closed_) return;
  const Duration when = deadline();
  if (when >= alarm_) return;
  alarm_ = when;
  loop_.wake_at(shared_from_this(), when);
}

void Connection::expire_if_due(Duration alarm) {
  // An alarm that an earlier one has replaced says nothing.
  if (closed_ || alarm != alarm_) return;
  alarm_ = Duration::max();
  if (loop_.now() < deadline()) return arm();
  if (lingering_ || (sent_ != out_.size() && loop_.now() < stage_->deadline())) return close_now();
  stage_->expired();
  move();
}

void Connection::answered(std::uint64_t sequence, std::string bytes, bool close_after) {
  if (closed_ || http_ == nullptr) return;
  http_->answered(sequence, std::move(bytes), close_after);
  move_soon();
}

void Connection::drain() {
  if (closed_ || lingering_) return;
  move();  // A request that has arrived already is still served.
  if (closed_ || lingering_) return;
  stage_->drain();
  move();
}

std::optional<Duration> Connection::waiting_since() const {
  if (closed_ || lingering_) return std::nullopt;
  return stage_->waiting_since();
}

void Connection::close_now() {
  if (closed_) return;
  closed_ = true;
  held_.hold(0);
  const auto self = shared_from_this();
  loop_.unwatch(fd_);
  close(fd_);
  core().addresses.left(address_);
  core().connections.fetch_sub(1);
  stage_->gone();
  if (next_) next_->gone();
  std::string().swap(in_);
  std::string().swap(out_);
  loop_.forget(*this);
}

}  // namespace florin
