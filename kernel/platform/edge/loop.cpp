// The loop's turn: wait, hear what sockets say, read the inbox, let connections move, ring alarms.
#include "kernel/platform/edge/loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <thread>

#include <florin/check.hpp>

#include "kernel/platform/edge/connection.hpp"

namespace florin {
namespace {
// A client that has said nothing yet for so short a time may be about to.
constexpr std::chrono::seconds kJustCome{1};
constexpr std::chrono::milliseconds kBreath{1};
// Sockets heard in a turn: answers go out between turns, and may not wait for all refusals that there are to say.
constexpr std::size_t kHeard = 64;
}  // namespace

LoopInbox::LoopInbox() : event_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  FLORIN_CHECK(event_fd_ >= 0, "a loop needs one descriptor to be woken by");
}

LoopInbox::~LoopInbox() { close(event_fd_); }

void LoopInbox::push(LoopMessage message) {
  bool wake = false;
  for (bool put = false; !put;) {
    try {
      const std::lock_guard lock(mutex_);
      if (!shut_) {
        messages_.push_back(std::move(message));
        wake = std::exchange(sleeping_, false);
      } else if (message.kind == LoopMessage::Kind::kAdopt) {
        close(message.fd);
      }
      put = true;
    } catch (const std::bad_alloc&) {
      // An answer must not get lost, and there is memory again when others have theirs.
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  const std::uint64_t one = 1;
  if (wake && write(event_fd_, &one, sizeof one) < 0) {
    // Only a full counter refuses, and then the loop is woken already.
  }
}

std::vector<LoopMessage> LoopInbox::take(bool sleeping) {
  std::vector<LoopMessage> taken;
  const std::lock_guard lock(mutex_);
  taken.swap(messages_);
  sleeping_ = sleeping && taken.empty();
  return taken;
}

std::vector<LoopMessage> LoopInbox::shut() {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  return std::exchange(messages_, {});
}

Loop::Loop(std::shared_ptr<EdgeCore> core)
    : core_(std::move(core)), inbox_(std::make_shared<LoopInbox>()), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  FLORIN_CHECK(epoll_ >= 0, "a loop needs one descriptor to wait on");
  scratch_.resize(64 * 1024);
  gone_.reserve(4096);  // So that closing for want of memory takes none.
  now_ = core_->clock.monotonic();
  watch(inbox_->event_fd_, EPOLLIN, nullptr);
}

Loop::~Loop() {
  if (thread_.joinable()) {
    LoopMessage stop;
    stop.kind = LoopMessage::Kind::kStop;
    inbox_->push(std::move(stop));
    thread_.join();
  }
  for (const LoopMessage& left : inbox_->shut())
    if (left.kind == LoopMessage::Kind::kAdopt) close(left.fd);
  close(epoll_);
}

void Loop::start() {
  thread_ = std::thread([this] { run(); });
}

bool Loop::watch(int fd, std::uint32_t events, Watched* watched) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = watched;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Loop::unwatch(int fd) { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

void Loop::again(const std::shared_ptr<Connection>& connection) { again_.push_back(connection); }

void Loop::wake_at(const std::shared_ptr<Connection>& connection, Duration when) {
  alarms_.push(Alarm{when, connection});
}

void Loop::forget(Connection& connection) {
  const auto held = connections_.find(&connection);
  if (held == connections_.end()) return;
  gone_.push_back(std::move(held->second));
  connections_.erase(held);
}

Urgency Loop::urgency(std::string_view method, std::string_view path) {
  if (!core_->options.urgency) return Urgency::kOrdinary;
  if (method != last_method_ || path != last_path_) {
    last_path_.clear();  // Nothing is remembered until all is: there may be no memory.
    last_urgency_ = core_->options.urgency(method, path);
    last_method_ = method;
    last_path_ = path;
  }
  return last_urgency_;
}

void Loop::adopt(int fd, const std::string& address) {
  std::shared_ptr<Connection> connection;
  try {
    connection = std::make_shared<Connection>(*this, fd, address);
  } catch (const std::bad_alloc&) {
    close(fd);
    core_->addresses.left(address);
    core_->connections.fetch_sub(1);
    return;
  }
  try {
    connections_.emplace(connection.get(), connection);
    connection->begin();
  } catch (const std::bad_alloc&) {
    connection->out_of_memory();
  }
}

// Closes those connections that have waited for their clients longest, but for who has only just come.
void Loop::make_room(std::size_t count) {
  using Waiting = std::pair<Duration, std::shared_ptr<Connection>>;
  std::vector<Waiting> waiting;
  for (const auto& [raw, shared] : connections_)
    if (const auto since = raw->waiting_since(); since && now_ - *since >= kJustCome) waiting.emplace_back(*since, shared);
  count = std::min(count, waiting.size());
  const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(waiting.begin(), end, waiting.end(), [](const Waiting& a, const Waiting& b) { return a.first < b.first; });
  for (auto each = waiting.begin(); each != end; ++each) each->second->close_now();
}

bool Loop::handle(std::vector<LoopMessage> messages) {
  for (LoopMessage& message : messages) {
    try {
      if (!handle_one(message)) return false;
    } catch (const std::bad_alloc&) {
      if (message.connection) message.connection->out_of_memory();
    }
  }
  return true;
}

bool Loop::handle_one(LoopMessage& message) {
  switch (message.kind) {
    case LoopMessage::Kind::kAdopt:
      adopt(message.fd, message.text);
      break;
    case LoopMessage::Kind::kAnswer:
      message.connection->answered(message.sequence, std::move(message.text), message.close);
      break;
    case LoopMessage::Kind::kFlush:
      message.connection->move_soon();
      break;
    case LoopMessage::Kind::kMakeRoom:
      make_room(message.sequence);
      break;
    case LoopMessage::Kind::kDrain: {
      std::vector<std::shared_ptr<Connection>> all;
      for (const auto& [raw, shared] : connections_) all.push_back(shared);
      for (const auto& connection : all) connection->drain();
      break;
    }
    case LoopMessage::Kind::kStop:
      return false;
  }
  return true;
}

int Loop::pause_ms() const {
  // At least twice a second, so that a clock that a test moves is noticed.
  if (alarms_.empty()) return 500;
  const auto until = std::chrono::ceil<std::chrono::milliseconds>(alarms_.top().when - now_).count();
  return static_cast<int>(std::clamp<std::int64_t>(until, 0, 500));
}

// In a flood a turn lasts at least so long: to be woken for each of them, as soon as it comes,
// would take more of the processor than to answer them.
void Loop::breathe() {
  const Duration left = now_ + kBreath - core_->clock.monotonic();
  if (left > Duration(0)) std::this_thread::sleep_for(left);
}

void Loop::ring() {
  while (!alarms_.empty() && alarms_.top().when <= now_) {
    const Alarm alarm = alarms_.top();
    alarms_.pop();
    const auto connection = alarm.connection.lock();
    if (!connection) continue;
    try {
      connection->expire_if_due(alarm.when);
    } catch (const std::bad_alloc&) {
      connection->out_of_memory();
    }
  }
}

void Loop::run() {
  std::array<epoll_event, kHeard> events;
  for (;;) {
    if (!handle(inbox_->take(false))) break;
    // Each moves as far as it can; one with more to do comes again after the sockets were heard.
    const std::vector<std::shared_ptr<Connection>> moving = std::exchange(again_, {});
    for (const auto& connection : moving) {
      try {
        connection->move();
      } catch (const std::bad_alloc&) {
        connection->out_of_memory();
      }
    }
    ring();
    gone_.clear();

    int wait = again_.empty() ? pause_ms() : 0;
    Admission& admission = core_->admission;
    if (admission.has_line() || admission.overloaded()) {
      admission.advance(core_->clock.monotonic());
      wait = std::min(wait, 1);
    }
    if (wait > 0 && admission.overloaded() && !behind_) {
      breathe();
      wait = 0;
    }
    if (wait > 0) {
      std::vector<LoopMessage> late = inbox_->take(true);
      if (!late.empty()) {
        if (!handle(std::move(late))) break;
        continue;
      }
    }
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait);
    now_ = core_->clock.monotonic();
    const bool behind = static_cast<std::size_t>(count) == events.size();
    if (std::exchange(behind_, behind) != behind) admission.loop_is_behind(behind);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr != nullptr) {
        auto* const watched = static_cast<Watched*>(event.data.ptr);
        try {
          watched->ready(event.events);
        } catch (const std::bad_alloc&) {
          watched->out_of_memory();
        }
        continue;
      }
      std::uint64_t wakes = 0;
      if (read(inbox_->event_fd_, &wakes, sizeof wakes) < 0) {
        // Nothing to read is no harm: the inbox is looked at in any case.
      }
    }
  }
  std::vector<std::shared_ptr<Connection>> all;
  for (const auto& [raw, shared] : connections_) all.push_back(shared);
  for (const auto& connection : all) connection->close_now();
  gone_.clear();
  again_.clear();
}

}  // namespace florin
