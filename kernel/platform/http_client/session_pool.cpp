// The last one put back is the first one taken: it is the least likely to be closed by now.
#include "kernel/platform/http_client/session_pool.hpp"

#include <poll.h>

namespace florin {
namespace {

using Poco::Net::StreamSocket;

constexpr std::size_t kIdlePerOrigin = 64;
constexpr std::chrono::seconds kIdleTime{15};  // Common servers close after 60 s or more; Node's after 5 s.

// Readable while nothing was asked means an end of stream, an alert, or an answer to nobody.
bool is_quiet(const StreamSocket& socket) {
  pollfd one{socket.impl()->sockfd(), POLLIN, 0};
  return ::poll(&one, 1, 0) == 0;
}

}  // namespace

// Sockets are let go outside the lock: closing a TLS one writes.
std::deque<SessionPool::Idle> SessionPool::take_old(std::chrono::steady_clock::time_point now) {
  std::deque<Idle> old;
  for (auto place = idle_.begin(); place != idle_.end();) {
    std::deque<Idle>& sockets = place->second;
    while (!sockets.empty() && (now - sockets.front().since > kIdleTime || sockets.size() > kIdlePerOrigin)) {
      old.push_back(std::move(sockets.front()));
      sockets.pop_front();
    }
    place = sockets.empty() ? idle_.erase(place) : std::next(place);
  }
  return old;
}

std::optional<StreamSocket> SessionPool::take(const std::string& key) {
  std::deque<Idle> dropped;
  const std::lock_guard lock(mutex_);
  dropped = take_old(std::chrono::steady_clock::now());
  const auto place = idle_.find(key);
  while (place != idle_.end() && !place->second.empty()) {
    Idle last = std::move(place->second.back());
    place->second.pop_back();
    if (is_quiet(last.socket)) return last.socket;
    dropped.push_back(std::move(last));
  }
  return std::nullopt;
}

void SessionPool::put(const std::string& key, const StreamSocket& socket) {
  std::deque<Idle> dropped;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  idle_[key].push_back(Idle{socket, now});
  dropped = take_old(now);
}

void SessionPool::clear() {
  std::map<std::string, std::deque<Idle>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
}

}  // namespace florin
